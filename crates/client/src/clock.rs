//! The clock: it stands still until it is moved, and everything that is due on the way happens then.

use crate::client::Client;
use haggle_model::time::{NEVER, Nanos, to_rfc3339};
use haggle_model::{Error, Result};

impl Client {
    /// Moves the clock on.
    ///
    /// Errors: `INVALID_ARGUMENT` for a duration below zero.
    pub fn advance(&mut self, by: Nanos) -> Result<()> {
        if by < 0 {
            return Err(Error::argument("by", "expected a duration not below zero"));
        }
        self.advance_to(self.core.now.checked_add(by).ok_or_else(|| Error::overflow("the time").at("by"))?)
    }

    /// Moves the clock to a time: messages arrive, times in force end.
    ///
    /// Errors: `INVALID_ARGUMENT` for a time that is over.
    pub fn advance_to(&mut self, time: Nanos) -> Result<()> {
        self.check_open()?;
        if time < self.core.now {
            let message = format!("{} is over: the clock shows {}", to_rfc3339(time), to_rfc3339(self.core.now));
            return Err(Error::argument("time", message));
        }
        self.guard(|client| client.run(time, true))?;
        self.core.now = time;
        Ok(())
    }

    /// When the next thing happens by itself: a message arrives, a time in force ends.
    pub fn next_time(&self) -> Option<Nanos> {
        let expiry = self.core.accounts.iter().map(|account| account.exchange.next_expiry()).min().unwrap_or(NEVER);
        Some(self.core.transit.next().min(expiry)).filter(|time| *time != NEVER)
    }

    /// Everything up to a time, with or without that instant.
    pub(crate) fn run(&mut self, until: Nanos, included: bool) -> Result<()> {
        while let Some(next) = self.next_time().filter(|next| *next < until || (included && *next == until)) {
            self.core.now = self.core.now.max(next);
            self.settle_instant()?;
        }
        Ok(())
    }

    /// Everything that is due now, stage by stage: times in force, requests in the order sent, answers.
    pub(crate) fn settle_instant(&mut self) -> Result<()> {
        let now = self.core.now;
        while self.next_time().is_some_and(|next| next <= now) {
            self.expire()?;
            while let Some(entry) = self.core.transit.requests.first_entry().filter(|entry| entry.key().0 <= now) {
                let sent = entry.remove();
                self.receive(&sent)?;
            }
            while let Some(entry) = self.core.transit.deliveries.first_entry().filter(|entry| entry.key().0 <= now) {
                let delivery = entry.remove();
                self.arrive(delivery);
            }
        }
        Ok(())
    }

    fn expire(&mut self) -> Result<()> {
        let now = self.core.now;
        for at in 0..self.core.accounts.len() {
            if self.core.accounts[at].exchange.next_expiry() <= now {
                self.core.accounts[at].exchange.expire(now)?;
                self.collect(at, None)?;
            }
        }
        Ok(())
    }

    /// Runs a step that changes the state. One that fails within leaves it half done, so that the client is closed then.
    pub(crate) fn guard<T>(&mut self, step: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let outcome = step(self);
        if outcome.is_err() {
            self.is_closed = true;
        }
        outcome
    }
}
