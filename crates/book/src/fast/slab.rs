//! A pool of values under stable `u32` places, reused last in, first out, so that hot places stay in the cache.

use std::ops::{Index, IndexMut};

/// No place.
pub const NONE: u32 = u32::MAX;

/// The pool. A place that was removed keeps its old value until it is reused; no code may hold on to such a place.
#[derive(Clone, Debug)]
pub struct Slab<T> {
    values: Vec<T>,
    free: Vec<u32>,
}

impl<T: Copy> Slab<T> {
    pub fn with_capacity(capacity: usize) -> Self {
        Self { values: Vec::with_capacity(capacity), free: Vec::with_capacity(capacity) }
    }

    /// Whether every place that `u32` can name, except [`NONE`], is taken.
    pub fn is_full(&self) -> bool {
        self.free.is_empty() && self.values.len() >= NONE as usize
    }

    pub fn insert(&mut self, value: T) -> u32 {
        if let Some(place) = self.free.pop() {
            self.values[place as usize] = value;
            return place;
        }
        self.values.push(value);
        (self.values.len() - 1) as u32
    }

    pub fn remove(&mut self, place: u32) {
        self.free.push(place);
    }

    /// Number of places that are taken.
    #[cfg(test)]
    pub fn taken(&self) -> usize {
        self.values.len() - self.free.len()
    }

    #[cfg(test)]
    pub fn capacity(&self) -> [usize; 2] {
        [self.values.capacity(), self.free.capacity()]
    }
}

impl<T> Index<u32> for Slab<T> {
    type Output = T;

    #[inline]
    fn index(&self, place: u32) -> &T {
        &self.values[place as usize]
    }
}

impl<T> IndexMut<u32> for Slab<T> {
    #[inline]
    fn index_mut(&mut self, place: u32) -> &mut T {
        &mut self.values[place as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reuses_the_last_place_freed() {
        let mut slab = Slab::with_capacity(4);
        let places: Vec<u32> = (0..3).map(|value| slab.insert(value)).collect();
        slab.remove(places[0]);
        slab.remove(places[2]);
        assert_eq!((slab.insert(10), slab.insert(11), slab.insert(12)), (2, 0, 3));
        assert_eq!((slab[0], slab[1], slab[2], slab[3]), (11, 1, 10, 12));
    }
}
