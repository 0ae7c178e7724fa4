//! What a run leaves: fills, orders, closed trades, realised profits, and the hash over all of it.

use crate::hash::ResultHash;
use crate::outcome::{FillRow, OrderRow};
use crate::round_trips::{RoundTrip, RoundTripBook, RoundTripFill};
use haggle_engine::{EngineOrder, MarketSpec, OrderState};
use haggle_model::time::Nanos;
use haggle_model::{
    AccountEvent, Decimal, Error, Exact, Fill, InstrumentId, OpenRequest, OrderEvent, OrderEventKind, OrderKind, OrderNumber, Request,
    Result, Size,
};

/// Everything recorded so far.
#[derive(Clone, Debug)]
pub struct Recorder {
    /// Own executions.
    pub fills: Vec<FillRow>,
    /// Every order, by number.
    pub orders: Vec<OrderRow>,
    /// Closed trades, in the order they closed.
    pub round_trips: Vec<RoundTrip>,
    /// By instrument: round trips under way.
    pub books: Vec<RoundTripBook>,
    /// By instrument: realised profit less fees, in quote.
    pub realised: Vec<Decimal>,
    /// By instrument: fees in quote.
    pub fees: Vec<Decimal>,
    /// Hash of every event.
    pub hash: ResultHash,
    /// Events numbered so far.
    pub sequence: u64,
}

impl Recorder {
    /// A recorder for these instruments.
    pub fn new(specs: &[MarketSpec]) -> Self {
        let book = |(at, spec): (usize, &MarketSpec)| RoundTripBook::new(InstrumentId(at as u16), spec.lot.value(), spec.notional_min);
        Self {
            fills: Vec::new(),
            orders: Vec::new(),
            round_trips: Vec::new(),
            books: specs.iter().enumerate().map(book).collect(),
            realised: vec![Decimal::ZERO; specs.len()],
            fees: vec![Decimal::ZERO; specs.len()],
            hash: ResultHash::default(),
            sequence: 0,
        }
    }

    /// An order leaves the engine.
    pub fn sent(&mut self, request: &Request, now: Nanos) {
        match request {
            Request::Open(open) => self.orders.push(row(open, now)),
            Request::Cancel(number) => self.orders[number.index()].is_cancelling = true,
            Request::Amend { .. } => {}
        }
    }

    /// An order that the engine itself refused.
    pub fn refused(&mut self, order: &EngineOrder, now: Nanos) {
        self.orders.push(OrderRow { state: order.state.clone(), ..row(&order.request, now) });
    }

    /// An order of the exchange's own, which closes a position.
    pub fn closing(&mut self, number: OrderNumber, instrument: InstrumentId, now: Nanos) {
        debug_assert_eq!(number.index(), self.orders.len(), "orders are recorded in the order of their numbers");
        let draft = haggle_engine::Draft::market(instrument, haggle_model::Side::Sell, Size::Lots(0));
        let open = OpenRequest {
            order: number,
            instrument,
            side: draft.side,
            kind: OrderKind::Market,
            size: draft.size,
            price: 0,
            time_in_force: draft.time_in_force,
            post_only: false,
            reduce_only: true,
        };
        self.orders.push(OrderRow { is_closing: true, ..row(&open, now) });
    }

    /// Numbers an event and takes it in.
    pub fn event(&mut self, event: &mut OrderEvent, account: u16, spec: &MarketSpec, mark: Option<f64>) -> Result<()> {
        event.sequence = self.sequence;
        self.sequence += 1;
        let order = &mut self.orders[event.order.index()];
        self.hash.event(event, account, order.price);
        order.arrived.get_or_insert(event.time);
        // A refused cancel or amend reaches no state; it may come after the order's end.
        if !matches!(event.kind, OrderEventKind::CancelRejected(_) | OrderEventKind::AmendRejected(_)) {
            order.state_time = Some(event.time);
        }
        match &event.kind {
            OrderEventKind::Opened => {
                order.state = OrderState::Open;
                order.opened = Some(event.time);
            }
            OrderEventKind::Filled(fill) => {
                order.side = event.side;
                order.quantity = fill.order_quantity;
                order.filled = fill.filled;
                order.state = if fill.filled == fill.order_quantity { OrderState::FullyFilled } else { OrderState::Open };
                return self.fill(event, fill, spec, mark);
            }
            OrderEventKind::Cancelled(reason) => {
                order.state = OrderState::Cancelled;
                order.cancelled = Some(reason.clone());
            }
            OrderEventKind::Expired(reason) => order.state = OrderState::Expired(reason.clone()),
            OrderEventKind::Rejected(reason) => order.state = OrderState::OpenFailed(reason.clone()),
            OrderEventKind::CancelRejected(_) => order.is_cancelling = false,
            OrderEventKind::Amended { price, quantity } => {
                order.price = *price;
                order.quantity = *quantity;
            }
            OrderEventKind::AmendRejected(_) | OrderEventKind::InDoubt => {}
        }
        Ok(())
    }

    /// Numbers an event that no order made, and takes it in.
    pub fn change(&mut self, event: &mut AccountEvent, account: u16) {
        event.set_sequence(self.sequence);
        self.sequence += 1;
        if let AccountEvent::Change(change) = event {
            self.hash.change(change, account);
        }
    }

    fn fill(&mut self, event: &OrderEvent, fill: &Fill, spec: &MarketSpec, mark: Option<f64>) -> Result<()> {
        let over = || Error::overflow("a profit");
        let at = event.instrument.index();
        let order = &mut self.orders[event.order.index()];
        let (price, lots) = (spec.tick.decimal(fill.price), spec.lot.decimal(fill.quantity));
        let value = Exact::from(price).times(lots.into()).and_then(|value| Exact::from(order.value).plus(value));
        order.value = value.ok_or_else(over)?.into();
        let is_closing = order.is_closing;
        let place = u32::try_from(self.fills.len()).map_err(|_| Error::overflow("the number of fills"))?;
        self.fills.push(FillRow {
            id: fill.id,
            order: event.order,
            instrument: event.instrument,
            side: event.side,
            price: fill.price,
            quantity: fill.quantity,
            filled: fill.filled,
            fee: fill.fee,
            fee_asset: fill.fee_asset,
            liquidity: fill.liquidity,
            time: event.time,
            fee_quote: fill.fee_quote.unwrap_or_default(),
            mark,
        });
        let fee = fill.fee_quote.unwrap_or_default();
        let in_round_trip =
            RoundTripFill { side: event.side, quantity: spec.moved(event.side, fill), price, fee, time: event.time, place, is_closing };
        let (pnl, ended) = self.books[at].fill(&in_round_trip)?;
        let fee = Exact::from(fee);
        let realised = pnl.minus(fee).and_then(|profit| Exact::from(self.realised[at]).plus(profit));
        self.realised[at] = realised.ok_or_else(over)?.into();
        self.fees[at] = Exact::from(self.fees[at]).plus(fee).ok_or_else(over)?.into();
        self.round_trips.extend(ended);
        Ok(())
    }
}

fn row(open: &OpenRequest, now: Nanos) -> OrderRow {
    OrderRow {
        instrument: open.instrument,
        side: open.side,
        kind: open.kind,
        price: open.price,
        quantity: if let Size::Lots(lots) = open.size { lots } else { 0 },
        filled: 0,
        value: Decimal::ZERO,
        time_in_force: open.time_in_force,
        post_only: open.post_only,
        reduce_only: open.reduce_only,
        state: OrderState::OpenInFlight,
        is_cancelling: false,
        is_closing: false,
        time: now,
        arrived: None,
        opened: None,
        state_time: None,
        cancelled: None,
    }
}
