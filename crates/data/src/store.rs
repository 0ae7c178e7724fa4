//! The immutable columnar store that all runs and threads share behind an `Arc`.

use crate::row::{Bar, Row, WIDE, Wide};
use haggle_model::{Increment, time::Nanos};

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
}

/// Market data of several instruments, immutable once built.
#[derive(Clone, Debug)]
pub struct Store {
    /// The instruments that rows refer to by place.
    pub instruments: Vec<DataInstrument>,
    /// All rows, in exchange-time order (stable in load order).
    pub rows: Vec<Row>,
    /// What bar rows refer to by place, in the order of their rows.
    pub bars: Vec<Bar>,
    /// Places in `bars`, by the time of their open: stable in load order.
    pub opens: Vec<u32>,
    /// Rows with a latency or spread beyond 32 bits, by place.
    pub wide: Vec<Wide>,
    /// What loading noticed.
    pub report: LoadReport,
}

impl Store {
    /// Arrival less exchange time of the row at `place`.
    #[inline]
    pub fn latency(&self, place: usize) -> Nanos {
        match self.rows[place].latency {
            WIDE => self.find_wide(place).latency,
            narrow => Nanos::from(narrow),
        }
    }

    /// Ask price of the quote at `place`, in ticks.
    #[inline]
    pub fn ask(&self, place: usize) -> i64 {
        let row = &self.rows[place];
        match row.spread {
            WIDE => row.a + self.find_wide(place).spread,
            narrow => row.a + i64::from(narrow),
        }
    }

    #[cold]
    fn find_wide(&self, place: usize) -> Wide {
        let at = self.wide.partition_point(|wide| (wide.row as usize) < place);
        self.wide[at]
    }
}
