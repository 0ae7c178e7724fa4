//! One side of a book by levels: a flat window of prices around the touch, and a sorted map for what lies far from it.

use std::collections::BTreeMap;

/// Prices in the window. Of a BTC book at ticks of 0.1, 96 % of updates fall within so many ticks of the touch.
const WINDOW: usize = 1 << 15;
/// Room for better prices than the best at the time when the window was laid.
const HEADROOM: i64 = 1 << 12;
const BITS: usize = u64::BITS as usize;
const WORDS: usize = WINDOW / BITS;
const GROUPS: usize = WORDS / BITS;
const NOTHING: i64 = i64::MAX;

/// Sizes by key, least key first; keys and their differences fit 63 bits.
///
/// Invariants: the best level is in the window; no level has a key before the window; `far` has those behind it. A bit is
/// set where a place of the window has a size, and one in `groups` where a word has a bit.
#[derive(Clone, Debug)]
pub(super) struct Ladder {
    /// Key of the window's first place.
    base: i64,
    /// Sizes in the window; empty until the first level.
    sizes: Vec<i64>,
    words: Vec<u64>,
    groups: [u64; GROUPS],
    best: i64,
    far: BTreeMap<i64, i64>,
}

impl Default for Ladder {
    fn default() -> Self {
        Self { base: 0, sizes: Vec::new(), words: Vec::new(), groups: [0; GROUPS], best: NOTHING, far: BTreeMap::new() }
    }
}

impl Ladder {
    /// The least key that has a size.
    #[inline]
    pub fn best(&self) -> Option<i64> {
        (self.best != NOTHING).then_some(self.best)
    }

    /// Place in the window; beyond its length where the key is not in it.
    #[inline]
    const fn place(&self, key: i64) -> usize {
        key.wrapping_sub(self.base) as usize
    }

    /// The size at a key; 0 where there is none.
    #[inline]
    pub fn size(&self, key: i64) -> i64 {
        match self.sizes.get(self.place(key)) {
            Some(size) => *size,
            None => self.far.get(&key).copied().unwrap_or(0),
        }
    }

    /// Sets the size at a key; 0 removes the level.
    #[inline]
    pub fn set(&mut self, key: i64, size: i64) {
        let place = self.place(key);
        let Some(slot) = self.sizes.get_mut(place) else { return self.set_outside(key, size) };
        let was = std::mem::replace(slot, size);
        if (was == 0) != (size == 0) {
            self.toggle(place, key);
        }
    }

    /// A level of the window came or went.
    #[inline]
    fn toggle(&mut self, place: usize, key: i64) {
        let (word, bit) = (place / BITS, 1u64 << (place % BITS));
        let now = self.words[word] ^ bit;
        self.words[word] = now;
        if now & bit != 0 {
            self.groups[word / BITS] |= 1 << (word % BITS);
            self.best = self.best.min(key);
        } else {
            if now == 0 {
                self.groups[word / BITS] &= !(1 << (word % BITS));
            }
            if key == self.best {
                self.find_best(place);
            }
        }
    }

    /// The best level went from `place`: the next one is the best.
    fn find_best(&mut self, place: usize) {
        if let Some(next) = self.next_from(place) {
            self.best = self.base + next as i64;
            if next > WINDOW / 2 {
                // The touch has gone far: what was far behind it comes near.
                self.lay(self.best);
            }
            return;
        }
        self.best = NOTHING;
        if let Some(first) = self.far.keys().next().copied() {
            self.lay(first);
        }
    }

    /// The first place from `place` on that has a size.
    #[inline]
    fn next_from(&self, place: usize) -> Option<usize> {
        let word = place / BITS;
        let rest = *self.words.get(word)? & (u64::MAX << (place % BITS));
        if rest != 0 {
            return Some(word * BITS + rest.trailing_zeros() as usize);
        }
        let from = word + 1;
        let mut mask = u64::MAX << (from % BITS);
        for group in from / BITS..GROUPS {
            let rest = self.groups[group] & mask;
            if rest != 0 {
                let word = group * BITS + rest.trailing_zeros() as usize;
                return Some(word * BITS + self.words[word].trailing_zeros() as usize);
            }
            mask = u64::MAX;
        }
        None
    }

    #[cold]
    fn set_outside(&mut self, key: i64, size: i64) {
        if self.best != NOTHING && key >= self.base {
            if size == 0 {
                self.far.remove(&key);
            } else {
                self.far.insert(key, size);
            }
        } else if size > 0 {
            // The first level, or one that is better than all the window has room for.
            self.lay(key);
            self.set(key, size);
        }
    }

    /// Lays the window anew, so that `best`, which no level comes before, has room on both sides.
    fn lay(&mut self, best: i64) {
        if self.sizes.is_empty() {
            self.sizes = vec![0; WINDOW];
            self.words = vec![0; WORDS];
        }
        let moved: Vec<(i64, i64)> = self.near().collect();
        self.clear_window();
        self.base = best - HEADROOM;
        let end = self.base + WINDOW as i64;
        let behind = self.far.split_off(&end);
        let pulled = std::mem::replace(&mut self.far, behind);
        for (key, size) in pulled.into_iter().chain(moved) {
            if key < end {
                self.set(key, size);
            } else {
                self.far.insert(key, size);
            }
        }
    }

    /// Removes every level before `key`.
    #[inline]
    pub fn remove_before(&mut self, key: i64) {
        while self.best < key {
            self.set(self.best, 0);
        }
    }

    /// Removes every level.
    pub fn clear(&mut self) {
        self.clear_window();
        self.far.clear();
    }

    fn clear_window(&mut self) {
        let mut at = 0;
        while let Some(place) = self.next_from(at) {
            self.sizes[place] = 0;
            at = place + 1;
        }
        self.words.fill(0);
        self.groups = [0; GROUPS];
        self.best = NOTHING;
    }

    fn near(&self) -> impl Iterator<Item = (i64, i64)> {
        let mut next = if self.best == NOTHING { None } else { Some(self.place(self.best)) };
        std::iter::from_fn(move || {
            let place = next?;
            next = self.next_from(place + 1);
            Some((self.base + place as i64, self.sizes[place]))
        })
    }

    /// Key and size of every level, least key first.
    pub fn iter(&self) -> impl Iterator<Item = (i64, i64)> {
        self.near().chain(self.far.iter().map(|(key, size)| (*key, *size)))
    }

    /// The greatest key that has a size.
    pub fn last(&self) -> Option<i64> {
        if let Some((key, _)) = self.far.last_key_value() {
            return Some(*key);
        }
        let group = self.groups.iter().rposition(|group| *group != 0)?;
        let word = group * BITS + self.groups[group].ilog2() as usize;
        Some(self.base + (word * BITS + self.words[word].ilog2() as usize) as i64)
    }
}
