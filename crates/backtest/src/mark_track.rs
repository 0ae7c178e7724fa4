//! The marks of a store as drawdowns see them: each bar's extremes and close, and each second of ticks. What is worked out here is
//! shared by all runs over the store.

use crate::clock::{Tiling, gallop};
use crate::setup::Route;
use haggle_data::{RowKind, Store, StoredBar};
use haggle_metrics::Period;
use haggle_model::InstrumentId;
use haggle_model::time::{NEVER, Nanos};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Rows of bars whose extremes are known together.
const BLOCK: usize = 64;

/// How a store is gone over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Row by row: each is a bar.
    Bars,
    /// Second by second.
    Ticks,
}

/// Lowest and highest price of a block of bars, ticks.
#[derive(Clone, Copy, Debug)]
pub struct Extremes {
    /// Lowest.
    pub low: i64,
    /// Highest.
    pub high: i64,
}

/// A bar in ticks.
#[derive(Clone, Copy, Debug)]
pub struct BarMarks {
    /// Whose it is.
    pub instrument: InstrumentId,
    /// Lowest and highest.
    pub extremes: Extremes,
    /// Last.
    pub close: i64,
}

/// The marks of a store.
#[derive(Debug)]
pub struct MarkTrack {
    kind: Kind,
    store: Arc<Store>,
    tiling: Tiling,
    /// By instrument of the data: where it trades.
    routes: Vec<Route>,
    /// Of ticks: where the rows of each second that has some end.
    seconds: OnceLock<Vec<u32>>,
    /// Of bars of a single instrument, which lie as their rows do: extremes of each block.
    blocks: Option<Vec<Extremes>>,
}

/// The bars of a single instrument.
#[derive(Clone, Copy, Debug)]
pub struct Straight<'a> {
    /// One for each row.
    pub bars: &'a [StoredBar],
    /// Of each whole block.
    blocks: &'a [Extremes],
    /// Whose they are.
    pub instrument: InstrumentId,
}

impl Straight<'_> {
    /// Of the bars from `from` on, within its block and before `to`, that stay on the quiet side of the peak: the deepest, and the first that
    /// does not. `None` where the bar at `from` does not, or where no side is the adverse one.
    pub fn deepest(&self, from: usize, to: usize, low: i64, high: i64, is_long: Option<bool>) -> Option<(usize, usize)> {
        let is_long = is_long?;
        let end = to.min((from / BLOCK + 1) * BLOCK);
        let (mut deepest, mut at) = (from, from);
        while at < end {
            let (bar, least) = (&self.bars[at], &self.bars[deepest]);
            if if is_long { bar.high >= high } else { bar.low <= low } {
                break;
            }
            if if is_long { bar.low < least.low } else { bar.high > least.high } {
                deepest = at;
            }
            at += 1;
        }
        (at > from).then_some((deepest, at))
    }

    /// The first bar of `from..to` that goes down to `low` or up to `high`; `to` if none does.
    pub fn find(&self, mut from: usize, to: usize, low: i64, high: i64) -> usize {
        let is_loud = |bar: &StoredBar| bar.low <= low || bar.high >= high;
        while from < to {
            let block = from / BLOCK;
            if from.is_multiple_of(BLOCK)
                && from + BLOCK <= to
                && let Some(extremes) = self.blocks.get(block)
                && extremes.low > low
                && extremes.high < high
            {
                from += BLOCK;
                continue;
            }
            let end = to.min((block + 1) * BLOCK);
            if let Some(at) = self.bars[from..end].iter().position(is_loud) {
                return from + at;
            }
            from = end;
        }
        to
    }
}

fn extremes_of(bars: &[StoredBar]) -> Extremes {
    Extremes { low: bars.iter().map(|bar| bar.low).min().unwrap_or(0), high: bars.iter().map(|bar| bar.high).max().unwrap_or(0) }
}

/// Where a run stands on the track.
#[derive(Clone, Copy, Debug, Default)]
pub struct TrackCursor {
    /// Entries of this pass gone by.
    pub at: usize,
    pass: u32,
    /// What this pass adds to times.
    pub offset: Nanos,
}

impl MarkTrack {
    /// The track of a store; `None` where books, or bars beside ticks, have to be followed row by row.
    pub fn new(store: &Arc<Store>, tiling: Tiling, routes: &[Route]) -> Option<Self> {
        let kind = if routes.iter().all(|place| place.is_bars) {
            Kind::Bars
        } else if routes.iter().any(|place| place.is_bars || place.has_book) {
            return None;
        } else {
            Kind::Ticks
        };
        let is_straight = kind == Kind::Bars
            && routes.len() == 1
            && store.rows.len() == store.bars.len()
            && store.rows.iter().enumerate().all(|(at, row)| row.kind == RowKind::Bar && row.a == at as i64);
        let blocks = is_straight.then(|| store.bars.chunks_exact(BLOCK).map(extremes_of).collect());
        let (store, routes) = (Arc::clone(store), routes.to_vec());
        Some(Self { kind, store, tiling, routes, seconds: OnceLock::new(), blocks })
    }

