//! Stores on their way from one thread to another: every isolate of a process sees the same statics.

use haggle_data::Store;
use haggle_model::{Code, Error, Result};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// What a ticket stands for: the store as long as anybody holds it, and a hold of its own until the first redemption,
/// which bridges the time in which the sender may close its handle and the receiver has none yet.
struct Ticket {
    store: Weak<Store>,
    held: Option<Arc<Store>>,
}

struct Tickets {
    /// Never used twice: an old ticket must not come to mean other data.
    next: u32,
    open: BTreeMap<u32, Ticket>,
}

static TICKETS: Mutex<Tickets> = Mutex::new(Tickets { next: 0, open: BTreeMap::new() });

/// A ticket for the store. Errors: `OVERFLOW` after four billion tickets.
pub fn issue(store: Arc<Store>) -> Result<u32> {
    let mut tickets = TICKETS.lock().unwrap_or_else(PoisonError::into_inner);
    let id = tickets.next;
    tickets.next = id.checked_add(1).ok_or_else(|| Error::overflow("the number of tickets"))?;
    tickets.open.retain(|_, ticket| ticket.held.is_some() || ticket.store.strong_count() > 0);
    tickets.open.insert(id, Ticket { store: Arc::downgrade(&store), held: Some(store) });
    Ok(id)
}

/// The store of a ticket. Errors: `CLOSED` where the ticket was never issued, or all holders of its data are closed.
pub fn redeem(id: u32) -> Result<Arc<Store>> {
    let mut tickets = TICKETS.lock().unwrap_or_else(PoisonError::into_inner);
    let store = tickets.open.get_mut(&id).and_then(|ticket| ticket.held.take().or_else(|| ticket.store.upgrade()));
    store.ok_or_else(|| {
        tickets.open.remove(&id);
        Error::new(Code::Closed, format!("no market data is behind the ticket {id}: all who held it have closed it"))
            .at("shared.haggleData")
            .hint("keep the MarketData open until the other thread has attached")
    })
}
