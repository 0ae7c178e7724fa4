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

/// The first place from `from` on that is past, which all after it are. Doubling steps, then halves: what is gone over is mostly short, and the
/// places far ahead are in no cache.
#[inline]
pub fn gallop(from: usize, is_past: impl Fn(usize) -> bool) -> usize {
    if is_past(from) {
        return from;
    }
    let (mut low, mut step) = (from, 1);
    while !is_past(low + step) {
        low += step;
        step *= 2;
    }
    let mut high = low + step;
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if is_past(middle) { high = middle } else { low = middle }
    }
    high
}

/// A place in a series of data, in one of its orders.
#[derive(Clone, Copy, Debug)]
pub struct Cursor {
    /// Time of the next row; [`NEVER`] at the end.
    pub time: Nanos,
    /// Place of the next row in the store (of the next bar, among opens).
    pub place: usize,
    /// What this pass adds to times.
    pub offset: Nanos,
    at: usize,
    pass: u32,
    tiling: Tiling,
}

// Two cursors move once a row, so they are inlined by force where rows go through: calls are 6 % of a run.
#[allow(clippy::inline_always, reason = "measured, see above")]
impl Cursor {
    /// A cursor before the first row.
    pub const fn new(tiling: Tiling) -> Self {
        Self { time: NEVER, place: 0, offset: 0, at: 0, pass: 0, tiling }
    }

    /// Rows gone by, of `length` a pass.
    pub const fn rows(&self, length: usize) -> u64 {
        self.pass as u64 * length as u64 + self.at as u64
    }

    /// Stands before the row that `find` gives for its place in the order, if there is one; else at the start of the next pass.
    #[inline(always)]
    fn settle(&mut self, find: impl Fn(usize) -> Option<(usize, Nanos)>) {
        if let Some((place, time)) = find(self.at) {
            self.place = place;
            self.time = time + self.offset;
        } else {
            self.turn(find);
        }
    }

    #[cold]
    fn turn(&mut self, find: impl Fn(usize) -> Option<(usize, Nanos)>) {
        self.time = NEVER;
        if self.pass + 1 >= self.tiling.passes {
            return;
        }
        if let Some((place, time)) = find(0) {
            self.pass += 1;
            self.at = 0;
            self.offset += self.tiling.period;
            self.place = place;
            self.time = time + self.offset;
        }
    }

    /// Reads the row it stands before, in exchange-time order.
    #[inline(always)]
    pub fn read_exchange(&mut self, store: &Store) {
        self.settle(|at| store.rows.get(at).map(|row| (at, row.time)));
    }

    /// Reads the row it stands before, in the order of arrival.
    #[inline(always)]
    pub fn read_arrival(&mut self, store: &Store) {
        self.settle(|at| {
            store.rows.get(at).map(|row| {
                let place = row.arrival as usize;
                (place, store.arrival_time(place))
            })
        });
    }

    /// Reads the bar whose open comes next.
    #[inline(always)]
    pub fn read_open(&mut self, store: &Store) {
        self.settle(|at| {
            store.opens.get(at).map(|bar| {
                let bar = *bar as usize;
                (bar, store.bars[bar].time_open)
            })
        });
    }

    /// Goes over the rows of this pass up to `now`, and at most `count`, without reading what comes next; `time` says when a row comes, before the
    /// offset. Returns which places of the order they had, and the offset.
    pub fn pass_until(&mut self, now: Nanos, count: u64, time: impl Fn(usize) -> Option<Nanos>) -> (std::ops::Range<usize>, Nanos) {
        let (start, offset) = (self.at, self.offset);
        let end = start.saturating_add(usize::try_from(count).unwrap_or(usize::MAX));
        let is_past = |at: usize| at >= end || time(at).is_none_or(|time| time + offset > now);
        self.at = gallop(start, is_past);
        (start..self.at, offset)
    }

    /// Goes on by one row.
    #[inline(always)]
    pub const fn step(&mut self) {
        self.at += 1;
    }
}
