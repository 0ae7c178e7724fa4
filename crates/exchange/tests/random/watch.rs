//! Runs a stream, and remembers what it sent. After every step `judge` and `books` check what has to hold for every stream.

use crate::shown::Shown;
use crate::world::{Draft, Step, Works};
use haggle_exchange::{Exchange, Limits, Setup, Spec};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{
    AssetId, Balance, Bar, BookUpdate, Decimal, Execution, FeeAsset, Feed, Increment, InstrumentId, MarketEvent, OpenRequest, OrderNumber,
    Quote, Request, Side, Size, TimeInForce, Trade,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

pub const START: [i64; 3] = [20, 2_000, 1];
pub const BASE: usize = 0;
pub const QUOTE: usize = 1;

type Checked = Result<(), TestCaseError>;

/// What is known of an order from outside.
pub struct Seen {
    pub request: OpenRequest,
    pub quantity: i64,
    pub filled: i64,
    /// Step that it arrived in, or was last amended in.
    pub step: usize,
    /// Step in which it came to its place.
    pub placed: usize,
    pub is_open: bool,
    pub is_over: bool,
    /// Quote it cost, fees in quote included.
    pub cost: Decimal,
    /// Displayed size that it joined, while that says how much was ahead of it.
    pub joined: Option<i64>,
    /// Prints at its price since it joined, and what it got of them.
    pub printed: i64,
    pub from_prints: i64,
}

/// An exchange and its watcher.
pub struct Watch {
    pub exchange: Exchange,
    pub execution: Execution,
    pub feed: Feed,
    pub now: Nanos,
    pub is_same_instant: bool,
    pub step: usize,
    pub orders: BTreeMap<u32, Seen>,
    pub quote: Option<Quote>,
    /// On books: the levels, and what was taken of them.
    pub shown: Shown,
    /// Lots taken of the displayed bid and ask since they last changed.
    pub taken: [i64; 2],
    pub bar: Option<Bar>,
    pub bar_spent: i64,
    /// Step in which it opened, and whether a bar had a volume so far.
    pub bar_step: usize,
    pub knows_volume: bool,
    pub position: Decimal,
    pub cash: Decimal,
    pub totals: [Decimal; 3],
    /// Balances as the events tell them.
    pub told: [Balance; 3],
    pub fills: u64,
}

/// What happened in a step, for the judgement of its fills.
#[derive(Clone, Copy)]
pub enum Row {
    Request,
    Quote(Quote),
    Book,
    Print(Side, i64, i64),
    BarOpen(Bar),
    BarClose(Bar),
    Other,
}

pub fn decimal(value: i64) -> Decimal {
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
            account: execution.account,
            feed,
            has_volume: false,
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
            shown: Shown::default(),
            taken: [0; 2],
            bar: None,
            bar_spent: 0,
            bar_step: 0,
            knows_volume: false,
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
            Step::Quote(quote) if self.feed == Feed::Book => {
                self.shown.quote(quote);
                row = Row::Book;
                self.exchange.apply(0, &MarketEvent::Quote(quote), now)
            }
            Step::Book(ref bids, ref asks, is_snapshot) => {
                self.shown.apply(bids, asks, is_snapshot);
                row = Row::Book;
                let update = BookUpdate { bids: bids.into(), asks: asks.into(), is_snapshot };
                self.exchange.apply(0, &MarketEvent::Book(update), now)
            }
            Step::Quote(quote) => {
                self.see_quote(Some(quote));
                row = Row::Quote(quote);
                self.exchange.apply(0, &MarketEvent::Quote(quote), now)
            }
            Step::Print(aggressor, price, quantity) => {
                self.see_print(aggressor, price, quantity);
                row = Row::Print(aggressor, price, quantity);
                let trade = Trade { price, quantity, side: aggressor, time: now };
                self.exchange.apply(0, &MarketEvent::Trade(trade), now)
            }
            Step::Gap => {
                self.see_quote(None);
                self.shown.lose();
                self.exchange.apply(0, &MarketEvent::Gap, now)
            }
            Step::BarOpen(bar) => {
                let bar = Bar { time_open: now, ..bar };
                (self.bar, self.bar_spent, self.bar_step) = (Some(bar), 0, self.step);
                self.knows_volume |= bar.volume > 0;
                row = Row::BarOpen(bar);
                let open = MarketEvent::BarOpen { time: now, price: bar.open, volume: bar.volume };
                self.exchange.apply(0, &open, now).and_then(|()| meet_opens(&mut self.exchange, now))
            }
            Step::BarClose => {
                let Some(bar) = self.bar else { return Ok(()) };
                row = Row::BarClose(bar);
                self.exchange.apply(0, &MarketEvent::Bar(bar), now)
            }
            Step::FeeQuote(bid) => {
                let quote = Quote { bid, bid_size: 1, ask: bid + 1, ask_size: 1 };
                self.exchange.apply(1, &MarketEvent::Quote(quote), now)
            }
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
            placed: self.step,
            is_open: false,
            is_over: false,
            cost: Decimal::ZERO,
            // An old quote may be no book: then the next one says what is ahead.
            joined: self.joined(&request).or(self
                .quote
                .filter(|_| self.execution.fills.quote_age_max.is_none())
                .and_then(|quote| quote.side(draft.side))
                .filter(|(best, _)| *best == draft.price)
                .map(|(_, size)| size)),
            printed: 0,
            from_prints: 0,
        };
        self.orders.insert(number, seen);
        self.exchange.handle(0, &Request::Open(request), self.now)
    }

    /// On a book: what its level shows when an order comes, if that says how much is ahead of it.
    fn joined(&self, request: &OpenRequest) -> Option<i64> {
        let size = self.shown.size(request.side, request.price);
        (self.feed == Feed::Book && self.execution.fills.quote_age_max.is_none() && size > 0).then_some(size)
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
}

fn meet_opens(exchange: &mut Exchange, now: Nanos) -> haggle_model::Result<()> {
    while exchange.meet_open(now)? {}
    Ok(())
}
