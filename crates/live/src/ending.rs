//! How a system on a thread of its own ends, and the call that hands over what it leaves.

use crate::system::OpenOrders;
use haggle_backtest::Outcome;
use haggle_model::{Error, Result};
use std::fmt;

/// How a system ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// As a back-test does with its data: rows that were fed still come, open orders expire.
    Finish,
    /// At once: rows whose time has not come are dropped, orders are cancelled or kept.
    Shutdown(OpenOrders),
}

/// Called once, on a thread of the runtime, with what a system leaves.
pub struct Done(Option<Callback>);

type Callback = Box<dyn FnOnce(Result<Outcome>) + Send>;

impl Done {
    /// What is to be called.
    pub fn new(callback: impl FnOnce(Result<Outcome>) + Send + 'static) -> Self {
        Self(Some(Box::new(callback)))
    }

    /// Hands the result over.
    pub fn call(mut self, result: Result<Outcome>) {
        if let Some(callback) = self.0.take() {
            callback(result);
        }
    }
}

impl Drop for Done {
    fn drop(&mut self) {
        // Callers that wait are told, also where a panic took the system away.
        if let Some(callback) = self.0.take() {
            callback(Err(Error::bug("the system broke down")));
        }
    }
}

impl fmt::Debug for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Done")
    }
}
