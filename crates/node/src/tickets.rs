//! Shared things on their way from one thread to another: every isolate of a process sees the same statics.

use haggle_data::Store;
use haggle_model::{Code, Error, Result};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// What a ticket stands for: the thing as long as anybody holds it, and where that was asked for a hold of its own until
/// the first redemption, which bridges the time in which the sender may let go and the receiver has nothing yet.
struct Ticket<T> {
    shared: Weak<T>,
    held: Option<Arc<T>>,
}

struct Open<T> {
    /// Never used twice: an old ticket must not come to mean something else.
    next: u32,
    tickets: BTreeMap<u32, Ticket<T>>,
}

/// Tickets for things of one kind.
pub struct Tickets<T>(Mutex<Open<T>>);

impl<T> Tickets<T> {
    /// None issued yet.
    pub const fn new() -> Self {
        Self(Mutex::new(Open { next: 0, tickets: BTreeMap::new() }))
    }

    /// A ticket, which `holds` what it stands for until it is redeemed, or leaves that to others.
    /// Errors: `OVERFLOW` after four billion tickets.
    pub fn issue(&self, shared: &Arc<T>, holds: bool) -> Result<u32> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let id = open.next;
        open.next = id.checked_add(1).ok_or_else(|| Error::overflow("the number of tickets"))?;
        open.tickets.retain(|_, ticket| ticket.held.is_some() || ticket.shared.strong_count() > 0);
        open.tickets.insert(id, Ticket { shared: Arc::downgrade(shared), held: holds.then(|| Arc::clone(shared)) });
        Ok(id)
    }

    /// What a ticket stands for; `None` where it was never issued, or all holders have let go.
    pub fn redeem(&self, id: u32) -> Option<Arc<T>> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = open.tickets.get_mut(&id).and_then(|ticket| ticket.held.take().or_else(|| ticket.shared.upgrade()));
        if shared.is_none() {
            open.tickets.remove(&id);
        }
        shared
    }
}

static STORES: Tickets<Store> = Tickets::new();

/// A ticket for market data. Errors: `OVERFLOW` after four billion tickets.
pub fn issue(store: &Arc<Store>) -> Result<u32> {
    STORES.issue(store, true)
}

/// The market data of a ticket. Errors: `CLOSED` where it was never issued, or all holders of its data are closed.
pub fn redeem(id: u32) -> Result<Arc<Store>> {
    STORES.redeem(id).ok_or_else(|| {
        Error::new(Code::Closed, format!("no market data is behind the ticket {id}: all who held it have closed it"))
            .at("shared.haggleData")
            .hint("keep the MarketData open until the other thread has attached")
    })
}