    /// Whether its entries are bars.
    pub fn is_bars(&self) -> bool {
        self.kind == Kind::Bars
    }

    fn seconds(&self) -> &[u32] {
        self.seconds.get_or_init(|| {
            let rows = &self.store.rows;
            let mut ends = Vec::new();
            let mut end = Nanos::MIN;
            for (at, row) in rows.iter().enumerate() {
                if row.time > end {
                    if at > 0 {
                        ends.push(at as u32);
                    }
                    end = Period::SECOND.boundary_at_or_after(row.time);
                }
            }
            ends.push(rows.len() as u32);
            ends
        })
    }

    /// The bars of a single instrument, which lie as their rows do, with the extremes of each [`BLOCK`]; `None` where it is not so.
    pub fn straight(&self) -> Option<Straight<'_>> {
        let bars = &self.store.bars;
        self.blocks.as_ref().map(|blocks| Straight { bars, blocks, instrument: self.routes[0].instrument })
    }

    /// The first entry of this pass that comes after `time`.
    pub fn end(&self, cursor: &TrackCursor, time: Nanos) -> usize {
        let time = time - cursor.offset;
        match self.kind {
            Kind::Bars => gallop(cursor.at, |at| self.store.rows.get(at).is_none_or(|row| row.time > time)),
            Kind::Ticks => gallop(cursor.at, |at| at >= self.len() || self.time_of(at) > time),
        }
    }

    fn len(&self) -> usize {
        if self.kind == Kind::Bars { self.store.rows.len() } else { self.seconds().len() }
    }

    /// When entry `at` of a pass comes, before the offset.
    pub fn time_of(&self, at: usize) -> Nanos {
        match self.kind {
            Kind::Bars => self.store.rows[at].time,
            Kind::Ticks => Period::SECOND.boundary_at_or_after(self.store.rows[self.seconds()[at] as usize - 1].time),
        }
    }

    /// When the next entry comes; [`NEVER`] at the end.
    #[inline]
    pub fn next(&self, cursor: &mut TrackCursor) -> Nanos {
        if cursor.at >= self.len() {
            if cursor.pass + 1 >= self.tiling.passes {
                return NEVER;
            }
            *cursor = TrackCursor { at: 0, pass: cursor.pass + 1, offset: cursor.offset + self.tiling.period };
        }
        self.time_of(cursor.at) + cursor.offset
    }

    /// Goes on by so many entries.
    #[inline]
    pub const fn step(cursor: &mut TrackCursor, entries: usize) {
        cursor.at += entries;
    }

    /// Goes past all entries up to `time`.
    pub fn skip(&self, cursor: &mut TrackCursor, time: Nanos) {
        while self.next(cursor) <= time {
            cursor.at = self.end(cursor, time);
        }
    }

    /// The bar that is the next entry; `None` for a row that is none.
    #[inline]
    pub fn bar(&self, cursor: &TrackCursor) -> Option<BarMarks> {
        let row = &self.store.rows[cursor.at];
        (row.kind == RowKind::Bar).then(|| {
            let bar = &self.store.bars[row.a as usize];
            let extremes = Extremes { low: bar.low, high: bar.high };
            BarMarks { instrument: self.routes[usize::from(row.instrument)].instrument, extremes, close: bar.close }
        })
    }

    /// Tells of the last mark of every instrument within the second that is the next entry, twice in ticks, until `found` says that
    /// it has heard of all that it wants.
    pub fn second(&self, cursor: &TrackCursor, mut found: impl FnMut(InstrumentId, i64) -> bool) {
        for at in self.rows_of_second(cursor.at).rev() {
            let row = &self.store.rows[at];
            let place = &self.routes[usize::from(row.instrument)];
            let mark = match row.kind {
                RowKind::Quote if row.b > 0 && row.c > 0 => row.a + self.store.ask_of(at, row),
                RowKind::Buy | RowKind::Sell if !place.has_quotes => 2 * row.a,
                _ => continue,
            };
            if found(place.instrument, mark) {
                return;
            }
        }
    }

    fn rows_of_second(&self, at: usize) -> Range<usize> {
        let seconds = self.seconds();
        let start = if at == 0 { 0 } else { seconds[at - 1] as usize };
        start..seconds[at] as usize
    }
}
