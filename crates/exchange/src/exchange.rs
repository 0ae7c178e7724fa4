//! The state of an exchange, and how a step in an order's life becomes an event.

use crate::ledger::Ledger;
use crate::market::{Market, Spec};
use crate::order::{Order, Orders};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{
    AccountEvent, AssetId, Decimal, Execution, Feed, OrderEvent, OrderEventKind, OrderNumber, QueueModel, Reason, ReasonCode, Request,
    Result, Side,
};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// What an exchange starts with.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Fees, fill rules, leverage. The kind of account is the instruments' ([`Spec::account`]).
    pub execution: Execution,
    /// Its instruments; a market's place in this list is how rows name it.
    pub specs: Vec<Spec>,
    /// Names of all assets of the system, for reasons.
    pub assets: Vec<String>,
    /// What the account holds at the start.
    pub balances: Vec<(AssetId, Decimal)>,
    /// The asset that fees are paid in, where the config names one that the system has.
    pub fee_asset: Option<AssetId>,
    /// Exchange time of its last market row: it fills nothing after.
    pub last_time: Nanos,
}

/// The mock exchange.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Exchange {
    #[serde(skip)]
    pub(crate) execution: Execution,
    pub(crate) ledger: Ledger,
    pub(crate) markets: Vec<Market>,
    pub(crate) orders: Orders,
    #[serde(skip)]
    pub(crate) assets: Vec<String>,
    #[serde(skip)]
    pub(crate) fee_asset: Option<AssetId>,
    /// The share of what is displayed or traded that own orders may have; `None`: all of it.
    #[serde(skip)]
    pub(crate) volume_share: Option<Decimal>,
    pub(crate) trade_count: u64,
    last_time: Nanos,
    pub(crate) is_closed: bool,
    /// Whether the account is settled in cash and holds a position, so that a mark may use its equity up.
    pub(crate) is_exposed: bool,
    /// Markets that are not idle.
    busy: usize,
    /// Orders put to a market so far: they come in this order.
    pub(crate) placed: u64,
    /// Orders that found less volume in a bar than they wanted.
    pub(crate) volume_cuts: u64,
    /// Markets whose bars have just opened and have orders that wait.
    pub(crate) opening: Vec<usize>,
    /// Orders that meet the opens of this instant, in their order.
    pub(crate) meeting: VecDeque<OrderNumber>,
    #[serde(skip)]
    log: Vec<AccountEvent>,
    #[serde(skip)]
    bundle_start: usize,
    expiries: BinaryHeap<Reverse<(Nanos, OrderNumber)>>,
}

impl Exchange {
    /// An exchange before its first row.
    pub fn new(setup: Setup) -> Result<Self> {
        let mut ledger = Ledger::new(setup.assets.len());
        for (asset, amount) in setup.balances {
            ledger.deposit(asset, amount)?;
        }
        let share = setup.execution.fills.volume_share;
        let mut markets: Vec<Market> = setup.specs.into_iter().map(Market::new).collect();
        let counts_trades = matches!(setup.execution.fills.queue, QueueModel::Probabilistic(_));
        for market in &mut markets {
            market.consumed.counts_trades = counts_trades;
        }
        Ok(Self {
            volume_share: (share != Decimal::ONE).then_some(share),
            execution: setup.execution,
            ledger,
            busy: markets.iter().filter(|market| !market.is_idle).count(),
            markets,
            orders: Orders::default(),
            assets: setup.assets,
            fee_asset: setup.fee_asset,
            placed: 0,
            volume_cuts: 0,
            opening: Vec::new(),
            meeting: VecDeque::new(),
            trade_count: 0,
            last_time: setup.last_time,
            is_closed: false,
            is_exposed: false,
            log: Vec::new(),
            bundle_start: 0,
            expiries: BinaryHeap::new(),
        })
    }

    /// Whether there are outputs that were not taken yet.
    #[inline]
    pub fn has_events(&self) -> bool {
        !self.log.is_empty()
    }

    /// Whether no market waits for anything: rows then mean new marks and no more, as long as they are safe ones where the account
    /// [is exposed](Exchange::is_exposed).
    #[inline]
    pub fn is_quiet(&self) -> bool {
        self.busy == 0
    }

    /// Whether the account is settled in cash and holds a position, so that a mark may use its equity up.
    #[inline]
    pub fn is_exposed(&self) -> bool {
        self.is_exposed
    }

    /// An own order came to a market.
    pub(crate) fn wake(&mut self, at: usize) {
        if std::mem::replace(&mut self.markets[at].is_idle, false) {
            self.busy += 1;
        }
    }

    /// Whether a row can mean more than a new mark to a market.
    #[inline]
    pub(crate) fn is_busy(&mut self, at: usize) -> bool {
        !self.markets[at].is_idle && self.is_still_busy(at)
    }

    #[cold]
    fn is_still_busy(&mut self, at: usize) -> bool {
        let is_busy = self.markets[at].is_busy();
        if !is_busy {
            self.markets[at].is_idle = true;
            self.busy -= 1;
        }
        is_busy
    }

    /// What happened since the last call, moved to the end of `into`.
    pub fn take_events(&mut self, into: &mut Vec<AccountEvent>) {
        self.end_bundle();
        into.append(&mut self.log);
        self.bundle_start = 0;
    }

    /// The markets, in the order of the setup.
    pub fn markets(&self) -> &[Market] {
        &self.markets
    }

    /// The books.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// How it treats orders.
    pub fn execution(&self) -> &Execution {
        &self.execution
    }

    /// Whether the account's equity is used up.
    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// When the next time in force ends; [`NEVER`] where none will.
    #[inline]
    pub fn next_expiry(&self) -> Nanos {
        self.expiries.peek().map_or(NEVER, |Reverse((time, _))| *time)
    }

