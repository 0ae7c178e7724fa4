//! What orders and timers are called. No order may be called what another one is or was called.

use haggle_model::OrderNumber;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// What an order is called by its sender.
#[derive(Clone, Debug, Default)]
pub struct Called {
    pub strategy: Option<String>,
    pub cid: Option<String>,
    /// Whether it came from outside, and not from the strategy.
    pub is_outside: bool,
}

/// Who is called what.
#[derive(Debug, Default)]
pub struct Registry {
    /// Orders that were given a name; the others are called by their number.
    pub orders: BTreeMap<OrderNumber, Called>,
    /// Ids that are taken; `None`: of an order that has no number yet.
    pub cids: BTreeMap<String, Option<OrderNumber>>,
    /// Ids that a venue gave to orders, both ways.
    pub venue_ids: BTreeMap<OrderNumber, String>,
    pub by_venue_id: BTreeMap<String, OrderNumber>,
    /// What a strategy calls its timers.
    pub tags: BTreeMap<u32, String>,
}

/// A registry that several threads use.
#[derive(Clone, Debug, Default)]
pub struct Shared(Arc<Mutex<Registry>>);

impl Shared {
    /// The registry, for a moment.
    pub fn lock(&self) -> MutexGuard<'_, Registry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes an id for an order that is about to be sent; `None` where it is taken.
    pub fn reserve(&self, cid: &str) -> Option<Cid> {
        let mut registry = self.lock();
        if registry.cids.contains_key(cid) {
            return None;
        }
        registry.cids.insert(cid.to_owned(), None);
        Some(Cid(Arc::new(Reservation { text: cid.to_owned(), registry: Arc::downgrade(&self.0) })))
    }
}

/// The id of an order that is about to be sent. No other order can take it, and it is free again once the last copy is gone and no order got it.
#[derive(Clone)]
pub struct Cid(Arc<Reservation>);

struct Reservation {
    text: String,
    registry: Weak<Mutex<Registry>>,
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let Some(registry) = self.registry.upgrade() else { return };
        let mut registry = registry.lock().unwrap_or_else(PoisonError::into_inner);
        if registry.cids.get(&self.text) == Some(&None) {
            registry.cids.remove(&self.text);
        }
    }
}

impl Cid {
    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }
}

impl PartialEq for Cid {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Cid {}

impl fmt::Debug for Cid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cid({:?})", self.as_str())
    }
}
