//! Where the run stands in the market data: at the exchange, on arrival at the engine, and among the opens of bars.

use haggle_data::Store;
use haggle_model::time::{NEVER, Nanos};

/// A series of data that repeats: pass k stands k periods later, rows are shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tiling {
    /// How many passes.
    pub passes: u32,
    /// Distance of one pass to the next.
    pub period: Nanos,
}

impl Tiling {
    /// The data as it is.
    pub const ONCE: Self = Self { passes: 1, period: 0 };
}

/// A place in a series of data, in one of its orders.
#[derive(Clone, Debug)]
pub struct Cursor {
    /// Time of the next row; [`NEVER`] at the end.
    pub time: Nanos,
    /// Place of the next row in the store (of the next bar, among opens).
    pub place: usize,
    /// What pass this is, and what it adds to times.
    pub offset: Nanos,
    at: usize,
    passes_left: u32,
    period: Nanos,
}

impl Cursor {
    /// A cursor before the first row.
    pub const fn new(tiling: Tiling) -> Self {
        Self { time: NEVER, place: 0, offset: 0, at: 0, passes_left: tiling.passes, period: tiling.period }
    }

    #[allow(clippy::inline_always, reason = "two calls a row: without it they are 6 % of a run")]
    #[inline(always)]
    fn settle(&mut self, length: usize, read: impl Fn(usize) -> (usize, Nanos)) {
        if self.at == length {
            self.passes_left = self.passes_left.saturating_sub(1);
            if self.passes_left == 0 || length == 0 {
                self.time = NEVER;
                return;
            }
            self.at = 0;
            self.offset += self.period;
        }
        let (place, time) = read(self.at);
        self.place = place;
        self.time = time + self.offset;
    }

    /// Reads the row it stands before, in exchange-time order.
    #[inline]
    pub fn read_exchange(&mut self, store: &Store) {
        self.settle(store.rows.len(), |at| (at, store.rows[at].time));
    }

    /// Reads the row it stands before, in the order of arrival.
    #[inline]
    pub fn read_arrival(&mut self, store: &Store) {
        self.settle(store.rows.len(), |at| {
            let place = store.rows[at].arrival as usize;
            (place, store.rows[place].time + store.latency(place))
        });
    }

    /// Reads the bar whose open comes next.
    pub fn read_open(&mut self, store: &Store) {
        self.settle(store.opens.len(), |at| {
            let bar = store.opens[at] as usize;
            (bar, store.bars[bar].time_open)
        });
    }

    /// Goes on by one row.
    #[inline]
    pub const fn step(&mut self) {
        self.at += 1;
    }
}
