//! Fills that were heard of lately, so that one that a venue tells again counts once.

use haggle_model::{AccountEvent, OrderNumber};

/// An account event that the engine did not take in, because it cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedEvent {
    /// What the venue said.
    pub event: AccountEvent,
    /// Why it cannot be.
    pub reason: &'static str,
}

/// How many fills are remembered: a venue that tells one again does so soon, after a connection was made anew at the latest.
const REMEMBERED: usize = 64;

/// Order and trade id of the last fills.
#[derive(Clone, Debug)]
pub struct RecentFills {
    fills: [(OrderNumber, u64); REMEMBERED],
    next: usize,
}

impl Default for RecentFills {
    fn default() -> Self {
        Self { fills: [(OrderNumber(u32::MAX), u64::MAX); REMEMBERED], next: 0 }
    }
}

impl RecentFills {
    /// Whether this fill is among them.
    #[inline]
    pub fn has(&self, order: OrderNumber, id: u64) -> bool {
        self.fills.contains(&(order, id))
    }

    /// Remembers a fill, and forgets the oldest.
    #[inline]
    pub fn add(&mut self, order: OrderNumber, id: u64) {
        self.fills[self.next] = (order, id);
        self.next = (self.next + 1) % REMEMBERED;
    }
}