    /// Ends every order whose time in force is over at `now`.
    pub fn expire(&mut self, now: Nanos) -> Result<()> {
        while let Some(Reverse((time, number))) = self.expiries.peek().copied().filter(|Reverse((time, _))| *time <= now) {
            self.expiries.pop();
            // An order that was amended or ended since has another entry or none.
            if let Ok(slot) = self.orders.find(number)
                && self.orders.get(slot).expires == time
            {
                self.end(slot, now, OrderEventKind::Expired(ReasonCode::TimeInForceEnded.into()))?;
            }
        }
        Ok(())
    }

    /// Ends every working order, as at the end of a run.
    pub fn expire_all(&mut self, now: Nanos, code: ReasonCode) -> Result<()> {
        for slot in self.orders.working() {
            self.end(slot, now, OrderEventKind::Expired(code.into()))?;
        }
        Ok(())
    }

    /// Answers a request that arrives at `now`. Rejections are events; an error is a number that does not fit.
    pub fn handle(&mut self, market: usize, request: &Request, now: Nanos) -> Result<()> {
        match request {
            Request::Open(open) => self.open(market, open, now),
            Request::Cancel(number) => self.cancel(market, *number, now),
            Request::Amend { order, price, quantity } => self.amend(market, *order, *price, *quantity, now),
        }
    }

    /// Whether the data has ended before `now`.
    pub(crate) fn has_ended(&self, now: Nanos) -> bool {
        now > self.last_time
    }

    /// There are no more rows after `last`: from then on nothing fills.
    pub const fn end_data(&mut self, last: Nanos) {
        self.last_time = last;
    }

    /// Says what a market's data consist of, where that becomes known only by the rows. Nothing changes while own orders wait
    /// there, since each kind of data has its own way to fill them: false then.
    pub fn set_feed(&mut self, at: usize, feed: Feed) -> bool {
        let is_free = !self.is_busy(at);
        if is_free {
            self.markets[at].spec.feed = feed;
            if feed == Feed::Book {
                self.markets[at].book = Some(Box::default());
                self.wake(at);
            }
        }
        is_free
    }

    /// Marks the end of one exchange action.
    pub(crate) fn end_bundle(&mut self) {
        if let Some(last) = self.log[self.bundle_start..].last_mut() {
            last.end_bundle();
        }
        self.bundle_start = self.log.len();
    }

    pub(crate) fn watch_expiry(&mut self, time: Nanos, number: OrderNumber) {
        if time != NEVER {
            self.expiries.push(Reverse((time, number)));
        }
    }

    /// Takes a working order off the market, releases what it reserves and says why.
    pub(crate) fn end(&mut self, slot: u32, now: Nanos, kind: OrderEventKind) -> Result<()> {
        self.release(slot, Decimal::ZERO)?;
        let order = self.orders.get(slot);
        let (market, side, number) = (order.market, order.request.side, order.request.order);
        self.markets[market].remove(side, slot);
        self.orders.end(slot);
        self.emit(market, number, side, now, kind);
        self.end_bundle();
        Ok(())
    }

    /// Refuses an order on arrival.
    pub(crate) fn reject(&mut self, market: usize, number: OrderNumber, side: Side, now: Nanos, reason: Reason) {
        self.orders.refuse(number);
        self.emit(market, number, side, now, OrderEventKind::Rejected(reason));
        self.end_bundle();
    }

    pub(crate) fn emit(&mut self, market: usize, order: OrderNumber, side: Side, now: Nanos, kind: OrderEventKind) {
        let spec = &self.markets[market].spec;
        let fee_asset = match &kind {
            OrderEventKind::Filled(fill) => Some(fill.fee_asset).filter(|asset| *asset != spec.base && *asset != spec.quote),
            _ => None,
        };
        let moved = !matches!(kind, OrderEventKind::Rejected(_) | OrderEventKind::CancelRejected(_) | OrderEventKind::AmendRejected(_));
        let balance = |asset: AssetId| moved.then(|| (asset, self.ledger.balance(asset)));
        self.log.push(AccountEvent::Order(OrderEvent {
            sequence: 0,
            time: now,
            order,
            instrument: spec.instrument,
            side,
            balances: [balance(spec.base), balance(spec.quote), fee_asset.and_then(balance)],
            kind,
            ends_bundle: false,
        }));
    }

    /// Changes what an order reserves to `keep`.
    pub(crate) fn release(&mut self, slot: u32, keep: Decimal) -> Result<()> {
        let order = self.orders.get(slot);
        if order.locked == keep {
            return Ok(());
        }
        let asset = self.markets[order.market].spec.pays(order.request.side);
        let change = keep - order.locked;
        self.ledger.lock(asset, change)?;
        self.orders.get_mut(slot).locked = keep;
        Ok(())
    }

    /// Checks the books against the open orders: locked is what they reserve, and nothing was made or lost.
    pub fn check(&self) -> Result<()> {
        let mut locked = vec![Decimal::ZERO; self.assets.len()];
        for slot in self.orders.working() {
            let order: &Order = self.orders.get(slot);
            locked[self.markets[order.market].spec.pays(order.request.side).index()] += order.locked;
        }
        for (at, reserved) in locked.iter().enumerate() {
            let account = self.ledger.account(AssetId(at as u16));
            if account.locked != *reserved {
                return Err(haggle_model::Error::bug(format!(
                    "{}: {} locked, open orders reserve {reserved}",
                    self.assets[at], account.locked
                )));
            }
        }
        self.ledger.check(|asset| self.may_owe(asset))
    }
}
