//! Orders at the exchange. What is over costs four bytes; what works has a slot that is used again.

use haggle_model::time::Nanos;
use haggle_model::{Decimal, OpenRequest, OrderKind, OrderNumber, ReasonCode, TimeInForce};
use serde::{Deserialize, Serialize};

/// The queue ahead of a resting order, in lots; `None` while it is not known.
pub type Ahead = Option<i64>;

/// A working order.
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own, and none follows from another")]
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    /// As sent, with the price as amended.
    pub request: OpenRequest,
    /// Place of its market at the exchange.
    pub market: usize,
    /// Total lots; 0 while an amount of quote or a share of equity is not yet resolved.
    pub quantity: i64,
    /// Lots filled.
    pub filled: i64,
    /// What it reserves of its side's asset.
    #[serde(with = "haggle_model::packed")]
    pub locked: Decimal,
    /// When its time in force ends.
    pub expires: Nanos,
    /// When it came to the market, or was last changed so that it lost its place.
    pub arrived: Nanos,
    /// Its place among all that came to a market of the exchange.
    pub placed: u64,
    /// Whether a bar had less volume than it wanted.
    pub is_cut: bool,
    /// Queue ahead.
    pub ahead: Ahead,
    /// On a book: the size last displayed at its price.
    pub shown: i64,
    /// Whether the flat fee has been charged.
    pub flat_fee_paid: bool,
    /// Whether its client was told that it is open.
    pub is_open: bool,
    /// Whether its value was tested against the instrument's filter.
    pub is_valued: bool,
    /// Quote spent so far, fees included as far as an amount of quote has to cover them.
    #[serde(with = "haggle_model::packed")]
    pub spent: Decimal,
    /// What an order without a reserve is about to pay at later levels of the same step.
    #[serde(with = "haggle_model::packed")]
    pub owed: Decimal,
}

impl Order {
    /// An order that has just arrived; `quantity` is 0 while only its fill can tell.
    pub const fn new(request: OpenRequest, market: usize, quantity: i64, expires: Nanos) -> Self {
        Self {
            request,
            market,
            quantity,
            filled: 0,
            locked: Decimal::ZERO,
            expires,
            arrived: Nanos::MIN,
            placed: 0,
            is_cut: false,
            ahead: None,
            shown: 0,
            flat_fee_paid: false,
            is_open: false,
            is_valued: false,
            spent: Decimal::ZERO,
            owed: Decimal::ZERO,
        }
    }

    /// The price it does not go beyond; `None` for a market order.
    pub fn limit(&self) -> Option<i64> {
        (self.request.kind == OrderKind::Limit).then_some(self.request.price)
    }

    /// Whether what it does not take at once goes on working.
    pub fn waits(&self) -> bool {
        let is_immediate = matches!(self.request.time_in_force, TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill);
        self.request.kind == OrderKind::Limit && !is_immediate
    }

    /// Lots still to fill.
    pub const fn left(&self) -> i64 {
        self.quantity - self.filled
    }
}

const UNKNOWN: u32 = u32::MAX;
const CANCELLED: u32 = u32::MAX - 1;
const FILLED: u32 = u32::MAX - 2;

/// All orders of a run at one exchange.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Orders {
    slots: Vec<Order>,
    free: Vec<u32>,
    /// By order number: the slot of a working order, or how it ended.
    index: Vec<u32>,
}

impl Orders {
    /// Takes in a new order.
    pub fn insert(&mut self, order: Order) -> u32 {
        let number = order.request.order.index();
        if self.index.len() <= number {
            self.index.resize(number + 1, UNKNOWN);
        }
        let slot = if let Some(slot) = self.free.pop() {
            self.slots[slot as usize] = order;
            slot
        } else {
            self.slots.push(order);
            (self.slots.len() - 1) as u32
        };
        self.index[number] = slot;
        slot
    }

    /// Ends a working order.
    pub fn end(&mut self, slot: u32) {
        let order = &self.slots[slot as usize];
        let filled = order.quantity > 0 && order.left() == 0;
        self.index[order.request.order.index()] = if filled { FILLED } else { CANCELLED };
        self.free.push(slot);
    }

    /// Remembers an order that was refused on arrival.
    pub fn refuse(&mut self, number: OrderNumber) {
        if self.index.len() <= number.index() {
            self.index.resize(number.index() + 1, UNKNOWN);
        }
        self.index[number.index()] = CANCELLED;
    }

    /// The slot of a working order, or why there is none.
    pub fn find(&self, number: OrderNumber) -> Result<u32, ReasonCode> {
        match self.index.get(number.index()).copied().unwrap_or(UNKNOWN) {
            UNKNOWN => Err(ReasonCode::OrderUnknown),
            CANCELLED => Err(ReasonCode::OrderAlreadyCancelled),
            FILLED => Err(ReasonCode::OrderAlreadyFullyFilled),
            slot => Ok(slot),
        }
    }

    /// Slots of all working orders, oldest number first.
    pub fn working(&self) -> Vec<u32> {
        self.index.iter().copied().filter(|slot| *slot < FILLED).collect()
    }

    /// The working order in a slot.
    pub fn get(&self, slot: u32) -> &Order {
        &self.slots[slot as usize]
    }

    /// The working order in a slot, to change.
    pub fn get_mut(&mut self, slot: u32) -> &mut Order {
        &mut self.slots[slot as usize]
    }
}
