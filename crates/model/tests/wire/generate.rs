//! Generated values of every variant, from a seed. Names are indices where barter has them, so that it can read them too.

// The tests against barter's own crates take this file in by its path, too.
#[path = "generate/audit.rs"]
mod audit;

use haggle_model::seed::Stream;
use haggle_model::time::Nanos;
use haggle_model::wire::{
    AccountEvent, AccountEventKind, AccountSnapshot, ApiError, AssetBalance, CancelResponse, Candle, Command, ConnectivityError,
    EngineEvent, Fill, InstrumentFilter, InstrumentOrders, Level, Liquidation, MarketEvent, MarketEventKind, Name, OneOrMany, Order,
    OrderBook, OrderBookEvent, OrderBookL1, OrderError, OrderEvent, OrderKey, OrderKind, OrderRequestCancel, OrderRequestOpen, OrderState,
    Placed, PublicTrade, Terms, TimeInForce, TradingState, Trail, Underlying,
};
use haggle_model::{Balance, Decimal, Liquidity, Side};

/// Which values to make.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// Only what barter has.
    Barter,
    /// Our own additions too.
    All,
}

/// Makes values.
pub struct Generate {
    random: Stream,
    range: Range,
}

impl Generate {
    /// The values of a seed.
    pub fn new(seed: u64, range: Range) -> Self {
        Self { random: Stream::new(seed, "wire", 0), range }
    }

    fn below(&mut self, end: u64) -> u64 {
        self.random.next_u64() % end
    }

    fn ours(&mut self) -> bool {
        self.range == Range::All && self.below(2) == 0
    }

