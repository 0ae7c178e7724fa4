//! A simulated venue as the host of a session sees it: the connection to an exchange that the host moves.

use haggle_engine::{Departing, Venue};
use haggle_exchange::{InFlight, Legs, Link};
use haggle_model::time::Nanos;
use haggle_model::{AccountEvent, InstrumentId, Result};

/// The way to one exchange and back. The exchange itself takes market rows and requests when the stages of an instant come to them.
#[derive(Clone, Debug)]
pub struct SimulatedVenue {
    link: Link,
    /// By instrument: the place of its market at the exchange.
    markets: Vec<usize>,
    /// By instrument: whether its requests take no time, as on bars longer than the latency.
    is_free: Vec<bool>,
}

impl SimulatedVenue {
    /// A connection that nothing was sent over; `markets`: by instrument of the run, the place of its market at the exchange.
    pub fn new(legs: Legs, markets: Vec<usize>) -> Self {
        Self { link: Link::new(legs), is_free: vec![false; markets.len()], markets }
    }

    /// Whether requests of an instrument take no time.
    pub fn set_free(&mut self, instrument: InstrumentId, is_free: bool) {
        self.is_free[instrument.index()] = is_free;
    }

    /// The longest that a request can take.
    pub fn request_max(&self) -> Nanos {
        self.link.legs().request_max()
    }

    /// The shortest.
    pub fn request_min(&self) -> Nanos {
        if self.is_free.contains(&true) { 0 } else { self.link.legs().request_min() }
    }

    /// Whether nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.link.is_idle()
    }

    /// Place among all requests of the next one, if it has arrived at the exchange.
    pub fn arrived(&self, now: Nanos) -> Option<u64> {
        self.link.arrived(now)
    }

    /// Takes the next request, at the exchange.
    pub fn receive(&mut self) -> Option<InFlight> {
        self.link.receive()
    }

    /// Place in the run's sequence of the next event, if it has arrived at the engine.
    pub fn event_arrived(&self, now: Nanos) -> Option<u64> {
        self.link.event_arrived(now)
    }

    /// Sends what the exchange did on its way to the engine. `feed`: the latency of the last market row that had arrived.
    pub fn answer(&mut self, events: impl Iterator<Item = AccountEvent>, now: Nanos, feed: Nanos) -> Result<()> {
        self.link.answer(events, now, feed)
    }
}

impl Venue for SimulatedVenue {
    fn send(&mut self, request: &Departing, now: Nanos, feed: Nanos) -> Result<()> {
        let at = request.instrument.index();
        self.link.send(request.request, self.markets[at], request.sequence, now, feed, self.is_free[at])
    }

    fn next_time(&self) -> Nanos {
        self.link.next_request().min(self.link.next_event())
    }

    fn drain(&mut self, now: Nanos, bundle: &mut Vec<AccountEvent>) -> Result<bool> {
        bundle.clear();
        let has_arrived = self.link.event_arrived(now).is_some();
        if has_arrived {
            self.link.take_bundle(bundle);
        }
        Ok(has_arrived)
    }
}
