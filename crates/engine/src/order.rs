//! An order as the engine knows it: late by the latency, but always in exactly one state.

use haggle_model::time::Nanos;
use haggle_model::{InstrumentId, OpenRequest, OrderEvent, OrderEventKind, OrderNumber, Reason, Side, Size};

/// Where an order stands in the engine's view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderState {
    /// Sent, no answer yet.
    OpenInFlight,
    /// Working at the exchange.
    Open,
    /// Filled wholly.
    FullyFilled,
    /// Ended by a cancel.
    Cancelled,
    /// Ended by time in force, missing liquidity or the end of data.
    Expired(Reason),
    /// Never opened.
    OpenFailed(Reason),
}

impl OrderState {
    /// Number of the state where it crosses to JavaScript.
    pub const fn number(&self) -> u8 {
        match self {
            Self::OpenInFlight => 0,
            Self::Open => 1,
            Self::FullyFilled => 2,
            Self::Cancelled => 3,
            Self::Expired(_) => 4,
            Self::OpenFailed(_) => 5,
        }
    }

    /// Why it expired or never opened.
    pub const fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Expired(reason) | Self::OpenFailed(reason) => Some(reason),
            _ => None,
        }
    }

    /// Whether nothing more can happen.
    pub const fn is_terminal(&self) -> bool {
        !matches!(self, Self::OpenInFlight | Self::Open)
    }
}

/// A working order in the engine's view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineOrder {
    /// Its number.
    pub number: OrderNumber,
    /// What it trades.
    pub instrument: InstrumentId,
    /// Its direction.
    pub side: Side,
    /// As sent; price and quantity as amended.
    pub request: OpenRequest,
    /// Total lots, 0 while only the exchange can know.
    pub quantity: i64,
    /// Lots filled.
    pub filled: i64,
    /// Its state.
    pub state: OrderState,
    /// Whether a cancel is on its way.
    pub is_cancelling: bool,
    /// Whether no answer came to the request that opens it: it may work, or not be there.
    pub is_in_doubt: bool,
    /// When the exchange accepted or last changed it; 0 before its first word.
    pub time: Nanos,
}

impl EngineOrder {
    /// An order that leaves, or one in the state in which it did not.
    pub fn new(request: &OpenRequest, state: OrderState) -> Self {
        Self {
            number: request.order,
            instrument: request.instrument,
            side: request.side,
            request: *request,
            quantity: if let Size::Lots(lots) = request.size { lots } else { 0 },
            filled: 0,
            state,
            is_cancelling: false,
            is_in_doubt: false,
            time: 0,
        }
    }

    /// The state after an event. A terminal state is never left.
    pub fn apply(&mut self, event: &OrderEvent) {
        if self.state.is_terminal() {
            return;
        }
        // What the venue says of an order ends the doubt whether it is there; a refused cancel or amend changes nothing else.
        self.is_in_doubt = matches!(event.kind, OrderEventKind::InDoubt);
        let changes = !matches!(event.kind, OrderEventKind::CancelRejected(_) | OrderEventKind::AmendRejected(_) | OrderEventKind::InDoubt);
        if changes {
            self.time = event.time;
        }
        match &event.kind {
            OrderEventKind::Opened => self.state = OrderState::Open,
            OrderEventKind::Filled(fill) => {
                self.quantity = fill.order_quantity;
                self.filled = fill.filled;
                self.state = if fill.filled == fill.order_quantity { OrderState::FullyFilled } else { OrderState::Open };
            }
            OrderEventKind::Cancelled(_) => self.state = OrderState::Cancelled,
            OrderEventKind::Expired(reason) => self.state = OrderState::Expired(reason.clone()),
            OrderEventKind::Rejected(reason) => self.state = OrderState::OpenFailed(reason.clone()),
            OrderEventKind::CancelRejected(_) => self.is_cancelling = false,
            OrderEventKind::Amended { price, quantity } => {
                self.request.price = *price;
                self.quantity = *quantity;
            }
            OrderEventKind::AmendRejected(_) | OrderEventKind::InDoubt => {}
        }
    }
}
