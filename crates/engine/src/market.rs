//! What the engine knows of a market, and what a strategy sees of it.

use haggle_book::LevelBook;
use haggle_model::time::Nanos;
use haggle_model::{AssetId, BookLevel, Decimal, ExchangeId, Fill, Increment, OrderNumber, Position, Result, Side, to_f64};

/// What the engine has to know of an instrument.
#[derive(Clone, Debug)]
pub struct MarketSpec {
    /// One tick of price.
    pub tick: Increment,
    /// One lot of quantity.
    pub lot: Increment,
    /// What is bought and sold.
    pub base: AssetId,
    /// What prices are in.
    pub quote: AssetId,
    /// Where it trades.
    pub exchange: ExchangeId,
    /// A position worth less is dust, as is one below a lot. Zero where there is no minimum.
    pub notional_min: Decimal,
    /// Whether positions may be negative.
    pub is_cash_settled: bool,
}

impl MarketSpec {
    /// What a fill adds to the position if it buys, or takes off if it sells: a fee in base lowers the position either way.
    pub fn moved(&self, side: Side, fill: &Fill) -> Decimal {
        let amount = self.lot.decimal(fill.quantity);
        if fill.fee_asset == self.base { amount - Decimal::from(side.sign()) * fill.fee } else { amount }
    }
}

/// One market as the engine has heard of it. Zero sizes and prices mean "not seen yet".
#[derive(Clone, Debug)]
pub struct MarketView {
    /// What it is.
    pub spec: MarketSpec,
    /// Best bid, ticks.
    pub bid: i64,
    /// Size there, lots; 0: no bid.
    pub bid_size: i64,
    /// Best ask, ticks.
    pub ask: i64,
    /// Size there, lots; 0: no ask.
    pub ask_size: i64,
    /// The book, once a level of it was heard of.
    book: Option<Box<LevelBook>>,
    /// Last print or close, ticks; 0 before the first.
    pub last: i64,
    /// Twice the mark in ticks; 0 before the first.
    pub mark_twice: i64,
    /// Net of the fills heard of.
    pub position: Position,
    /// The position as f64: exactly 0 when flat or dust.
    pub position_f64: f64,
    /// Average entry price as f64; NaN when flat or dust.
    pub entry_f64: f64,
    /// Whole lots of the position, signed; 0 when flat or dust.
    pub position_lots: i64,
    /// Own working orders, oldest first.
    pub open_orders: Vec<OrderNumber>,
    /// Whether it stands in [`Engine::changed`].
    pub(crate) is_changed: bool,
}

impl MarketView {
    pub(crate) fn new(spec: MarketSpec) -> Self {
        Self {
            spec,
            bid: 0,
            bid_size: 0,
            ask: 0,
            ask_size: 0,
            book: None,
            last: 0,
            mark_twice: 0,
            position: Position::default(),
            position_f64: 0.0,
            entry_f64: f64::NAN,
            position_lots: 0,
            open_orders: Vec::new(),
            is_changed: false,
        }
    }

    /// The mark as f64: mid, else last print or close; NaN before the first.
    #[inline]
    pub fn mark(&self) -> f64 {
        if self.mark_twice == 0 { f64::NAN } else { self.spec.tick.f64(self.mark_twice) / 2.0 }
    }

    /// A new best quote.
    #[inline]
    pub fn set_quote(&mut self, bid: i64, bid_size: i64, ask: i64, ask_size: i64) {
        self.bid = bid;
        self.bid_size = bid_size;
        self.ask = ask;
        self.ask_size = ask_size;
        if bid_size > 0 && ask_size > 0 {
            self.mark_twice = bid + ask;
        }
    }

    /// A message of a book: all of it, or what has changed. Updates before a snapshot say nothing.
    #[inline(never)]
    pub fn apply_book(&mut self, bids: &[BookLevel], asks: &[BookLevel], is_snapshot: bool) {
        let book = self.book.get_or_insert_default();
        book.apply(bids, asks, is_snapshot);
        if book.is_known() {
            let (bid, bid_size) = book.best(Side::Buy).unwrap_or_default();
            let (ask, ask_size) = book.best(Side::Sell).unwrap_or_default();
            self.set_quote(bid, bid_size, ask, ask_size);
        }
    }

