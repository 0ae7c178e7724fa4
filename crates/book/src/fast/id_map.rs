//! Order number -> place in the slab: an open hash table with linear probing and no tombstones.
//!
//! A removal shifts the entries after it back, so a table that lives through millions of orders stays as clean as a new
//! one and never has to be rebuilt; std's map would rehash now and then. The hash is one multiplication (Fibonacci hashing,
//! Knuth, TAOCP 3, 6.4), which spreads numbers from a counter evenly. It does not resist numbers chosen to collide: ids
//! are the exchange's own.

use super::slab::NONE;
use crate::OrderId;

/// 2^64 / golden ratio.
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

#[derive(Clone, Copy, Debug)]
struct Entry {
    id: OrderId,
    /// [`NONE`] marks an empty entry.
    place: u32,
}

const EMPTY: Entry = Entry { id: 0, place: NONE };

/// The table: a power of two of entries, at most half of them taken.
#[derive(Clone, Debug)]
pub struct IdMap {
    entries: Vec<Entry>,
    /// 64 less the number of bits of an index.
    shift: u32,
    len: usize,
}

impl IdMap {
    pub fn with_capacity(capacity: usize) -> Self {
        let size = capacity.saturating_mul(2).next_power_of_two().max(16);
        Self { entries: vec![EMPTY; size], shift: 64 - size.trailing_zeros(), len: 0 }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    #[inline]
    fn home(&self, id: OrderId) -> usize {
        (id.wrapping_mul(MULTIPLIER) >> self.shift) as usize
    }

    /// Index of the id's entry, or of the empty one where it would go.
    #[inline]
    fn probe(&self, id: OrderId) -> usize {
        let mask = self.entries.len() - 1;
        let mut at = self.home(id);
        while self.entries[at].place != NONE && self.entries[at].id != id {
            at = (at + 1) & mask;
        }
        at
    }

    #[inline]
    pub fn get(&self, id: OrderId) -> Option<u32> {
        let place = self.entries[self.probe(id)].place;
        (place != NONE).then_some(place)
    }

    /// Adds an id that is not there.
    pub fn insert(&mut self, id: OrderId, place: u32) {
        if (self.len + 1) * 2 > self.entries.len() {
            self.grow();
        }
        let at = self.probe(id);
        self.entries[at] = Entry { id, place };
        self.len += 1;
    }

    fn grow(&mut self) {
        let mut larger = Self::with_capacity(self.entries.len());
        for entry in self.entries.iter().filter(|entry| entry.place != NONE) {
            larger.insert(entry.id, entry.place);
        }
        *self = larger;
    }

    /// Removes an id, if it is there.
    pub fn remove(&mut self, id: OrderId) {
        let mask = self.entries.len() - 1;
        let mut hole = self.probe(id);
        if self.entries[hole].place == NONE {
            return;
        }
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            let entry = self.entries[at];
            if entry.place == NONE {
                break;
            }
            // An entry may move back to the hole if its way from home leads past it.
            let way_from_home = at.wrapping_sub(self.home(entry.id)) & mask;
            if way_from_home >= at.wrapping_sub(hole) & mask {
                self.entries[hole] = entry;
                hole = at;
            }
        }
        self.entries[hole] = EMPTY;
        self.len -= 1;
    }

    #[cfg(test)]
    pub fn capacity(&self) -> usize {
        self.entries.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::rand_core::{Rng, SeedableRng};
    use std::collections::BTreeMap;

    /// Numbers whose hashes all fall on the last entries of a small table, so that probing wraps around its end.
    fn colliding(count: usize) -> Vec<OrderId> {
        let map = IdMap::with_capacity(8);
        (1..).filter(|id| map.home(*id) >= 14).take(count).collect()
    }

    #[test]
    fn keeps_what_wraps_around_the_end() {
        let ids = colliding(8);
        let mut map = IdMap::with_capacity(8);
        ids.iter().zip(0..).for_each(|(id, place)| map.insert(*id, place));
        assert_eq!(map.capacity(), 16);
        for removed in [3, 0, 7, 4] {
            map.remove(ids[removed]);
            map.remove(ids[removed]);
            assert_eq!(map.get(ids[removed]), None);
        }
        for kept in [1usize, 2, 5, 6] {
            assert_eq!(map.get(ids[kept]), Some(kept as u32));
        }
        assert_eq!(map.len(), 4);
    }

    #[test]
    fn equals_a_sorted_map() {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let (mut map, mut model) = (IdMap::with_capacity(0), BTreeMap::new());
        for step in 0..100_000u32 {
            let id = u64::from(random.next_u32() % 500);
            if model.remove(&id).is_some() {
                map.remove(id);
            } else {
                model.insert(id, step);
                map.insert(id, step);
            }
            let other = u64::from(random.next_u32() % 500);
            assert_eq!((map.get(other), map.len()), (model.get(&other).copied(), model.len()));
        }
    }
}
