//! The port to a venue: what a host carries between a [`Session`](crate::Session) and the place where its orders go.

use crate::session::Departing;
use haggle_model::time::Nanos;
use haggle_model::{AccountEvent, Result};

/// A venue with one account, as a host sees it: a simulated exchange with its connection, or a client of a real one.
///
/// Orders have the engine's numbers on both ways; what the venue itself calls them is between it and its client. Answers may come late,
/// more than once and out of order: the engine takes in what it can and says what it refuses.
pub trait Venue {
    /// Sends a request at `now`. `feed`: the latency of the last market row that had arrived, by which a simulated venue may count.
    ///
    /// Errors: what keeps the request from leaving and is a fault of the host; a refusal of the venue's is an event.
    fn send(&mut self, request: &Departing, now: Nanos, feed: Nanos) -> Result<()>;

    /// When the venue next does or tells something by itself; [`NEVER`](haggle_model::time::NEVER) where it does not know, or nothing will.
    fn next_time(&self) -> Nanos;

    /// Takes the next bundle of account events that has arrived by `now` into `bundle`, which is emptied before. False: there is none.
    fn drain(&mut self, now: Nanos, bundle: &mut Vec<AccountEvent>) -> Result<bool>;
}