    /// A new best quote told beside a book, which moves it. Before a snapshot it says nothing.
    #[inline(never)]
    pub fn set_best(&mut self, bid: i64, bid_size: i64, ask: i64, ask_size: i64) {
        let Some(book) = self.book.as_mut().filter(|book| book.is_known()) else { return };
        book.quote((bid_size > 0).then_some((bid, bid_size)), (ask_size > 0).then_some((ask, ask_size)));
        self.set_quote(bid, bid_size, ask, ask_size);
    }

    /// There are no quotes until the next one, or until the next snapshot of a book.
    pub fn lose_quotes(&mut self) {
        self.book.iter_mut().for_each(|book| book.lose());
        self.set_quote(0, 0, 0, 0);
    }

    /// Price and size of a level, in ticks and lots, counted from the best, which is 0. Where only best quotes are known, there is no
    /// level behind them.
    pub fn level(&self, side: Side, level: usize) -> Option<(i64, i64)> {
        if level > 0 {
            return self.book.as_ref()?.level(side, level);
        }
        let (price, size) = if side == Side::Buy { (self.bid, self.bid_size) } else { (self.ask, self.ask_size) };
        (size > 0).then_some((price, size))
    }

    /// Price and size of every known level, best first; for whoever reads several of them.
    pub fn levels(&self, side: Side) -> impl Iterator<Item = (i64, i64)> {
        let book = self.book.as_ref().map(|book| book.levels(side));
        let best = if book.is_some() { None } else { self.level(side, 0) };
        book.into_iter().flatten().chain(best)
    }

    /// The price of a level as f64; NaN where there is none.
    pub fn price(&self, side: Side, level: usize) -> f64 {
        self.level(side, level).map_or(f64::NAN, |(price, _)| self.spec.tick.f64(price))
    }

    /// The size of a level as f64; 0 where there is none.
    pub fn size(&self, side: Side, level: usize) -> f64 {
        self.level(side, level).map_or(0.0, |(_, size)| self.spec.lot.f64(size))
    }

    /// A new last price; it is the mark where there are no quotes.
    #[inline]
    pub fn set_last(&mut self, price: i64, has_quotes: bool) {
        self.last = price;
        if !has_quotes {
            self.mark_twice = 2 * price;
        }
    }

    /// Brings what strategies see of the position up to date: a position below a lot or the minimum notional is dust.
    pub(crate) fn show_position(&mut self) -> Result<()> {
        let quantity = self.position.quantity;
        let lots = self.spec.lot.floor(quantity.abs()).ok_or_else(|| haggle_model::Error::overflow("a position"))?;
        let is_dust = lots == 0 || (!self.spec.notional_min.is_zero() && self.position.cost.abs() < self.spec.notional_min);
        let sign = if quantity.is_sign_negative() { -1 } else { 1 };
        self.position_lots = if is_dust { 0 } else { sign * lots };
        self.position_f64 = if is_dust { 0.0 } else { to_f64(quantity) };
        self.entry_f64 = if is_dust { f64::NAN } else { to_f64(self.position.cost) / to_f64(quantity) };
        Ok(())
    }
}

/// A print, as a strategy sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeView {
    /// Ticks.
    pub price: i64,
    /// Lots.
    pub quantity: i64,
    /// The aggressor.
    pub side: Side,
    /// Exchange time.
    pub time: Nanos,
}

/// A bar, as a strategy sees it: at its close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarView {
    /// Start of the period.
    pub time_open: Nanos,
    /// End of the period.
    pub time_close: Nanos,
    /// First price, ticks.
    pub open: i64,
    /// Highest price, ticks.
    pub high: i64,
    /// Lowest price, ticks.
    pub low: i64,
    /// Last price, ticks.
    pub close: i64,
    /// Traded quantity, lots.
    pub volume: i64,
}
