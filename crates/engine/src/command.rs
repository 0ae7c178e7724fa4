//! Commands from outside: they go past strategy and risk, also while trading is disabled.

use crate::context::Draft;
use crate::engine::Engine;
use crate::market::MarketView;
use haggle_model::read::join;
use haggle_model::{
    AssetId, Error, ExchangeId, InstrumentId, OpenRequest, OrderNumber, Reason, ReasonCode, Request, Result, Side, Size, TimeInForce,
};

/// Which instruments a command is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum InstrumentFilter {
    /// All of them.
    #[default]
    None,
    /// Those of these exchanges.
    Exchanges(Vec<ExchangeId>),
    /// These.
    Instruments(Vec<InstrumentId>),
    /// Those of these pairs of base and quote.
    Underlyings(Vec<(AssetId, AssetId)>),
}

impl InstrumentFilter {
    fn has(&self, instrument: InstrumentId, market: &MarketView) -> bool {
        match self {
            Self::None => true,
            Self::Exchanges(exchanges) => exchanges.contains(&market.spec.exchange),
            Self::Instruments(instruments) => instruments.contains(&instrument),
            Self::Underlyings(pairs) => pairs.contains(&(market.spec.base, market.spec.quote)),
        }
    }
}

/// A cancel, by the order's number and, if given, the exchange's id of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancel {
    /// Which order.
    pub order: OrderNumber,
    /// The order that has the venue's id which was given beside it; another one's is refused.
    pub id: Option<OrderNumber>,
}

/// What is asked of an engine from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Sends orders.
    SendOpenRequests(Vec<Draft>),
    /// Asks for cancels.
    SendCancelRequests(Vec<Cancel>),
    /// Closes positions, and cancels the orders there before.
    ClosePositions(InstrumentFilter),
    /// Cancels orders.
    CancelOrders(InstrumentFilter),
}

/// A request that did not leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsent<R> {
    /// What was asked for.
    pub request: R,
    /// Why it did not leave.
    pub reason: Reason,
}

/// The outcome of requests of one kind, in the order in which they were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent<R> {
    /// Those that left.
    pub sent: Vec<R>,
    /// Those that did not.
    pub errors: Vec<Unsent<R>>,
}

impl<R> Default for Sent<R> {
    fn default() -> Self {
        Self { sent: Vec::new(), errors: Vec::new() }
    }
}

impl<R> Sent<R> {
    fn take(&mut self, request: R, result: Result<(), Reason>) {
        match result {
            Ok(()) => self.sent.push(request),
            Err(reason) => self.errors.push(Unsent { request, reason }),
        }
    }
}

/// What the engine sent, and what it did not: on a command, or on what its strategy asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commanded {
    /// New orders.
    pub opens: Sent<OpenRequest>,
    /// Cancels.
    pub cancels: Sent<Cancel>,
}

impl Engine {
    /// Carries a command out.
    ///
    /// Errors: as [`Engine::send_open_requests`]; then nothing was done.
    pub fn carry_out(&mut self, command: &Command) -> Result<Commanded> {
        Ok(match command {
            Command::SendOpenRequests(requests) => self.send_open_requests(requests)?,
            Command::SendCancelRequests(requests) => self.send_cancel_requests(requests),
            Command::ClosePositions(filter) => self.close_positions(filter),
            Command::CancelOrders(filter) => self.cancel_orders(filter),
        })
    }

    /// Sends orders. Once the data or the run has ended, or the account is closed, they are refused with that reason.
    ///
    /// Errors: `INVALID_ARGUMENT` with a path as `requests[2].price` for an order that cannot be (an instrument that there is not, a size or
    /// a price not above zero, a post-only order that takes at once); then none is sent.
    pub fn send_open_requests(&mut self, requests: &[Draft]) -> Result<Commanded> {
        for (at, draft) in requests.iter().enumerate() {
            self.check_draft(draft, &format!("requests[{at}]"))?;
        }
        let mut output = Commanded::default();
        for draft in requests {
            self.command_open(draft, &mut output);
        }
        Ok(output)
    }

    /// Asks for cancels, each of an order that is working or in flight.
    pub fn send_cancel_requests(&mut self, requests: &[Cancel]) -> Commanded {
        let mut output = Commanded::default();
        for cancel in requests {
            self.command_cancel(*cancel, &mut output);
        }
        output
    }

    /// Asks for cancels of all orders that work or are in flight, but for those that are being cancelled.
    pub fn cancel_orders(&mut self, filter: &InstrumentFilter) -> Commanded {
        let mut output = Commanded::default();
        for instrument in self.instruments(filter) {
            self.cancel_all(instrument, &mut output);
        }
        output
    }

