//! Runs a stream and checks, after every step, what has to hold whatever the stream: by arithmetic of its own, from the
//! requests it sent and the events it got.

use crate::world::{Draft, Step, Works};
use haggle_exchange::{BarRow, Exchange, Feed, Limits, Quote, Setup, Spec};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{
    AccountKind, AssetId, Balance, Decimal, Depth, Execution, FeeAsset, Fill, Increment, InstrumentId, Liquidity, OpenRequest, OrderEvent,
    OrderEventKind, OrderKind, OrderNumber, QueueModel, Request, SelfTrade, Side, Size, TimeInForce,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

const START: [i64; 3] = [20, 2_000, 1];
const BASE: usize = 0;
const QUOTE: usize = 1;

type Checked = Result<(), TestCaseError>;

/// What is known of an order from outside.
struct Seen {
    request: OpenRequest,
    quantity: i64,
    filled: i64,
    /// Step that it arrived in, or was last amended in.
    step: usize,
    is_open: bool,
    is_over: bool,
    /// Quote it cost, fees in quote included.
    cost: Decimal,
    /// Displayed size that it joined, while that says how much was ahead of it.
    joined: Option<i64>,
    /// Prints at its price since it joined, and what it got of them.
    printed: i64,
    from_prints: i64,
}

/// An exchange and its watcher.
pub struct Watch {
    exchange: Exchange,
    execution: Execution,
    feed: Feed,
    now: Nanos,
    is_same_instant: bool,
    step: usize,
    orders: BTreeMap<u32, Seen>,
    quote: Option<Quote>,
    /// Lots taken of the displayed bid and ask since they last changed.
    taken: [i64; 2],
    bar: Option<BarRow>,
    bar_spent: i64,
    position: Decimal,
    cash: Decimal,
    totals: [Decimal; 3],
    /// Balances as the events tell them.
    told: [Balance; 3],
    fills: u64,
}

/// What happened in a step, for the judgement of its fills.
#[derive(Clone, Copy)]
enum Row {
    Request,
    Quote(Quote),
    Print(Side, i64, i64),
    BarOpen(BarRow),
    BarClose(BarRow),
    Other,
}

fn decimal(value: i64) -> Decimal {
    Decimal::from(value)
}

impl Watch {
    pub fn new(feed: Feed, execution: Execution) -> Self {
        let spec = |at: u16, base: u16, feed| Spec {
            instrument: InstrumentId(at),
            base: AssetId(base),
            quote: AssetId(1),
            tick: Increment::ONE,
            lot: Increment::ONE,
            limits: Limits::default(),
            feed,
        };
        let fee_asset = match &execution.fees.charged_in {
            FeeAsset::Named(name) => Some(AssetId(if name == "BTC" { 0 } else { 2 })),
            FeeAsset::Quote | FeeAsset::Received => None,
        };
        let exchange = Exchange::new(Setup {
            execution: execution.clone(),
            specs: vec![spec(0, 0, feed), spec(1, 2, Feed::Quotes)],
            assets: ["BTC", "USDT", "BNB"].map(str::to_owned).to_vec(),
            balances: (0..3).map(|at| (AssetId(at), decimal(START[at as usize]))).collect(),
            fee_asset,
            last_time: NEVER,
        })
        .expect("an exchange");
        Self {
            exchange,
            execution,
            feed,
            now: 0,
            is_same_instant: false,
            step: 0,
            orders: BTreeMap::new(),
            quote: None,
            taken: [0; 2],
            bar: None,
            bar_spent: 0,
            position: Decimal::ZERO,
            cash: Decimal::ZERO,
            totals: START.map(decimal),
            told: START.map(|amount| Balance { total: decimal(amount), free: decimal(amount) }),
            fills: 0,
        }
    }

    /// Fills so far.
    pub fn fills(&self) -> u64 {
        self.fills
    }

    /// Runs a step and checks what came of it.
    pub fn step(&mut self, step: &Step) -> Checked {
        self.step += 1;
        if matches!(step, Step::SameInstant) {
            self.is_same_instant = true;
            return Ok(());
        }
        self.now += i64::from(!std::mem::take(&mut self.is_same_instant));
        self.exchange.expire(self.now).map_err(|error| TestCaseError::fail(error.to_string()))?;
        self.judge(Row::Other)?;
        let now = self.now;
        let mut row = Row::Other;
        let outcome = match *step {
            Step::Quote(quote) => {
                self.see_quote(Some(quote));
                row = Row::Quote(quote);
                self.exchange.apply_quote(0, quote, now)
            }
            Step::Print(aggressor, price, quantity) => {
                self.see_print(aggressor, price, quantity);
                row = Row::Print(aggressor, price, quantity);
                self.exchange.apply_print(0, aggressor, price, quantity, now)
            }
            Step::Gap => {
                self.see_quote(None);
                self.exchange.apply_gap(0);
                Ok(())
            }
            Step::BarOpen(bar) => {
                (self.bar, self.bar_spent) = (Some(bar), 0);
                row = Row::BarOpen(bar);
                self.exchange.apply_bar_open(0, &bar, now)
            }
            Step::BarClose => {
                let Some(bar) = self.bar else { return Ok(()) };
                row = Row::BarClose(bar);
                self.exchange.apply_bar_close(0, &bar, now)
            }
            Step::FeeQuote(bid) => self.exchange.apply_quote(1, Quote { bid, bid_size: 1, ask: bid + 1, ask_size: 1 }, now),
            Step::Open(draft) => {
                row = Row::Request;
                self.open(&draft)
            }
            Step::Cancel(number) => {
                let order = self.pick(number);
                self.exchange.handle(0, &Request::Cancel(order), now)
            }
            Step::Amend(number, price, quantity) => {
                row = Row::Request;
                let order = self.pick(number);
                self.exchange.handle(0, &Request::Amend { order, price, quantity }, now)
            }
            Step::SameInstant => Ok(()),
        };
        outcome.map_err(|error| TestCaseError::fail(error.to_string()))?;
        self.judge(row)
    }

    fn pick(&self, number: u32) -> OrderNumber {
        OrderNumber(number % (self.orders.len() as u32 + 1))
    }

    fn open(&mut self, draft: &Draft) -> haggle_model::Result<()> {
        let number = self.orders.len() as u32;
        let request = OpenRequest {
            order: OrderNumber(number),
            instrument: InstrumentId(0),
            side: draft.side,
            kind: draft.kind,
            size: draft.size,
            price: draft.price,
            time_in_force: match draft.works {
                Works::Cancelled => TimeInForce::GoodUntilCancelled,
                Works::Immediate => TimeInForce::ImmediateOrCancel,
                Works::Whole => TimeInForce::FillOrKill,
                Works::Steps(steps) => TimeInForce::GoodUntil(self.now + steps),
            },
            post_only: draft.post_only,
            reduce_only: draft.reduce_only,
        };
        let seen = Seen {
            request,
            quantity: if let Size::Lots(lots) = draft.size { lots } else { 0 },
            filled: 0,
            step: self.step,
            is_open: false,
            is_over: false,
            cost: Decimal::ZERO,
            // An old quote may be no book: then the next one says what is ahead.
            joined: self
                .quote
                .filter(|_| self.execution.fills.quote_age_max.is_none())
                .and_then(|quote| quote.side(draft.side))
                .filter(|(best, _)| *best == draft.price)
                .map(|(_, size)| size),
            printed: 0,
            from_prints: 0,
        };
        self.orders.insert(number, seen);
        self.exchange.handle(0, &Request::Open(request), self.now)
    }

    fn see_quote(&mut self, quote: Option<Quote>) {
        for side in [Side::Buy, Side::Sell] {
            let shown = |quote: Option<Quote>| quote.and_then(|quote| quote.side(side));
            if shown(self.quote) != shown(quote) {
                self.taken[side as usize] = 0;
            }
        }
        self.quote = quote;
        if quote.is_none() {
            self.orders.values_mut().for_each(|order| order.joined = None);
        }
    }

    fn see_print(&mut self, aggressor: Side, price: i64, quantity: i64) {
        for order in self.orders.values_mut().filter(|order| order.request.side != aggressor && order.request.price == price) {
            order.printed += quantity;
        }
    }

    /// Takes the events of a step, one by one, and checks the whole at its end.
    fn judge(&mut self, row: Row) -> Checked {
        let mut events = Vec::new();
        self.exchange.take_events(&mut events);
        prop_assert!(events.last().is_none_or(|event| event.ends_bundle), "the last bundle does not end");
        for bundle in events.split_inclusive(|event| event.ends_bundle) {
            let mut filled = bundle.iter().filter(|event| matches!(event.kind, OrderEventKind::Filled(_))).map(|event| event.order);
            let first = filled.next();
            prop_assert!(filled.all(|order| Some(order) == first), "fills of two orders in one bundle: {bundle:?}");
        }
        let mut spent = 0;
        for event in &events {
            prop_assert_eq!(event.time, self.now);
            for (asset, balance) in event.balances.iter().flatten() {
                self.told[asset.index()] = *balance;
            }
            self.judge_event(event, row, &mut spent)?;
        }
        self.judge_books()
    }

    fn judge_event(&mut self, event: &OrderEvent, row: Row, spent: &mut i64) -> Checked {
        let Some(order) = self.orders.get_mut(&event.order.0) else {
            let is_answer = matches!(event.kind, OrderEventKind::CancelRejected(_) | OrderEventKind::AmendRejected(_));
            prop_assert!(is_answer, "an event of an order that was never sent: {event:?}");
            return Ok(());
        };
        match &event.kind {
            OrderEventKind::CancelRejected(_) => prop_assert!(order.is_over, "a cancel of a working order was refused: {event:?}"),
            OrderEventKind::AmendRejected(_) => {}
            _ => prop_assert!(!order.is_over, "after its end: {event:?}"),
        }
        match &event.kind {
            OrderEventKind::Opened => {
                prop_assert!(!order.is_open, "opened twice");
                order.is_open = true;
                if order.quantity == 0 {
                    // Given as an amount: the books tell its lots.
                    let rests =
                        self.exchange.markets()[0].resting.iter().map(Vec::len).sum::<usize>() + self.exchange.markets()[0].waiting.len();
                    prop_assert!(rests > 0);
                }
            }
            OrderEventKind::Amended { price, quantity } => {
                (order.request.price, order.quantity, order.step) = (*price, *quantity, self.step);
                if order.request.kind == OrderKind::Limit || *quantity > 0 {
                    order.request.size = Size::Lots(*quantity);
                }
                order.joined = None;
            }
            OrderEventKind::Filled(fill) => {
                prop_assert_eq!(fill.filled, order.filled + fill.quantity);
                (order.filled, order.quantity) = (fill.filled, fill.order_quantity);
                self.judge_fill(event, fill, row, spent)?;
            }
            OrderEventKind::Rejected(_) => prop_assert!(order.filled == 0 && !order.is_open, "rejected after it opened: {event:?}"),
            _ => {}
        }
        if let Some(order) = self.orders.get_mut(&event.order.0)
            && event.kind.is_terminal()
        {
            order.is_over = true;
            let is_whole = order.filled == 0 || order.filled == order.quantity;
            prop_assert!(is_whole || order.request.time_in_force != TimeInForce::FillOrKill, "part of a fill-or-kill order: {event:?}");
        }
        Ok(())
    }

    fn judge_fill(&mut self, event: &OrderEvent, fill: &Fill, row: Row, spent: &mut i64) -> Checked {
        self.fills += 1;
        let step = self.step;
        let Some(order) = self.orders.get_mut(&event.order.0) else { return Ok(()) };
        let (side, limit) = (order.request.side, order.request.price);
        let is_limit = order.request.kind == OrderKind::Limit;
        let is_taker = fill.liquidity == Liquidity::Taker;
        prop_assert!(fill.quantity > 0 && fill.filled <= fill.order_quantity, "{fill:?}");
        prop_assert!(!is_limit || !side.better(limit, fill.price), "through its limit of {limit}: {fill:?}");
        prop_assert!(!(order.request.post_only && is_taker), "post-only took");
        if order.request.reduce_only {
            let held = decimal(side.sign()) * self.position;
            prop_assert!(
                held.is_sign_negative() && decimal(fill.quantity) <= -held,
                "reduce-only with a position of {}: {fill:?}",
                self.position
            );
        }
        if !is_taker && !matches!(row, Row::BarClose(_)) {
            prop_assert_eq!(fill.price, limit, "a maker's price is its own");
        }
        // Where, and how much.
        let share = self.execution.fills.volume_share;
        let part = |size: i64| if share == Decimal::ONE { size } else { size / 2 };
        *spent += fill.quantity;
        match (self.feed, row) {
            (Feed::Quotes, Row::Request) => {
                prop_assert!(is_taker);
                let best = self.quote.and_then(|quote| quote.side(side.opposite()));
                prop_assert!(best.is_some_and(|(best, _)| !side.better(fill.price, best)), "better than the best {best:?}: {fill:?}");
                self.taken[side.opposite() as usize] += fill.quantity;
            }
            (Feed::Quotes, Row::Quote(quote)) => {
                prop_assert!(!is_taker && order.step < step);
                let best = quote.side(side.opposite());
                prop_assert!(best.is_some_and(|(best, _)| !side.better(limit, best)), "not reached: {fill:?}");
                self.taken[side.opposite() as usize] += fill.quantity;
            }
            (Feed::Quotes, Row::Print(aggressor, price, quantity)) => {
                prop_assert!(!is_taker && order.step < step);
                prop_assert!(aggressor != side && !side.better(limit, price), "not hit: {fill:?}");
                prop_assert!(price != limit || *spent <= part(quantity), "more than the print of {quantity}");
                prop_assert!(share == Decimal::ONE || *spent <= part(quantity), "more than the share of {quantity}");
                if price == limit {
                    order.from_prints += fill.quantity;
                    let ahead = order.joined.filter(|_| self.execution.fills.queue == QueueModel::RiskAverse);
                    prop_assert!(ahead.is_none_or(|ahead| order.from_prints <= order.printed - ahead), "before its turn: {fill:?}");
                }
            }
            (Feed::Trades, Row::Print(_, price, quantity)) => {
                prop_assert!(order.step < step, "filled by a print before it");
                prop_assert!(*spent <= part(quantity), "more than the print of {quantity}");
                if is_taker {
                    prop_assert!(!side.better(fill.price, price));
                } else {
                    let touches = self.execution.fills.queue == QueueModel::None && price == limit;
                    prop_assert!(side.better(price, limit) || touches, "not beyond: {fill:?}");
                }
            }
            (Feed::Bars, Row::BarOpen(bar)) => {
                prop_assert!(is_taker && order.step < step && !side.better(fill.price, bar.open));
            }
            (Feed::Bars, Row::BarClose(bar)) => {
                prop_assert!(!is_taker && order.step < step);
                let extreme = if side == Side::Buy { bar.low } else { bar.high };
                prop_assert!(side.better(extreme, limit) || (self.execution.fills.touch && extreme == limit), "not on the path: {fill:?}");
                prop_assert!(fill.price == limit || (self.execution.fills.gap_at_open && fill.price == bar.open));
            }
            // At the close of the bar that has just ended, where that was asked for.
            (Feed::Bars, Row::Request) => {
                prop_assert!(is_taker && self.execution.fills.bar == haggle_model::BarFill::ThisClose);
                prop_assert!(self.bar.is_some_and(|bar| !side.better(fill.price, bar.close)));
            }
            _ => prop_assert!(false, "a fill out of nothing: {fill:?}"),
        }
        if self.execution.fills.depth == Depth::Displayed
            && let Some((_, size)) = self.quote.and_then(|quote| quote.side(side.opposite()))
        {
            let taken = self.taken[side.opposite() as usize];
            prop_assert!(taken <= part(size), "{taken} taken of {size}");
        }
        if let Some(bar) = self.bar {
            self.bar_spent += fill.quantity;
            prop_assert!(bar.volume == 0 || self.bar_spent <= part(bar.volume), "{} of a bar's {}", self.bar_spent, bar.volume);
        }
        self.book(event, fill)
    }

    /// The money of a fill, reckoned anew.
    fn book(&mut self, event: &OrderEvent, fill: &Fill) -> Checked {
        let Some(order) = self.orders.get_mut(&event.order.0) else { return Ok(()) };
        let sign = decimal(order.request.side.sign());
        let (amount, notional) = (decimal(fill.quantity), decimal(fill.quantity) * decimal(fill.price));
        let is_spot = self.execution.account == AccountKind::Spot;
        self.position += sign * amount;
        self.cash -= sign * notional;
        if is_spot {
            self.totals[BASE] += sign * amount;
            self.totals[QUOTE] -= sign * notional;
        }
        self.totals[fill.fee_asset.index()] -= fill.fee;
        match fill.fee_asset.index() {
            BASE => self.position -= fill.fee,
            QUOTE => self.cash -= fill.fee,
            _ => {}
        }
        let fees = &self.execution.fees;
        let rate = if fill.liquidity == Liquidity::Taker { fees.taker } else { fees.maker };
        let flat = if fill.filled == fill.quantity { fees.per_order } else { Decimal::ZERO };
        let fee = notional * rate + amount * fees.per_contract + flat;
        prop_assert_eq!(fill.fee_quote, Some(fee), "the fee's worth");
        if fill.fee_asset.index() == QUOTE {
            prop_assert_eq!(fill.fee, fee);
        }
        order.cost += notional;
        if !is_spot || (order.request.side == Side::Buy && fees.charged_in == FeeAsset::Quote) {
            order.cost += fee;
        }
        // A limit sell may bring more than its amount: that is price improvement.
        if let Size::Quote(most) = order.request.size
            && (order.request.kind == OrderKind::Market || order.request.side == Side::Buy)
        {
            prop_assert!(order.cost <= most, "{} of an amount of {most}", order.cost);
        }
        Ok(())
    }

    fn judge_books(&self) -> Checked {
        self.exchange.check().map_err(|error| TestCaseError::fail(error.to_string()))?;
        let ledger = self.exchange.ledger();
        for at in 0..3 {
            let balance = ledger.balance(AssetId(at as u16));
            prop_assert_eq!(self.told[at], balance, "asset {} as the events tell it", at);
            if self.execution.account == AccountKind::Spot {
                prop_assert_eq!(self.totals[at].normalize(), balance.total, "asset {}", at);
                prop_assert!(!balance.free.is_sign_negative() || balance.free.is_zero(), "asset {at}: {balance:?}");
            }
        }
        let market = &self.exchange.markets()[0];
        prop_assert_eq!(market.position.quantity.normalize(), self.position.normalize());
        if self.execution.account == AccountKind::CashSettled && self.position.is_zero() {
            prop_assert_eq!(
                ledger.balance(AssetId(1)).total,
                (decimal(START[QUOTE]) + self.cash).normalize(),
                "realised profit is the cash"
            );
        }
        let best = [Side::Buy, Side::Sell].map(|side| market.resting[side as usize].first().map(|rest| rest.price));
        if let (Some(bid), Some(ask)) = (best[0], best[1]) {
            prop_assert!(bid < ask || self.execution.fills.self_trade == SelfTrade::None, "own orders cross: {bid} {ask}");
        }
        let working = self.orders.values().filter(|order| order.is_open && !order.is_over).count();
        let listed = market.resting.iter().map(Vec::len).sum::<usize>() + market.waiting.len();
        let in_flight = self.orders.values().filter(|order| !order.is_over && order.request.kind == OrderKind::Market).count();
        prop_assert_eq!(working + in_flight, listed, "every working order is in one list");
        self.judge_locked()
    }

    /// Locked is what the open orders need, reckoned from what was sent and told.
    fn judge_locked(&self) -> Checked {
        let is_known = |order: &&Seen| order.request.kind == OrderKind::Limit && order.is_open && !order.is_over;
        if self.execution.account == AccountKind::CashSettled || self.orders.values().filter(is_known).any(|order| order.quantity == 0) {
            return Ok(());
        }
        let fees = &self.execution.fees;
        let mut locked = [Decimal::ZERO; 3];
        for order in self.orders.values().filter(is_known) {
            let left = decimal(order.quantity - order.filled);
            if order.request.side == Side::Sell {
                locked[BASE] += left;
                continue;
            }
            let notional = left * decimal(order.request.price);
            locked[QUOTE] += notional;
            if fees.charged_in == FeeAsset::Quote {
                let flat = if order.filled == 0 { fees.per_order } else { Decimal::ZERO };
                locked[QUOTE] += notional * fees.maker.max(fees.taker).max(Decimal::ZERO) + left * fees.per_contract + flat;
            }
        }
        for (at, locked) in locked.iter().enumerate() {
            prop_assert_eq!(
                self.exchange.ledger().account(AssetId(at as u16)).locked.normalize(),
                locked.normalize(),
                "locked of asset {}",
                at
            );
        }
        Ok(())
    }
}
