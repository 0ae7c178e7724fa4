//! The state machine that all accounts of a client share, until it is closed.

use super::in_use;
use haggle_client::Client;
use haggle_model::{Code, Error, Result};
use std::cell::{RefCell, RefMut};

/// Closing frees it at once: JavaScript collects the objects that point here whenever it likes.
pub struct Held(RefCell<Option<Box<Client>>>);

impl Held {
    pub fn new(client: Client) -> Self {
        Self(RefCell::new(Some(Box::new(client))))
    }

    /// The state machine, unless it is at work (then a callback of a strategy has called), or closed.
    pub fn get(&self) -> Result<RefMut<'_, Client>> {
        let client = self.0.try_borrow_mut().map_err(|_| in_use())?;
        RefMut::filter_map(client, Option::as_deref_mut).map_err(|_| Error::new(Code::Closed, "the client is closed"))
    }

    pub fn close(&self) -> Result<()> {
        *self.0.try_borrow_mut().map_err(|_| in_use())? = None;
        Ok(())
    }
}
