//! How far a load is, told to another thread, and that thread's word that it is no longer wanted.

use haggle_model::{Code, Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Shared by a load and the caller that waits for it; clones are the same watch.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    stop: Arc<AtomicBool>,
    state: Arc<[AtomicU64; 2]>,
}

impl Watch {
    /// A watch that ends its load once `stop` is set.
    pub fn new(stop: Arc<AtomicBool>) -> Self {
        Self { stop, ..Self::default() }
    }

    /// Ends the load soon, with the code `CLOSED`.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// What is done, and of how much: bytes of files, rows of stores.
    pub fn progress(&self) -> (u64, u64) {
        let [done, total] = &*self.state;
        (done.load(Ordering::Relaxed), total.load(Ordering::Relaxed))
    }

    /// More to do than was known before.
    pub(crate) fn expect(&self, more: u64) {
        self.state[1].fetch_add(more, Ordering::Relaxed);
    }

    /// More done. Errors: `CLOSED` where the load is no longer wanted.
    pub(crate) fn done(&self, more: u64) -> Result<()> {
        self.state[0].fetch_add(more, Ordering::Relaxed);
        self.check()
    }

    /// Errors: `CLOSED` where the load is no longer wanted.
    pub(crate) fn check(&self) -> Result<()> {
        if self.stop.load(Ordering::Relaxed) { Err(Error::new(Code::Closed, "the load was aborted")) } else { Ok(()) }
    }
}