    fn maybe<T>(&mut self, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.below(2) == 0).then(|| value(self))
    }

    fn list<T>(&mut self, mut value: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(4)).map(|_| value(self)).collect()
    }

    fn one_or_many<T>(&mut self, mut value: impl FnMut(&mut Self) -> T) -> OneOrMany<T> {
        if self.below(2) == 0 { OneOrMany::One(value(self)) } else { OneOrMany::Many(self.list(value)) }
    }

    fn text(&mut self) -> String {
        const TEXTS: [&str; 7] = ["", "a-1", "mm", "\"quoted\" \\ \n", "Grüße 取引 🚀", "need=1.50 free=0", "0"];
        TEXTS[self.below(TEXTS.len() as u64) as usize].to_owned()
    }

    fn exchange_id(&mut self) -> String {
        ["binance_spot", "okx", "mock"][self.below(3) as usize].to_owned()
    }

    fn name(&mut self) -> Name {
        if self.ours() {
            ["BTC/USDT", "binance_spot:ETH/USDT", "USDT"][self.below(3) as usize].into()
        } else {
            Name::Index(self.below(1_000) as u32)
        }
    }

    /// Up to 28 digits, at any scale; with a sign if asked for.
    pub fn decimal(&mut self, is_signed: bool) -> Decimal {
        let digits = 1 + self.below(28) as u32;
        let mantissa = (i128::from(self.random.next_u64()) << 64 | i128::from(self.random.next_u64())).rem_euclid(10_i128.pow(digits));
        let value = Decimal::from_i128_with_scale(mantissa, self.below(29) as u32).normalize();
        if is_signed && self.below(2) == 0 && !value.is_zero() { -value } else { value }
    }

    fn positive(&mut self) -> Decimal {
        let value = self.decimal(false);
        if value.is_zero() { Decimal::new(1, 2) } else { value }
    }

    /// Of 15 digits for barter, as market data has: with more, its reader (`serde_json`'s fast one) may miss a double by one step.
    fn double(&mut self) -> Decimal {
        if self.range == Range::All {
            return self.positive();
        }
        let mantissa = 1 + self.below(999_999_999_999_999) as i64;
        Decimal::new(mantissa, self.below(12) as u32).normalize()
    }

    /// A count; beyond what a double holds only in our own range, since it is text there.
    fn count(&mut self) -> u64 {
        let bits = if self.range == Range::All { 0 } else { 11 };
        self.random.next_u64() >> bits
    }

    fn time(&mut self) -> Nanos {
        let nanos = self.below(4_000_000_000_000_000_000) as i64;
        match self.below(4) {
            0 => nanos,
            1 => nanos / 1_000 * 1_000,
            2 => nanos / 1_000_000_000 * 1_000_000_000,
            _ => -nanos,
        }
    }

    fn side(&mut self) -> Side {
        if self.below(2) == 0 { Side::Buy } else { Side::Sell }
    }

    /// A key.
    pub fn key(&mut self) -> OrderKey {
        OrderKey { exchange: self.name(), instrument: self.name(), strategy: self.text(), cid: self.text() }
    }

    fn terms(&mut self) -> Terms {
        let kinds = if self.range == Range::All { 8 } else { 2 };
        let kind = match self.below(kinds) {
            0 => OrderKind::Market,
            1 => OrderKind::Limit,
            2 => OrderKind::Stop(self.positive()),
            3 => OrderKind::StopLimit(self.positive()),
            4 => OrderKind::TakeProfit(self.positive()),
            5 => OrderKind::TakeProfitLimit(self.positive()),
            6 => OrderKind::TrailingStop(Trail::Distance(self.positive())),
            _ => OrderKind::TrailingStop(Trail::Percent(self.positive())),
        };
        let price = match kind {
            OrderKind::Limit | OrderKind::StopLimit(_) | OrderKind::TakeProfitLimit(_) => Some(self.positive()),
            OrderKind::TrailingStop(_) => self.maybe(Self::positive),
            _ => None,
        };
        let time_in_force = match self.below(if self.range == Range::All { 5 } else { 4 }) {
            0 => TimeInForce::GoodUntilCancelled,
            1 => TimeInForce::GoodUntilEndOfDay,
            2 => TimeInForce::FillOrKill,
            3 => TimeInForce::ImmediateOrCancel,
            _ => TimeInForce::GoodUntil(self.time()),
        };
        let may_post = price.is_some() && !matches!(time_in_force, TimeInForce::FillOrKill | TimeInForce::ImmediateOrCancel);
        let is_barters = time_in_force == TimeInForce::GoodUntilCancelled || self.range == Range::All;
        Terms {
            side: self.side(),
            kind,
            price,
            quantity: self.positive(),
            time_in_force,
            post_only: may_post && is_barters && self.below(2) == 0,
            reduce_only: self.ours(),
        }
    }

    /// A request to open.
    pub fn open(&mut self) -> OrderRequestOpen {
        OrderRequestOpen { key: self.key(), terms: self.terms() }
    }

    /// A request to cancel.
    pub fn cancel(&mut self) -> OrderRequestCancel {
        OrderRequestCancel { key: self.key(), id: self.maybe(Self::text) }
    }

    /// Number of errors that [`Self::error`] tells apart.
    pub const ERRORS: u64 = 11;

    /// An error by number.
    pub fn error(&mut self, which: u64) -> OrderError {
        OrderError::Rejected(match which {
            0 => ApiError::AssetInvalid(self.name(), self.text()),
            1 => ApiError::InstrumentInvalid(self.name(), self.text()),
            2 => ApiError::BalanceInsufficient(self.name(), self.text()),
            3 => ApiError::BalanceInsufficient(self.name(), format!("need={} free={}", self.positive(), self.positive())),
            4 => ApiError::OrderRejected(self.text()),
            5 => ApiError::OrderRejected(format!("PostOnlyWouldTake price={} best={}", self.positive(), self.positive())),
            6 => ApiError::RateLimit,
            7 => ApiError::OrderAlreadyCancelled,
            8 => ApiError::OrderAlreadyFullyFilled,
            9 => return OrderError::Connectivity(ConnectivityError::ExchangeOffline(self.exchange_id())),
            _ if self.below(2) == 0 => return OrderError::Connectivity(ConnectivityError::Timeout),
            _ => return OrderError::Connectivity(ConnectivityError::Socket(self.text())),
        })
    }

    fn any_error(&mut self) -> OrderError {
        let which = self.below(Self::ERRORS);
        self.error(which)
    }

    fn placed(&mut self) -> Placed {
        Placed { id: self.text(), time_exchange: self.time(), filled_quantity: self.decimal(false) }
    }

    /// Number of states that [`Self::state`] tells apart.
    pub const STATES: u64 = 8;

    /// A state by number.
    pub fn state(&mut self, which: u64) -> OrderState {
        match which {
            0 => OrderState::OpenInFlight { is_unknown: self.ours() },
            1 => OrderState::Open(self.placed()),
            2 => OrderState::CancelInFlight(None),
            3 => OrderState::CancelInFlight(Some(self.placed())),
            4 => OrderState::Cancelled { id: self.text(), time_exchange: self.time() },
            5 => OrderState::FullyFilled,
            6 => OrderState::OpenFailed(self.any_error()),
            _ => OrderState::Expired,
        }
    }

    fn filled(&mut self) -> Option<Decimal> {
        self.ours().then(|| self.decimal(false))
    }

    /// An order event.
    pub fn order_event(&mut self) -> OrderEvent {
        let which = self.below(Self::STATES);
        OrderEvent { key: self.key(), state: self.state(which), filled_quantity: self.filled() }
    }

    /// An order.
    pub fn order(&mut self) -> Order {
        let which = self.below(Self::STATES);
        Order {
            key: self.key(),
            terms: self.terms(),
            state: self.state(which),
            filled_quantity: self.filled(),
            average_price: self.filled(),
            id: self.ours().then(|| self.text()),
        }
    }

    fn balance(&mut self) -> AssetBalance {
        AssetBalance {
            asset: self.name(),
            balance: Balance { total: self.decimal(true), free: self.decimal(true) },
            time_exchange: self.time(),
        }
    }

    fn snapshot(&mut self) -> AccountSnapshot {
        let instruments = |this: &mut Self| InstrumentOrders { instrument: this.name(), orders: this.list(Self::order) };
        AccountSnapshot { exchange: self.name(), balances: self.list(Self::balance), instruments: self.list(instruments) }
    }

    fn fill(&mut self) -> Fill {
        Fill {
            id: self.text(),
            order_id: self.text(),
            instrument: self.name(),
            strategy: self.text(),
            time_exchange: self.time(),
            side: self.side(),
            price: self.decimal(true),
            quantity: self.positive(),
            fee: self.decimal(true),
            fee_asset: self.ours().then(|| self.name()),
            cid: self.ours().then(|| self.text()),
            filled_quantity: self.filled(),
            liquidity: self.ours().then_some(Liquidity::Maker),
        }
    }

    fn levels(&mut self) -> Vec<Level> {
        self.list(Self::level)
    }

    fn level(&mut self) -> Level {
        Level { price: self.positive(), amount: self.decimal(false) }
    }

    fn book(&mut self) -> OrderBook {
        OrderBook { sequence: self.count(), time_engine: self.maybe(Self::time), bids: self.levels(), asks: self.levels() }
    }

    fn market(&mut self, kind: MarketEventKind) -> EngineEvent {
        EngineEvent::Market(MarketEvent::Item {
            time_exchange: self.time(),
            time_received: self.time(),
            exchange: self.exchange_id(),
            instrument: self.name(),
            kind,
        })
    }

    fn account(&mut self, kind: AccountEventKind) -> EngineEvent {
        EngineEvent::Account(AccountEvent::Item(self.name(), kind))
    }

    fn underlying(&mut self) -> Underlying {
        Underlying { base: self.name(), quote: self.name() }
    }

    fn filter(&mut self) -> InstrumentFilter {
        match self.below(4) {
            0 => InstrumentFilter::None,
            1 => InstrumentFilter::Exchanges(self.one_or_many(Self::name)),
            2 => InstrumentFilter::Instruments(self.one_or_many(Self::name)),
            _ => InstrumentFilter::Underlyings(self.one_or_many(Self::underlying)),
        }
    }

    /// Number of events that [`Self::event`] tells apart; the last three are ours alone.
    pub const fn events(&self) -> u64 {
        match self.range {
            Range::Barter => 19,
            Range::All => 22,
        }
    }

    /// An engine event by number.
    pub fn event(&mut self, which: u64) -> EngineEvent {
        match which {
            0 => EngineEvent::Shutdown,
            1 => EngineEvent::TradingStateUpdate(if self.below(2) == 0 { TradingState::Enabled } else { TradingState::Disabled }),
            2 => EngineEvent::Command(Command::SendOpenRequests(self.one_or_many(Self::open))),
            3 => EngineEvent::Command(Command::SendCancelRequests(self.one_or_many(Self::cancel))),
            4 => EngineEvent::Command(Command::ClosePositions(self.filter())),
            5 => EngineEvent::Command(Command::CancelOrders(self.filter())),
            6 => EngineEvent::Account(AccountEvent::Reconnecting(self.exchange_id())),
            7 => EngineEvent::Market(MarketEvent::Reconnecting(self.exchange_id())),
            8 => {
                let snapshot = self.snapshot();
                self.account(AccountEventKind::Snapshot(snapshot))
            }
            9 => {
                let balance = self.balance();
                self.account(AccountEventKind::BalanceSnapshot(balance))
            }
            10 => {
                let order = self.order();
                self.account(AccountEventKind::OrderSnapshot(Box::new(order)))
            }
            11 | 12 => {
                let state = if which == 11 { Ok((self.text(), self.time())) } else { Err(self.any_error()) };
                let response = CancelResponse { key: self.key(), state, filled_quantity: self.filled() };
                self.account(AccountEventKind::OrderCancelled(response))
            }
            13 => {
                let fill = self.fill();
                self.account(AccountEventKind::Trade(Box::new(fill)))
            }
            14 => {
                let trade = PublicTrade { id: self.text(), price: self.double(), amount: self.double(), side: self.side() };
                self.market(MarketEventKind::Trade(trade))
            }
            15 => {
                let quotes =
                    OrderBookL1 { last_update_time: self.time(), best_bid: self.maybe(Self::level), best_ask: self.maybe(Self::level) };
                self.market(MarketEventKind::OrderBookL1(quotes))
            }
            16 => {
                let book = self.book();
                let event = if self.below(2) == 0 { OrderBookEvent::Snapshot(book) } else { OrderBookEvent::Update(book) };
                self.market(MarketEventKind::OrderBook(event))
            }
            17 => {
                let candle = Candle {
                    open_time: self.ours().then(|| self.time()),
                    close_time: self.time(),
                    open: self.double(),
                    high: self.double(),
                    low: self.double(),
                    close: self.double(),
                    volume: self.double(),
                    trade_count: self.count(),
                };
                self.market(MarketEventKind::Candle(candle))
            }
            18 => {
                let liquidation = Liquidation { side: self.side(), price: self.double(), quantity: self.double(), time: self.time() };
                self.market(MarketEventKind::Liquidation(liquidation))
            }
            19 => {
                let lost = self.count();
                self.account(AccountEventKind::Overflow(lost))
            }
            20 => {
                let what = self.text();
                self.account(AccountEventKind::Forced(what))
            }
            _ => EngineEvent::Timer { tag: self.text() },
        }
    }
}
