//! The prices of one side in order: two parallel sorted vectors with the best at their end.
//!
//! Commands crowd at the best prices: there a level is found in a few steps, added or dropped by moving a few entries, and
//! the best is simply the last. A new level far from the best moves as many entries (12 bytes each) as there are levels
//! before it, one `memmove` in practice.

use haggle_model::Side;

/// Entries at the end that are searched one by one before halving starts.
const NEAR: usize = 8;

/// A price turned so that a larger key is a better price for the taker: bids as they are, asks complemented (`!price`
/// reverses the order of all `i64` without overflow).
pub type Key = i64;

/// The ladder of one side.
#[derive(Clone, Debug)]
pub struct Ladder {
    side: Side,
    keys: Vec<Key>,
    /// Place of each key's level in the slab.
    levels: Vec<u32>,
}

impl Ladder {
    pub fn new(side: Side, capacity: usize) -> Self {
        Self { side, keys: Vec::with_capacity(capacity), levels: Vec::with_capacity(capacity) }
    }

    #[inline]
    pub fn key(&self, price: i64) -> Key {
        match self.side {
            Side::Buy => price,
            Side::Sell => !price,
        }
    }

    /// The best key and its level.
    #[inline]
    pub fn best(&self) -> Option<(Key, u32)> {
        Some((*self.keys.last()?, *self.levels.last()?))
    }

    /// Where a key is, or where it would have to go.
    #[inline]
    pub fn search(&self, key: Key) -> Result<usize, usize> {
        let near = self.keys.len().saturating_sub(NEAR);
        for (at, other) in self.keys.iter().enumerate().skip(near).rev() {
            if *other == key {
                return Ok(at);
            }
            if *other < key {
                return Err(at + 1);
            }
        }
        self.keys[..near].binary_search(&key)
    }

    /// The level at an index that [`Self::search`] found.
    #[inline]
    pub fn level(&self, at: usize) -> u32 {
        self.levels[at]
    }

    /// Adds a level where [`Self::search`] missed it.
    pub fn insert(&mut self, at: usize, key: Key, level: u32) {
        self.keys.insert(at, key);
        self.levels.insert(at, level);
    }

    /// Drops the level of a key, if it is there.
    pub fn remove(&mut self, key: Key) {
        if let Ok(at) = self.search(key) {
            self.keys.remove(at);
            self.levels.remove(at);
        }
    }

    /// Keys and levels, best first.
    pub fn iter(&self) -> impl Iterator<Item = (Key, u32)> + '_ {
        self.keys.iter().copied().zip(self.levels.iter().copied()).rev()
    }

    #[cfg(test)]
    pub fn capacity(&self) -> [usize; 2] {
        [self.keys.capacity(), self.levels.capacity()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn best_is_first_on_both_sides() {
        for (side, expected) in [(Side::Buy, [i64::MAX, 30, 20, 10, i64::MIN]), (Side::Sell, [i64::MIN, 10, 20, 30, i64::MAX])] {
            let mut ladder = Ladder::new(side, 0);
            for price in [20, i64::MAX, 10, i64::MIN, 30] {
                let key = ladder.key(price);
                let at = ladder.search(key).expect_err("a new price");
                ladder.insert(at, key, 0);
            }
            let keys: Vec<Key> = ladder.iter().map(|(key, _)| key).collect();
            assert_eq!(keys, expected.map(|price| ladder.key(price)));
        }
    }

    #[test]
    fn finds_near_and_far() {
        let mut ladder = Ladder::new(Side::Buy, 0);
        for (at, price) in (0..100).map(|i| i * 2).enumerate() {
            ladder.insert(at, price, at as u32);
        }
        for price in -1..200 {
            let expected = if price >= 0 && price % 2 == 0 { Ok(price as usize / 2) } else { Err((price + 1) as usize / 2) };
            assert_eq!(ladder.search(price), expected);
        }
        ladder.remove(0);
        ladder.remove(198);
        ladder.remove(199);
        assert_eq!((ladder.best(), ladder.iter().count()), (Some((196, 98)), 98));
    }
}
