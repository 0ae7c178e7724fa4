//! A market row on its way into a live system, and the rows of a store as such.

use haggle_data::Store;
use haggle_model::time::Nanos;
use haggle_model::{COUNT_MAX, Code, Error, InstrumentId, MarketEvent, Result};

/// A market row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketRow {
    /// Its place in the config.
    pub instrument: InstrumentId,
    /// When the exchange applies it.
    pub time: Nanos,
    /// When it arrives at the engine; not before `time`.
    pub arrival: Nanos,
    /// What it says.
    pub event: MarketEvent<'static>,
}

impl MarketRow {
    /// Whether it is a crossed quote, which is dropped.
    pub(super) const fn is_crossed(&self) -> bool {
        matches!(&self.event, MarketEvent::Quote(quote) if quote.is_crossed())
    }

    /// Refuses a row with numbers that no market has.
    pub fn check(&self) -> Result<()> {
        let is_price = |price: i64| (1..=COUNT_MAX).contains(&price);
        let is_size = |size: i64| (0..=COUNT_MAX).contains(&size);
        let is_good = match &self.event {
            MarketEvent::Quote(quote) => {
                let side = |price, size| is_size(size) && (size == 0 || is_price(price));
                side(quote.bid, quote.bid_size) && side(quote.ask, quote.ask_size)
            }
            MarketEvent::Trade(trade) => is_price(trade.price) && is_price(trade.quantity),
            MarketEvent::Bar(bar) => {
                let (body_low, body_high) = (bar.open.min(bar.close), bar.open.max(bar.close));
                is_price(bar.low)
                    && is_price(bar.high)
                    && bar.low <= body_low
                    && body_high <= bar.high
                    && is_size(bar.volume)
                    && bar.time_open < self.time
            }
            MarketEvent::Gap => true,
            MarketEvent::Book(_) => return Err(unsupported("books of more than one level are")),
            MarketEvent::Mark(_) | MarketEvent::Index(_) | MarketEvent::Funding(_) => {
                return Err(unsupported("marks, indices and funding rates are"));
            }
            // A bar comes whole; its open is made of it.
            MarketEvent::BarOpen { .. } => return Err(unsupported("the opens of bars are")),
        };
        if is_good { Ok(()) } else { Err(Error::data(format!("no market has such a row: {:?}", self.event))) }
    }

    /// The row at this place of a store whose ticks and lots are those of the config.
    pub(super) fn of_store(store: &Store, at: usize, matched: &[InstrumentId]) -> Self {
        let row = &store.rows[at];
        Self {
            instrument: matched[usize::from(row.instrument)],
            time: row.time,
            arrival: store.arrival_time(at),
            event: store.event_of(at, row, row.time).into_owned(),
        }
    }
}

fn unsupported(what: &str) -> Error {
    Error::new(Code::Unsupported, format!("{what} not fed to live systems yet")).at("marketData")
}
