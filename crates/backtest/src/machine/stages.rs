//! What happens in each stage of an instant, and how messages get on their way.

use super::Machine;
use crate::account_view::{AccountView, Simulated};
use haggle_engine::{Event, Halt, HostedStrategy, Outgoing, Venue as _};
use haggle_model::time::Nanos;
use haggle_model::{AccountEvent, OrderEventKind, Result};

impl<S: HostedStrategy> Machine<S> {
    /// Stage 2: times in force that end.
    pub(super) fn expire(&mut self, now: Nanos) -> Result<()> {
        for at in 0..self.exchanges.len() {
            if self.exchanges[at].next_expiry() <= now {
                self.exchanges[at].expire(now)?;
                self.collect(at, now)?;
            }
        }
        Ok(())
    }

    /// Stage 3: requests that have arrived, in the order sent.
    pub(super) fn handle_requests(&mut self, now: Nanos) -> Result<()> {
        loop {
            let first = self.venues.iter().enumerate().filter_map(|(at, venue)| venue.arrived(now).map(|sequence| (sequence, at))).min();
            let Some((_, at)) = first else { return Ok(()) };
            if let Some(sent) = self.venues[at].receive() {
                self.exchanges[at].handle(sent.market, &sent.request, now)?;
                self.watch(at, now)?;
                self.collect(at, now)?;
            }
        }
    }

    /// Stage 4: account events that have arrived, in the order emitted, a bundle at a time.
    pub(super) fn deliver_events(&mut self, now: Nanos) -> Result<(), Halt> {
        loop {
            let first =
                self.venues.iter().enumerate().filter_map(|(at, venue)| venue.event_arrived(now).map(|sequence| (sequence, at))).min();
            let Some((_, at)) = first else { return Ok(()) };
            let mut bundle = std::mem::take(&mut self.bundle);
            self.venues[at].drain(now, &mut bundle)?;
            self.session.process(now, &Event::Account(&bundle))?;
            self.bundle = bundle;
            self.post()?;
        }
    }

    /// After an event at the engine: what stands ready leaves, and is recorded.
    #[inline]
    pub fn post(&mut self) -> Result<()> {
        if self.session.has_outgoing() {
            self.send()?;
        }
        // After what left was recorded: a tick may speak of an order that was refused.
        for tick in self.session.take_ticks() {
            if let Some(watcher) = &mut self.watcher {
                watcher.watch(tick, &self.recorder);
            }
        }
        Ok(())
    }

    fn send(&mut self) -> Result<()> {
        let now = self.session.engine.now;
        let mut outgoing = std::mem::take(&mut self.outgoing);
        self.session.take_outgoing(&mut outgoing);
        for item in &outgoing {
            match item {
                Outgoing::Refused(order) => self.recorder.refused(order, now),
                Outgoing::Request(departing) => {
                    self.recorder.sent(&departing.request, now);
                    let place = self.setup.places[departing.instrument.index()];
                    self.venues[place.exchange].send(departing, now, self.feed_latency)?;
                }
            }
        }
        self.outgoing = outgoing;
        Ok(())
    }

    /// Takes what an exchange did: numbered, hashed, recorded, and sent on its way to the engine.
    pub fn collect(&mut self, at: usize, now: Nanos) -> Result<()> {
        if !self.exchanges[at].has_events() {
            return Ok(());
        }
        self.clock = self.clock.max(now);
        self.exchanges[at].take_events(&mut self.scratch);
        let mut events = std::mem::take(&mut self.scratch);
        let setup = &*self.setup;
        let account = Simulated { setup, exchanges: &self.exchanges };
        let mut traded = None;
        for event in &mut events {
            let AccountEvent::Order(event) = event else {
                self.recorder.change(event, at as u16);
                continue;
            };
            let mark = account.mark_f64(event.instrument);
            let spec = &setup.market_specs[event.instrument.index()];
            self.recorder.event(event, at as u16, spec, mark)?;
            if matches!(event.kind, OrderEventKind::Filled(_)) {
                traded = Some(event.instrument);
            }
        }
        // One sample for the whole action, which trades one instrument: between its events the books are ahead of the record.
        if let Some(instrument) = traded {
            self.has_traded = true;
            self.sampler.fill(now, setup, &account, &self.recorder.realised, instrument)?;
        }
        self.venues[at].answer(events.drain(..), now, self.feed_latency)?;
        self.scratch = events;
        self.find_next();
        Ok(())
    }
}
