//! What happens in each stage of an instant, and how messages get on their way.

use super::Run;
use crate::equity::market_of;
use crate::prepare::Prepared;
use haggle_engine::{Context, Halt, Strategy};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{InstrumentId, OrderEventKind, Request, Result};
use std::cmp::Reverse;

impl<S: Strategy> Run<S> {
    /// Stage 3: requests that have arrived, in the order sent.
    pub(super) fn handle_requests(&mut self, prepared: &Prepared, now: Nanos) -> Result<()> {
        loop {
            let first = self.links.iter().enumerate().filter_map(|(at, link)| link.arrived(now).map(|sequence| (sequence, at))).min();
            let Some((_, at)) = first else { return Ok(()) };
            if let Some(sent) = self.links[at].receive() {
                self.exchanges[at].handle(sent.market, &sent.request, now)?;
                self.watch(at, now)?;
                self.collect(prepared, at, now)?;
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
            self.engine.apply(&bundle)?;
            let instrument = bundle.first().map_or(InstrumentId(0), |event| event.instrument);
            let mut ctx = Context { engine: &mut self.engine, instrument };
            self.strategy.on_account(&mut ctx, &bundle)?;
            self.bundle = bundle;
            self.post()?;
        }
    }

    /// Stage 5: timers, by creation. They no longer fire once the data has ended. One that a timer sets for this instant
    /// waits for the next round, so that the rounds are counted.
    pub(super) fn fire_timers(&mut self, now: Nanos) -> Result<(), Halt> {
        let created = self.timer_count;
        while let Some(Reverse((_, _, tag))) =
            self.timers.peek().copied().filter(|Reverse((time, count, _))| *time <= now && *count < created)
        {
            self.timers.pop();
            if self.at_engine.time == NEVER {
                continue;
            }
            self.engine.now = now;
            let mut ctx = Context { engine: &mut self.engine, instrument: InstrumentId(0) };
            self.strategy.on_timer(&mut ctx, tag)?;
            self.post()?;
        }
        Ok(())
    }

    /// Sends what the strategy asked for during the last call.
    pub(super) fn post(&mut self) -> Result<()> {
        let now = self.engine.now;
        for order in std::mem::take(&mut self.engine.refused) {
            self.recorder.refused(&order, now);
        }
        let mut requests = std::mem::take(&mut self.engine.outbox);
        for request in requests.drain(..) {
            self.recorder.sent(&request, now);
            let instrument = match &request {
                Request::Open(open) => open.instrument,
                Request::Cancel(number) | Request::Amend { order: number, .. } => self.recorder.orders[number.index()].instrument,
            };
            let place = self.prepared.places[instrument.index()];
            self.links[place.exchange].send(
                request,
                place.market,
                self.request_count,
                now,
                self.feed_latency,
                self.is_free[instrument.index()],
            )?;
            self.request_count += 1;
        }
        self.engine.outbox = requests;
        for timer in self.engine.timers.drain(..) {
            self.timers.push(Reverse((timer.time, self.timer_count, timer.tag)));
            self.timer_count += 1;
        }
        Ok(())
    }

    /// Takes what an exchange did: numbered, hashed, recorded, and sent on its way to the engine.
    pub(super) fn collect(&mut self, prepared: &Prepared, at: usize, now: Nanos) -> Result<()> {
        if !self.exchanges[at].has_events() {
            return Ok(());
        }
        self.clock = self.clock.max(now);
        self.exchanges[at].take_events(&mut self.scratch);
        let mut events = std::mem::take(&mut self.scratch);
        let mut traded = None;
        for event in &mut events {
            let market = market_of(prepared, &self.exchanges, event.instrument);
            let mark = (market.mark_twice != 0).then(|| market.mark_f64());
            let spec = &prepared.market_specs[event.instrument.index()];
            self.recorder.event(event, at as u16, spec, mark)?;
            if matches!(event.kind, OrderEventKind::Filled(_)) {
                traded = Some(event.instrument);
            }
        }
        // One sample for the whole action, which trades one instrument: between its events the books are ahead of the record.
        if let Some(instrument) = traded {
            self.safe_until = Nanos::MIN;
            self.sampler.fill(now, prepared, &self.exchanges, &self.recorder.realised, instrument)?;
        }
        self.links[at].answer(events.drain(..), now, self.feed_latency)?;
        self.scratch = events;
        self.find_next();
        Ok(())
    }
}