    /// Closes positions, as far as fills have been heard of, by reduce-only market orders: what was there before the first fill is no
    /// position. Orders of an instrument are cancelled before, so that nothing is locked; both travel the same way, in that order.
    pub fn close_positions(&mut self, filter: &InstrumentFilter) -> Commanded {
        let mut output = Commanded::default();
        for instrument in self.instruments(filter) {
            self.cancel_all(instrument, &mut output);
            let lots = self.markets[instrument.index()].position_lots;
            if lots != 0 {
                let side = if lots > 0 { Side::Sell } else { Side::Buy };
                self.command_open(&Draft { reduce_only: true, ..Draft::market(instrument, side, Size::Lots(lots.abs())) }, &mut output);
            }
        }
        output
    }

    /// What left during the current call, and what was refused. Amends stand in [`Engine::outbox`] alone.
    pub fn asked(&self) -> Commanded {
        let mut output = Commanded::default();
        for request in &self.outbox {
            match request {
                Request::Open(open) => output.opens.sent.push(*open),
                Request::Cancel(order) => output.cancels.sent.push(Cancel { order: *order, id: None }),
                Request::Amend { .. } => {}
            }
        }
        for order in &self.refused {
            if let Some(reason) = order.state.reason() {
                output.opens.errors.push(Unsent { request: order.request, reason: reason.clone() });
            }
        }
        output
    }

    fn instruments(&self, filter: &InstrumentFilter) -> Vec<InstrumentId> {
        let ids = (0..).map(InstrumentId).zip(&self.markets);
        ids.filter(|(id, market)| filter.has(*id, market)).map(|(id, _)| id).collect()
    }

    fn cancel_all(&mut self, instrument: InstrumentId, output: &mut Commanded) {
        for order in self.markets[instrument.index()].open_orders.clone() {
            if self.order(order).is_some_and(|order| !order.is_cancelling) {
                self.command_cancel(Cancel { order, id: None }, output);
            }
        }
    }

    fn command_open(&mut self, draft: &Draft, output: &mut Commanded) {
        let request = draft.request(OrderNumber(self.order_count()));
        let result = self.may_command();
        match &result {
            Ok(()) => {
                self.open(&request);
                self.unasked.push(Request::Open(request));
            }
            Err(reason) => self.refuse(&request, reason.clone()),
        }
        output.opens.take(request, result);
    }

    fn command_cancel(&mut self, cancel: Cancel, output: &mut Commanded) {
        let result = self.may_command().and_then(|()| self.start_cancel(cancel));
        output.cancels.take(cancel, result);
    }

    fn start_cancel(&mut self, cancel: Cancel) -> Result<(), Reason> {
        let number = cancel.order;
        if number.0 >= self.order_count() || cancel.id.is_some_and(|id| id != number) {
            return Err(ReasonCode::OrderUnknown.into());
        }
        let is_filled = self.is_filled(number);
        match self.order_mut(number) {
            None if is_filled => Err(ReasonCode::OrderAlreadyFullyFilled.into()),
            None => Err(ReasonCode::OrderAlreadyCancelled.into()),
            Some(order) if order.is_cancelling => Err(ReasonCode::CancelUnderWay.into()),
            Some(order) => {
                order.is_cancelling = true;
                self.outbox.push(Request::Cancel(number));
                self.unasked.push(Request::Cancel(number));
                Ok(())
            }
        }
    }

    /// Commands work while trading is disabled, and not once there is no venue to send them to.
    fn may_command(&self) -> Result<(), Reason> {
        match self.refuses {
            None | Some(ReasonCode::TradingDisabled) => Ok(()),
            Some(code) => Err(code.into()),
        }
    }

    fn check_draft(&self, draft: &Draft, path: &str) -> Result<()> {
        let bad = |field: &str, message: &str| Err(Error::argument(join(path, field), message));
        if draft.instrument.index() >= self.markets.len() {
            return bad("instrument", "there is no such instrument");
        }
        let is_positive = match draft.size {
            Size::Lots(lots) => lots > 0,
            Size::Quote(amount) | Size::Equity(amount) => amount > haggle_model::Decimal::ZERO,
        };
        if !is_positive {
            return bad("size", "expected a size above zero");
        }
        if draft.price.is_some_and(|price| price <= 0) {
            return bad("price", "expected a price above zero");
        }
        let is_taking = draft.price.is_none() || matches!(draft.time_in_force, TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill);
        if draft.post_only && is_taking {
            return bad("postOnly", "an order that takes at once cannot be post-only");
        }
        Ok(())
    }
}
