//! The immutable columnar store that all runs and threads share behind an `Arc`.

use crate::row::{Row, RowKind, StoredBar, WIDE, Wide};
use haggle_model::{
    BookLevel, Error, Increment, Result,
    time::{Nanos, to_rfc3339},
};
use std::sync::OnceLock;

/// An instrument as the data knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataInstrument {
    /// `BTC/USDT`, or the venue's own name where nothing better is known.
    pub symbol: String,
    /// The exchange, where the data names one.
    pub exchange: Option<String>,
    /// One tick: the largest power of ten, at most 1, that divides every price.
    pub tick: Increment,
    /// One lot: the largest power of ten, at most 1, that divides every quantity.
    pub lot: Increment,
}

/// What loading noticed: counts and lags that a result names as warnings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadReport {
    /// Crossed quotes, dropped.
    pub crossed: u64,
    /// Rows that lay below their predecessor by exchange time, as given.
    pub unordered_exchange: u64,
    /// Rows that lay below their predecessor by arrival, as given.
    pub unordered_received: u64,
    /// Rows whose arrival lay before their exchange time: counted as received at it.
    pub received_early: u64,
    /// Set where half-stamped data was aligned: what was added to the venue's stamps, ns.
    pub aligned_lag: Option<Nanos>,
    /// Bars or ticks that were there twice: left out, one of them.
    pub duplicates: u64,
    /// Of these, bars that differ from the other one of their period; the later one stayed.
    pub conflicts: u64,
    /// Rows that could not be read, left out on the caller's word.
    pub bad_rows: u64,
    /// What was wrong with the first of them.
    pub first_bad: Option<String>,
    /// Bars without any price, left out.
    pub empty_bars: u64,
    /// Numbers from which the noise of floats was taken.
    pub rounded: u64,
    /// Places where time goes back by more than a minute within an instrument, as given, in a source that is not told backwards.
    pub clock_jumps: u64,
    /// Bars missing between others of instruments that trade around the clock.
    pub missing_bars: u64,
    /// Bars that lie further apart than their timeframe throughout: the timeframe, and how far apart, ns.
    pub sparse: Option<(Nanos, Nanos)>,
    /// Whether a book was told in bands around the middle.
    pub bands: bool,
    /// Whether exchange times stand for arrivals (`aligned`, `received`), and so are late by the feed's latency.
    pub is_arrival: bool,
}

/// Rows of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KindCounts {
    /// Best bid and ask.
    pub quotes: u64,
    /// Prints.
    pub trades: u64,
    /// Bars.
    pub bars: u64,
    /// Bars with a volume above zero: where there are none, the volume is not known.
    pub volumes: u64,
    /// Reconnects.
    pub gaps: u64,
    /// Messages of books: snapshots and updates.
    pub books: u64,
}

/// Market data of several instruments, immutable once built.
#[derive(Clone, Debug)]
pub struct Store {
    /// The instruments that rows refer to by place.
    pub instruments: Vec<DataInstrument>,
    /// All rows, in exchange-time order (stable in load order).
    pub rows: Vec<Row>,
    /// What bar rows refer to by place, in the order of their rows.
    pub bars: Vec<StoredBar>,
    /// Places in `bars`, by the time of their open: stable in load order.
    pub opens: Vec<u32>,
    /// What book rows refer to by place: the bids of a message, then its asks.
    pub levels: Vec<BookLevel>,
    /// Rows with a latency or spread beyond 32 bits, by place.
    pub wide: Vec<Wide>,
    /// What loading noticed.
    pub report: LoadReport,
    /// The data hash, once it was asked for.
    pub(crate) hash: OnceLock<String>,
}

impl Store {
    /// Arrival less exchange time of the row at `place`.
    #[inline]
    pub fn latency(&self, place: usize) -> Nanos {
        self.latency_of(place, &self.rows[place])
    }

    #[inline]
    fn latency_of(&self, place: usize, row: &Row) -> Nanos {
        match row.latency {
            WIDE => self.find_wide(place).latency,
            narrow => Nanos::from(narrow),
        }
    }

    /// Ask price of the quote at `place`, in ticks.
    #[inline]
    pub fn ask(&self, place: usize) -> i64 {
        self.ask_of(place, &self.rows[place])
    }

    /// The same, of a row at hand.
    #[inline]
    pub fn ask_of(&self, place: usize, row: &Row) -> i64 {
        match row.spread {
            WIDE => row.a + self.find_wide(place).spread,
            narrow => row.a + i64::from(narrow),
        }
    }

    /// Bids and asks of a message of levels; two empty slices for any other row.
    #[inline]
    pub fn levels_of(&self, row: &Row) -> (&[BookLevel], &[BookLevel]) {
        self.levels[row.levels()].split_at(if row.kind.is_book() { row.b as usize } else { 0 })
    }

    /// When the row at `place` arrives.
    #[inline]
    pub fn arrival_time(&self, place: usize) -> Nanos {
        let row = &self.rows[place];
        // Arrivals were checked to be times when the row was placed.
        row.time.saturating_add(self.latency_of(place, row))
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row; a store that was built or selected has some.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Exchange time of the first row.
    pub fn start(&self) -> Option<Nanos> {
        self.rows.first().map(|row| row.time)
    }

    /// Exchange time of the last row.
    pub fn end(&self) -> Option<Nanos> {
        self.rows.last().map(|row| row.time)
    }

    /// The symbols, by place.
    pub fn symbols(&self) -> impl Iterator<Item = &str> {
        self.instruments.iter().map(|instrument| instrument.symbol.as_str())
    }

    /// Bytes held by rows, bars and levels.
    pub fn memory_bytes(&self) -> usize {
        std::mem::size_of_val(self.rows.as_slice())
            + std::mem::size_of_val(self.bars.as_slice())
            + std::mem::size_of_val(self.opens.as_slice())
            + std::mem::size_of_val(self.levels.as_slice())
            + std::mem::size_of_val(self.wide.as_slice())
    }

    /// How many rows of each kind each instrument has.
    pub fn kinds(&self) -> Vec<KindCounts> {
        let mut counts = vec![KindCounts::default(); self.instruments.len()];
        for row in &self.rows {
            let counts = &mut counts[usize::from(row.instrument)];
            match row.kind {
                RowKind::Quote => counts.quotes += 1,
                RowKind::Buy | RowKind::Sell => counts.trades += 1,
                RowKind::Bar => {
                    counts.bars += 1;
                    counts.volumes += u64::from(self.bars[row.a as usize].volume > 0);
                }
                RowKind::Gap => counts.gaps += 1,
                RowKind::Snapshot | RowKind::Update => counts.books += 1,
            }
        }
        counts
    }

    /// Refuses rows so far apart that the time between them cannot be counted in nanoseconds. Errors: `INVALID_DATA`.
    pub(crate) fn check_span(&self) -> Result<()> {
        let open = self.opens.first().map(|bar| self.bars[*bar as usize].time_open);
        let first = [self.start(), open].into_iter().flatten().min();
        let last = self.rows.last().map(|row| self.arrival_time(row.arrival as usize));
        let (Some(first), Some(last)) = (first, last) else { return Ok(()) };
        if last.checked_sub(first).is_some() {
            return Ok(());
        }
        Err(Error::data(format!("the rows reach from {} to {}: data spans at most 292 years", to_rfc3339(first), to_rfc3339(last)))
            .hint("take a part by from and to, or check the stamps' unit (timeFormat)"))
    }

    #[cold]
    fn find_wide(&self, place: usize) -> Wide {
        let at = self.wide.partition_point(|wide| (wide.row as usize) < place);
        self.wide[at]
    }
}
