//! The marks of a store as drawdowns see them: each bar's extremes and close, and each second of ticks. What is worked out here is
//! shared by all runs over the store.

use crate::clock::Tiling;
use crate::venue::Place;
use haggle_data::{RowKind, Store};
use haggle_metrics::Period;
use haggle_model::InstrumentId;
use haggle_model::time::{NEVER, Nanos};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Rows of bars whose extremes are known together.
pub const BLOCK: usize = 64;

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
    routes: Vec<Place>,
    /// Of ticks: where the rows of each second that has some end.
    seconds: OnceLock<Vec<u32>>,
    /// Of the bars of a single instrument: extremes of each block.
    blocks: OnceLock<Vec<Extremes>>,
}

/// Where a run stands on the track.
#[derive(Clone, Copy, Debug, Default)]
pub struct TrackCursor {
    /// Entries of this pass gone by.
    at: usize,
    pass: u32,
    /// What this pass adds to times.
    offset: Nanos,
}

impl MarkTrack {
    /// The track of a store; `None` where books, or bars beside ticks, have to be followed row by row.
    pub fn new(store: &Arc<Store>, tiling: Tiling, routes: &[Place]) -> Option<Self> {
        let kind = if routes.iter().all(|place| place.is_bars) {
            Kind::Bars
        } else if routes.iter().any(|place| place.is_bars || place.has_book) {
            return None;
        } else {
            Kind::Ticks
        };
        let (store, routes) = (Arc::clone(store), routes.to_vec());
        Some(Self { kind, store, tiling, routes, seconds: OnceLock::new(), blocks: OnceLock::new() })
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

    /// Extremes of the block that begins with this row of this pass; `None` where there is none, or not of a single instrument.
    pub fn block(&self, cursor: &TrackCursor) -> Option<(Extremes, InstrumentId)> {
        if !cursor.at.is_multiple_of(BLOCK) || self.routes.len() != 1 || self.store.bars.len() != self.store.rows.len() {
            return None;
        }
        let blocks = self.blocks.get_or_init(|| {
            let bar = |row: &haggle_data::Row| &self.store.bars[row.a as usize];
            let of = |rows: &[haggle_data::Row]| Extremes {
                low: rows.iter().map(|row| bar(row).low).min().unwrap_or(0),
                high: rows.iter().map(|row| bar(row).high).max().unwrap_or(0),
            };
            self.store.rows.chunks_exact(BLOCK).map(of).collect()
        });
        blocks.get(cursor.at / BLOCK).map(|extremes| (*extremes, self.routes[0].instrument))
    }

    /// When the last row of that block closes.
    pub fn block_end(&self, cursor: &TrackCursor) -> Nanos {
        self.store.rows.get(cursor.at + BLOCK - 1).map_or(NEVER, |row| row.time + cursor.offset)
    }

    fn len(&self) -> usize {
        if self.kind == Kind::Bars { self.store.rows.len() } else { self.seconds().len() }
    }

    /// When entry `at` of a pass comes, before the offset.
    fn time_of(&self, at: usize) -> Nanos {
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
            let (from, length) = (cursor.at, self.len());
            let is_past = |at: usize| at >= length || self.time_of(at) + cursor.offset > time;
            // Doubling steps, then halves.
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
            cursor.at = high;
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
