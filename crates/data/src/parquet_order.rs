//! Orders of rows and bars as our files give them, or leave them to be known.

use crate::store::Store;
use haggle_model::{Error, Result, time::Nanos};

/// Checks an order place by place: each is there once, and time never goes back.
struct Check {
    /// A bit per place.
    seen: Vec<u64>,
    last: Nanos,
}

impl Check {
    fn new() -> Self {
        Self { seen: Vec::new(), last: Nanos::MIN }
    }

    /// Makes room for places below `len`.
    fn reserve(&mut self, len: usize) {
        self.seen.resize(len.div_ceil(64).max(self.seen.len()), 0);
    }

    /// Whether `place`, at `time`, may be the next one; there has to be room for it.
    #[inline]
    fn takes(&mut self, place: usize, time: Nanos) -> bool {
        let (word, bit) = (&mut self.seen[place / 64], 1 << (place % 64));
        let takes = *word & bit == 0 && self.last <= time;
        *word |= bit;
        self.last = time;
        takes
    }
}

/// The order of arrival, settled as soon as the rows that it names are there, while they are still in the cache.
pub(crate) struct Arrivals {
    check: Check,
    /// Rows whose `arrival` is settled.
    settled: usize,
    /// The places of the next ones, each less the place that it stands at.
    offsets: Vec<i32>,
}

impl Arrivals {
    /// Nothing settled.
    pub fn new() -> Self {
        Self { check: Check::new(), settled: 0, offsets: Vec::new() }
    }

    /// Takes what the file says of the next rows.
    pub fn extend(&mut self, offsets: &[i32]) {
        self.offsets.extend_from_slice(offsets);
    }

    /// Settles what can be settled with the rows so far.
    pub fn settle(&mut self, store: &mut Store) -> Result<()> {
        self.check.reserve(store.len());
        let first = self.settled;
        for (at, offset) in (first as u32..store.len() as u32).zip(&self.offsets) {
            let place = at.wrapping_add_signed(*offset);
            if place as usize >= store.len() {
                break;
            }
            if !self.check.takes(place as usize, store.arrival_time(place as usize)) {
                return Err(no_order("arrival"));
            }
            store.rows[at as usize].arrival = place;
            self.settled += 1;
        }
        self.offsets.drain(..self.settled - first);
        Ok(())
    }

    /// Errors: `INVALID_DATA` unless every row has its place.
    pub fn finish(&self, store: &Store) -> Result<()> {
        if self.settled == store.len() && self.offsets.is_empty() { Ok(()) } else { Err(no_order("arrival")) }
    }
}

/// Refuses what is no order of the bars' opens.
pub(crate) fn check_opens(store: &Store) -> Result<()> {
    let mut check = Check::new();
    check.reserve(store.bars.len());
    let mut takes = |bar: usize| store.bars.get(bar).is_some_and(|open| check.takes(bar, open.time_open));
    let is_order = store.opens.len() == store.bars.len() && store.opens.iter().all(|bar| takes(*bar as usize));
    if is_order { Ok(()) } else { Err(no_order("open_order")) }
}

fn no_order(name: &str) -> Error {
    Error::data(format!("the column {name} is no order of the rows")).at(name)
}
