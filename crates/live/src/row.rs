//! What is asked of a market row before a live system takes it in, and the rows of a store as such.

use haggle_data::Store;
use haggle_model::{COUNT_MAX, Code, Error, InstrumentId, MarketEvent, MarketRow, Result};

/// Whether it is a crossed quote, which is dropped.
pub const fn is_crossed(row: &MarketRow) -> bool {
    matches!(&row.event, MarketEvent::Quote(quote) if quote.is_crossed())
}

/// Refuses a row with numbers that no market has.
pub fn check(row: &MarketRow) -> Result<()> {
    let is_price = |price: i64| (1..=COUNT_MAX).contains(&price);
    let is_size = |size: i64| (0..=COUNT_MAX).contains(&size);
    let is_good = match &row.event {
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
                && bar.time_open < row.time
        }
        MarketEvent::Gap => true,
        MarketEvent::Book(_) => return Err(unsupported("books of more than one level are")),
        MarketEvent::Mark(_) | MarketEvent::Index(_) | MarketEvent::Funding(_) => {
            return Err(unsupported("marks, indices and funding rates are"));
        }
        // A bar comes whole; its open is made of it.
        MarketEvent::BarOpen { .. } => return Err(unsupported("the opens of bars are")),
    };
    if is_good { Ok(()) } else { Err(Error::data(format!("no market has such a row: {:?}", row.event))) }
}

/// The row at this place of a store whose ticks and lots are those of the config.
pub fn of_store(store: &Store, at: usize, matched: &[InstrumentId]) -> MarketRow {
    let row = &store.rows[at];
    MarketRow {
        instrument: matched[usize::from(row.instrument)],
        time: row.time,
        arrival: store.arrival_time(at),
        event: store.event_of(at, row, row.time).into_owned(),
    }
}

fn unsupported(what: &str) -> Error {
    Error::new(Code::Unsupported, format!("{what} not fed to live systems yet")).at("marketData")
}
