//! What is remembered of market events that only say what changed.

use haggle_model::time::Nanos;
use haggle_model::wire::Candle;
use haggle_model::{InstrumentId, Quote};
use std::collections::BTreeMap;

/// A level: ticks and lots.
pub type Level = (i64, i64);

/// A book, by price.
#[derive(Debug, Default)]
struct Book {
    bids: BTreeMap<i64, i64>,
    asks: BTreeMap<i64, i64>,
}

/// By instrument: its book and its last candle.
#[derive(Debug)]
pub struct Books {
    books: Vec<Option<Book>>,
    closes: Vec<Option<Nanos>>,
}

impl Books {
    /// Nothing is known yet.
    pub fn new(instruments: usize) -> Self {
        Self { books: (0..instruments).map(|_| None).collect(), closes: vec![None; instruments] }
    }

    /// Takes a whole book in; what is best in it.
    pub fn replace(&mut self, instrument: InstrumentId, bids: &[Level], asks: &[Level]) -> Quote {
        let book = self.books[instrument.index()].insert(Book::default());
        book.apply(bids, asks)
    }

    /// Takes changed levels in, of which a size of 0 takes one away; `None` where there is no book yet.
    pub fn change(&mut self, instrument: InstrumentId, bids: &[Level], asks: &[Level]) -> Option<Quote> {
        self.books[instrument.index()].as_mut().map(|book| book.apply(bids, asks))
    }

    /// Forgets a book: the connection broke off.
    pub fn forget(&mut self, instrument: InstrumentId) {
        self.books[instrument.index()] = None;
    }

    /// When a candle opened. Barter's do not say it: at the close of the one before, where there was one.
    pub fn open_of(&mut self, instrument: InstrumentId, candle: &Candle) -> Nanos {
        let close = candle.close_time;
        let before = self.closes[instrument.index()].replace(close);
        candle.open_time.or(before).filter(|open| *open < close).unwrap_or_else(|| close.saturating_sub(1))
    }
}

impl Book {
    fn apply(&mut self, bids: &[Level], asks: &[Level]) -> Quote {
        for (side, levels) in [(&mut self.bids, bids), (&mut self.asks, asks)] {
            for (price, size) in levels {
                if *size == 0 {
                    side.remove(price);
                } else {
                    side.insert(*price, *size);
                }
            }
        }
        let (bid, bid_size) = self.bids.last_key_value().map_or((0, 0), |(price, size)| (*price, *size));
        let (ask, ask_size) = self.asks.first_key_value().map_or((0, 0), |(price, size)| (*price, *size));
        Quote { bid, bid_size, ask, ask_size }
    }
}
