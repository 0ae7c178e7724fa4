//! A market row on its way into a live system, and the rows of a store as such.

use haggle_data::{Bar, RowKind, Store};
use haggle_exchange::{Feed, Quote};
use haggle_model::time::Nanos;
use haggle_model::{COUNT_MAX, Code, Error, InstrumentId, Result, Side};

/// What a market row says, in ticks and lots of its instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarketKind {
    /// The best quote.
    Quote(Quote),
    /// A print.
    Trade {
        /// The aggressor.
        side: Side,
        /// Ticks.
        price: i64,
        /// Lots.
        quantity: i64,
    },
    /// A bar; the row's time is its close.
    Bar(Bar),
    /// A reconnect: no book until the next quote.
    Gap,
}

/// A market row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketRow {
    /// Its place in the config.
    pub instrument: InstrumentId,
    /// When the exchange applies it.
    pub time: Nanos,
    /// When it arrives at the engine; not before `time`.
    pub arrival: Nanos,
    /// What it says.
    pub kind: MarketKind,
}

impl MarketRow {
    /// The kind of data that it is a sign of.
    pub(super) const fn feed(&self) -> Option<Feed> {
        match self.kind {
            MarketKind::Quote(_) => Some(Feed::Quotes),
            MarketKind::Trade { .. } => Some(Feed::Trades),
            MarketKind::Bar(_) => Some(Feed::Bars),
            MarketKind::Gap => None,
        }
    }

    /// Whether it is a crossed quote, which is dropped.
    pub(super) const fn is_crossed(&self) -> bool {
        matches!(self.kind, MarketKind::Quote(quote) if quote.bid_size > 0 && quote.ask_size > 0 && quote.bid > quote.ask)
    }

    /// Refuses a row with numbers that no market has.
    pub fn check(&self) -> Result<()> {
        let is_price = |price: i64| (1..=COUNT_MAX).contains(&price);
        let is_size = |size: i64| (0..=COUNT_MAX).contains(&size);
        let is_good = match self.kind {
            MarketKind::Quote(quote) => {
                let side = |price, size| is_size(size) && (size == 0 || is_price(price));
                side(quote.bid, quote.bid_size) && side(quote.ask, quote.ask_size)
            }
            MarketKind::Trade { price, quantity, .. } => is_price(price) && is_price(quantity),
            MarketKind::Bar(bar) => {
                let (body_low, body_high) = (bar.open.min(bar.close), bar.open.max(bar.close));
                is_price(bar.low)
                    && is_price(bar.high)
                    && bar.low <= body_low
                    && body_high <= bar.high
                    && is_size(bar.volume)
                    && bar.time_open < self.time
            }
            MarketKind::Gap => true,
        };
        if is_good { Ok(()) } else { Err(Error::data(format!("no market has such a row: {:?}", self.kind))) }
    }

    /// The row at this place of a store whose ticks and lots are those of the config.
    ///
    /// Errors: `UNSUPPORTED` for a message of a book.
    pub(super) fn of_store(store: &Store, at: usize, matched: &[InstrumentId]) -> Result<Self> {
        let row = &store.rows[at];
        let kind = match row.kind {
            RowKind::Quote => MarketKind::Quote(Quote { bid: row.a, bid_size: row.b, ask: store.ask_of(at, row), ask_size: row.c }),
            RowKind::Buy => MarketKind::Trade { side: Side::Buy, price: row.a, quantity: row.b },
            RowKind::Sell => MarketKind::Trade { side: Side::Sell, price: row.a, quantity: row.b },
            RowKind::Bar => MarketKind::Bar(store.bars[row.a as usize]),
            RowKind::Gap => MarketKind::Gap,
            RowKind::Snapshot | RowKind::Update => {
                return Err(Error::new(Code::Unsupported, "books of more than one level are not fed to live systems yet").at("marketData"));
            }
        };
        Ok(Self { instrument: matched[usize::from(row.instrument)], time: row.time, arrival: store.arrival_time(at), kind })
    }
}
