//! Ticks between an engine and a reader who may be slower: the oldest are lost first, and the reader is told how many.

use super::Tick;
use haggle_model::time::Nanos;
use std::collections::VecDeque;

/// What a reader gets.
#[derive(Clone, Debug, PartialEq)]
pub enum Update {
    /// The next tick.
    Tick(Box<Tick>),
    /// Ticks were lost before the next one.
    Gap {
        /// How many, as their numbers count.
        lost: u64,
        /// Number of the first of them.
        sequence: u64,
        /// Time of the next one.
        time: Nanos,
    },
}

/// A bounded queue of ticks.
#[derive(Clone, Debug)]
pub struct Ring {
    ticks: VecDeque<Tick>,
    capacity: usize,
    lost: u64,
}

impl Ring {
    /// A queue for so many ticks, one at least.
    pub fn new(capacity: usize) -> Self {
        Self { ticks: VecDeque::new(), capacity: capacity.max(1), lost: 0 }
    }

    /// Adds a tick; a full queue loses its oldest.
    pub fn push(&mut self, tick: Tick) {
        if self.ticks.len() == self.capacity {
            self.lost += self.ticks.pop_front().map_or(0, |tick| tick.count());
        }
        self.ticks.push_back(tick);
    }

    /// Takes the next update: where ticks were lost, first one that says so.
    pub fn pop(&mut self) -> Option<Update> {
        if self.lost > 0 {
            let lost = std::mem::take(&mut self.lost);
            return self.ticks.front().map(|next| Update::Gap { lost, sequence: next.sequence - lost, time: next.time });
        }
        self.ticks.pop_front().map(|tick| Update::Tick(Box::new(tick)))
    }

    /// Updates that wait.
    pub fn len(&self) -> usize {
        self.ticks.len() + usize::from(self.lost > 0)
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
