//! What the engine knows of a market, and what a strategy sees of it.

use haggle_book::LevelBook;
use haggle_model::{
    AssetId, BookUpdate, Decimal, ExchangeId, Feed, Fill, Increment, Mark, MarketEvent, OrderNumber, Position, Quote, Result, Side, to_f64,
};

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
    /// What its data consist of, where that is known before the first row; else [`Feed::Nothing`].
    pub feed: Feed,
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
    /// What its data consist of, as far as has been heard.
    pub feed: Feed,
    /// Best bid and ask.
    pub quote: Quote,
    /// The book, once a level of it was heard of.
    book: Option<Box<LevelBook>>,
    /// Price of the last trade or close, ticks; 0 before the first.
    pub last: i64,
    /// The mark.
    pub mark: Mark,
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
    /// A market of which nothing was heard yet.
    pub fn new(spec: MarketSpec) -> Self {
        Self {
            feed: spec.feed,
            spec,
            quote: Quote::default(),
            book: None,
            last: 0,
            mark: Mark::default(),
            position: Position::default(),
            position_f64: 0.0,
            entry_f64: f64::NAN,
            position_lots: 0,
            open_orders: Vec::new(),
            is_changed: false,
        }
    }

    /// The mark as f64; NaN before the first.
    #[inline]
    pub fn mark(&self) -> f64 {
        self.mark.f64(self.spec.tick)
    }

    /// What happened in the market. The kind of its data is learned by it: where there are quotes or trades, bars say nothing.
    #[allow(clippy::inline_always, reason = "once a row: the kind is mostly known where this is called, and the match goes away")]
    #[inline(always)]
    pub fn apply(&mut self, event: &MarketEvent<'_>) {
        if let Some(feed) = event.feed().filter(|feed| feed.rank() > self.feed.rank()) {
            self.feed = feed;
        }
        match event {
            MarketEvent::Quote(quote) if self.feed == Feed::Book => self.set_best(quote),
            MarketEvent::Quote(quote) => self.set_quote(*quote),
            MarketEvent::Trade(trade) => self.set_last(trade.price),
            MarketEvent::Bar(bar) if self.feed == Feed::Bars => self.set_last(bar.close),
            MarketEvent::Book(update) => self.apply_book(update),
            MarketEvent::Gap => {
                self.book.iter_mut().for_each(|book| book.lose());
                self.quote = Quote::default();
            }
            // A bar is heard of when it has closed. Marks, indices and funding rates of a venue are used by no account yet.
            MarketEvent::Bar(_) | MarketEvent::BarOpen { .. } | MarketEvent::Mark(_) | MarketEvent::Index(_) | MarketEvent::Funding(_) => {}
        }
    }

    #[inline]
    fn set_quote(&mut self, quote: Quote) {
        self.quote = quote;
        self.mark.quote(&quote);
    }

    /// Updates before a snapshot say nothing.
    #[inline(never)]
    fn apply_book(&mut self, update: &BookUpdate<'_>) {
        let book = self.book.get_or_insert_default();
        book.apply(&update.bids, &update.asks, update.is_snapshot);
        if book.is_known() {
            let quote = book.quote();
            self.set_quote(quote);
        }
    }

    /// A best quote told beside a book moves it. Before a snapshot it says nothing.
    #[inline(never)]
    fn set_best(&mut self, quote: &Quote) {
        if let Some(book) = self.book.as_mut().filter(|book| book.is_known()) {
            book.set_best(quote);
            self.set_quote(*quote);
        }
    }

    /// A price at which the market traded last.
    #[inline]
    pub fn set_last(&mut self, price: i64) {
        self.last = price;
        self.mark.last(price);
    }

    /// Price and size of a level, in ticks and lots, counted from the best, which is 0. Where only best quotes are known, there is no
    /// level behind them.
    pub fn level(&self, side: Side, level: usize) -> Option<(i64, i64)> {
        if level > 0 {
            return self.book.as_ref()?.level(side, level);
        }
        self.quote.side(side)
    }

    /// Price and size of every known level, best first; for readers of several levels.
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
