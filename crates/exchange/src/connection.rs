//! The connection between an account's client and its exchange: each direction is first in, first out. Back-tests, live systems and the
//! mock client share it, so that the same latency gives the same arrivals.

use crate::latency::Legs;
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{AccountEvent, Error, Request, Result};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// A request under way.
#[derive(Clone, Copy, Debug)]
pub struct InFlight {
    /// When it arrives.
    pub arrival: Nanos,
    /// Place among all requests of the run.
    pub sequence: u64,
    /// Place of its market at the exchange.
    pub market: usize,
    /// What it asks.
    pub request: Request,
}

/// When messages arrive. In each direction none overtakes another: arrival = max(sent + latency, arrival before).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Connection {
    /// How long messages travel.
    pub legs: Legs,
    last_request: Nanos,
    last_answer: Nanos,
}

impl Connection {
    /// A connection that nothing was sent over.
    pub const fn new(legs: Legs) -> Self {
        Self { legs, last_request: Nanos::MIN, last_answer: Nanos::MIN }
    }

    /// When a request that is sent `now` arrives. `feed`: the latency of the last market row that had arrived. `is_free`: it takes no time
    /// of its own.
    pub fn request(&mut self, request: &Request, now: Nanos, feed: Nanos, is_free: bool) -> Result<Nanos> {
        let travel = if is_free { 0 } else { self.legs.request(request, feed)? };
        self.last_request = arrival(now, travel)?.max(self.last_request);
        Ok(self.last_request)
    }

    /// When a bundle of events, which travels as one, arrives.
    pub fn answer(&mut self, now: Nanos, feed: Nanos) -> Result<Nanos> {
        self.last_answer = arrival(now, self.legs.response(feed)?)?.max(self.last_answer);
        Ok(self.last_answer)
    }
}

/// A connection and what is under way on it.
#[derive(Clone, Debug)]
pub struct Link {
    connection: Connection,
    requests: VecDeque<InFlight>,
    events: VecDeque<(Nanos, AccountEvent)>,
}

impl Link {
    /// A connection with nothing under way.
    pub const fn new(legs: Legs) -> Self {
        Self { connection: Connection::new(legs), requests: VecDeque::new(), events: VecDeque::new() }
    }

    /// How long messages travel.
    pub const fn legs(&self) -> &Legs {
        &self.connection.legs
    }

    /// Sends a request at `now`; none overtakes another. `is_free`: it takes no time of its own.
    pub fn send(&mut self, request: Request, market: usize, sequence: u64, now: Nanos, feed: Nanos, is_free: bool) -> Result<()> {
        let arrival = self.connection.request(&request, now, feed, is_free)?;
        self.requests.push_back(InFlight { arrival, sequence, market, request });
        Ok(())
    }

    /// Sends the events of the exchange on their way back; a bundle travels as one.
    pub fn answer(&mut self, events: impl Iterator<Item = AccountEvent>, now: Nanos, feed: Nanos) -> Result<()> {
        let mut arrival = None;
        for event in events {
            let at = if let Some(at) = arrival { at } else { self.connection.answer(now, feed)? };
            arrival = Some(at).filter(|_| !event.ends_bundle());
            self.events.push_back((at, event));
        }
        Ok(())
    }

    /// Whether nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.requests.is_empty() && self.events.is_empty()
    }

    /// When the next request arrives at the exchange.
    pub fn next_request(&self) -> Nanos {
        self.requests.front().map_or(NEVER, |sent| sent.arrival)
    }

    /// The next request and its place among all, if it has arrived.
    pub fn arrived(&self, now: Nanos) -> Option<u64> {
        self.requests.front().filter(|sent| sent.arrival <= now).map(|sent| sent.sequence)
    }

    /// Takes the next request.
    pub fn receive(&mut self) -> Option<InFlight> {
        self.requests.pop_front()
    }

    /// When the next event arrives at the engine.
    pub fn next_event(&self) -> Nanos {
        self.events.front().map_or(NEVER, |(arrival, _)| *arrival)
    }

    /// Place in the run's sequence of the next event, if it has arrived.
    pub fn event_arrived(&self, now: Nanos) -> Option<u64> {
        self.events.front().filter(|(arrival, _)| *arrival <= now).map(|(_, event)| event.sequence())
    }

    /// Takes the next bundle into `bundle`.
    pub fn take_bundle(&mut self, bundle: &mut Vec<AccountEvent>) {
        bundle.clear();
        while let Some((_, event)) = self.events.pop_front() {
            let ends = event.ends_bundle();
            bundle.push(event);
            if ends {
                break;
            }
        }
    }
}

fn arrival(now: Nanos, travel: Nanos) -> Result<Nanos> {
    now.checked_add(travel).filter(|time| *time < NEVER).ok_or_else(|| Error::overflow("the arrival time of a message"))
}
