//! Ticks between an engine and a reader who may be slower: the oldest are lost first, and the reader is told how many.

use super::Tick;
use std::collections::VecDeque;

/// What a reader gets.
#[derive(Clone, Debug, PartialEq)]
pub enum Update {
    /// The next tick.
    Tick(Box<Tick>),
    /// So many ticks were lost before the next one.
    Gap {
        /// How many.
        lost: u64,
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
            self.ticks.pop_front();
            self.lost += 1;
        }
        self.ticks.push_back(tick);
    }

    /// Takes the next update: where ticks were lost, first one that says so.
    pub fn pop(&mut self) -> Option<Update> {
        if self.lost > 0 {
            return Some(Update::Gap { lost: std::mem::take(&mut self.lost) });
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
