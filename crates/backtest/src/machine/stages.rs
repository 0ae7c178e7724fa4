//! What happens in each stage of an instant, and how messages get on their way.

use super::{Machine, ROUNDS_MAX};
use crate::account_view::{AccountView, Simulated};
use crate::audit::AuditEvent;
use haggle_engine::{Context, Halt, Strategy};
use haggle_model::time::Nanos;
use haggle_model::{Code, Error, InstrumentId, OrderEventKind, Request, Result};
use std::cmp::Reverse;

impl<S: Strategy> Machine<S> {
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
            let first = self.links.iter().enumerate().filter_map(|(at, link)| link.arrived(now).map(|sequence| (sequence, at))).min();
            let Some((_, at)) = first else { return Ok(()) };
            if let Some(sent) = self.links[at].receive() {
                self.exchanges[at].handle(sent.market, &sent.request, now)?;
                self.watch(at, now)?;
                self.collect(at, now)?;
            }
        }
    }

    /// Stage 4: account events that have arrived, in the order emitted, a bundle at a time.
    pub(super) fn deliver_events(&mut self, now: Nanos) -> Result<(), Halt> {
        loop {
            let first = self.links.iter().enumerate().filter_map(|(at, link)| link.event_arrived(now).map(|sequence| (sequence, at))).min();
            let Some((_, at)) = first else { return Ok(()) };
            let mut bundle = std::mem::take(&mut self.bundle);
            self.links[at].take_bundle(&mut bundle);
            self.engine.now = now;
            let before = self.audit.before(&self.engine, &self.recorder, &bundle);
            self.engine.apply(&bundle)?;
            let instrument = bundle.first().map_or(InstrumentId(0), |event| event.instrument);
            let mut ctx = Context { engine: &mut self.engine, instrument };
            self.strategy.on_account(&mut ctx, &bundle)?;
            self.audit.note_account(&self.engine, &self.recorder, &bundle, before);
            self.bundle = bundle;
            self.post()?;
        }
    }

    /// Stage 5: timers, by creation. They no longer fire once the data has ended. One that a timer sets for this instant
    /// waits for the next round, so that the rounds are counted. `next_row`: when the next row arrives.
    pub(super) fn fire_timers(&mut self, now: Nanos, next_row: Nanos) -> Result<(), Halt> {
        let created = self.timer_count;
        while let Some(Reverse((_, _, tag))) =
            self.timers.peek().copied().filter(|Reverse((time, count, _))| *time <= now && *count < created)
        {
            self.timers.pop();
            if self.has_ended {
                continue;
            }
            self.engine.now = now;
            if !self.engine.fire(tag, next_row) {
                let mut ctx = Context { engine: &mut self.engine, instrument: InstrumentId(0) };
                self.strategy.on_timer(&mut ctx, tag)?;
            }
            self.audit.note(&self.engine, || AuditEvent::Timer(tag));
            self.post()?;
        }
        Ok(())
    }

    /// Sends what the strategy asked for during the last call. What risk refused or cut it is told at once, an order at a time, and
    /// what it asks for then leaves, too.
    pub fn post(&mut self) -> Result<(), Halt> {
        self.send()?;
        if self.engine.news.is_empty() { Ok(()) } else { self.tell() }
    }

    #[cold]
    fn tell(&mut self) -> Result<(), Halt> {
        for _ in 0..ROUNDS_MAX {
            let Some(event) = self.engine.news.pop_front() else { return Ok(()) };
            let mut ctx = Context { engine: &mut self.engine, instrument: event.instrument };
            self.strategy.on_account(&mut ctx, std::slice::from_ref(&event))?;
            self.audit.note_risk(&self.engine, &self.recorder, &event);
            self.send()?;
        }
        Err(Error::new(Code::Livelock, format!("{ROUNDS_MAX} orders one after the other were refused or cut by risk limits"))
            .hint("an order that is refused is told to the strategy, which must not answer with the same order again")
            .into())
    }

    fn send(&mut self) -> Result<()> {
        let now = self.engine.now;
        for request in self.engine.unasked.drain(..) {
            self.strategy.on_sent(&request);
        }
        let mut refused = self.engine.take_refused().into_iter().peekable();
        let mut requests = std::mem::take(&mut self.engine.outbox);
        for request in requests.drain(..) {
            // Orders are recorded in the order of their numbers.
            if let Request::Open(open) = &request {
                while let Some(order) = refused.next_if(|order| order.number < open.order) {
                    self.recorder.refused(&order, now);
                }
            }
            self.recorder.sent(&request, now);
            let instrument = match &request {
                Request::Open(open) => open.instrument,
                Request::Cancel(number) | Request::Amend { order: number, .. } => self.recorder.orders[number.index()].instrument,
            };
            let place = self.venue.places[instrument.index()];
            let is_free = self.is_free[instrument.index()];
            self.links[place.exchange].send(request, place.market, self.request_count, now, self.feed_latency, is_free)?;
            self.request_count += 1;
        }
        self.engine.outbox = requests;
        for order in refused {
            self.recorder.refused(&order, now);
        }
        for timer in self.engine.timers.drain(..) {
            self.timers.push(Reverse((timer.time, self.timer_count, timer.tag)));
            self.timer_count += 1;
        }
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
        let venue = &*self.venue;
        let account = Simulated { venue, exchanges: &self.exchanges };
        let mut traded = None;
        for event in &mut events {
            let mark = account.mark_f64(event.instrument);
            let spec = &venue.market_specs[event.instrument.index()];
            self.recorder.event(event, at as u16, spec, mark)?;
            if matches!(event.kind, OrderEventKind::Filled(_)) {
                traded = Some(event.instrument);
            }
        }
        // One sample for the whole action, which trades one instrument: between its events the books are ahead of the record.
        if let Some(instrument) = traded {
            self.has_traded = true;
            self.sampler.fill(now, venue, &account, &self.recorder.realised, instrument)?;
        }
        self.links[at].answer(events.drain(..), now, self.feed_latency)?;
        self.scratch = events;
        self.find_next();
        Ok(())
    }
}
