//! Market rows on their way: at the exchange, at the engine, and the opens of bars. Nearly all of a run is spent here.

use super::apply::{apply, open_bar};
use super::reading::Reading;
use crate::clock::Cursor;
use crate::machine::{Machine, Rows};
use haggle_engine::{Halt, HostedStrategy};
use haggle_exchange::Exchange;
use haggle_model::Result;
use haggle_model::time::{NEVER, Nanos};

#[allow(clippy::inline_always, reason = "once a row each: calls, and registers saved around them, were a third of a run")]
impl<S: HostedStrategy> Rows<S> for Reading<'_> {
    #[inline(always)]
    fn next_at_exchange(&self) -> Nanos {
        self.reader.at_exchange.time
    }

    #[inline(always)]
    fn next_at_engine(&self) -> Nanos {
        self.reader.at_engine.time
    }

    #[inline(always)]
    fn next_open(&self) -> Nanos {
        self.reader.opens.time
    }

    #[inline(always)]
    fn apply_row(&mut self, machine: &mut Machine<S>) -> Result<()> {
        let (now, at) = (self.reader.at_exchange.time, self.reader.at_exchange.place);
        let place = if std::mem::take(&mut self.reader.is_applied) {
            &self.prepared.routes[usize::from(self.store.rows[at].instrument)]
        } else {
            apply(&mut machine.exchanges, self.prepared, self.store, at, now)?
        };
        if now > machine.sampler.due {
            machine.sampler.row(now);
            machine.next_other = machine.next_other.min(machine.sampler.next);
        }
        self.reader.at_exchange.step();
        self.reader.at_exchange.read_exchange(self.store);
        if machine.applied(place, now, true)? {
            self.end();
        }
        Ok(())
    }

    #[inline(always)]
    fn deliver_row(&mut self, machine: &mut Machine<S>) -> Result<(), Halt> {
        let cursor = self.reader.at_engine;
        self.deliver(machine, &cursor)?;
        self.reader.at_engine.step();
        self.reader.at_engine.read_arrival(self.store);
        machine.delivered(machine.session.has_asked(), self.reader.at_engine.time == NEVER)
    }

    fn apply_opens(&mut self, machine: &mut Machine<S>, now: Nanos) -> Result<()> {
        // All opens of the instant are there before an order meets one, and before equity is looked at.
        let mut opened = self.reader.opens;
        while self.reader.opens.time <= now {
            open_bar(&mut machine.exchanges, self.prepared, self.store, self.reader.opens.place, self.reader.opens.time)?;
            self.reader.opens.step();
            self.reader.opens.read_open(self.store);
        }
        machine.meet_opens(now)?;
        while opened.time <= now {
            let place = &self.prepared.routes[usize::from(self.prepared.bar_instruments[opened.place])];
            opened.step();
            opened.read_open(self.store);
            if machine.applied(place, now, false)? {
                self.end();
            }
        }
        Ok(())
    }

    fn stop(&mut self) {
        self.end();
    }
}

#[allow(clippy::inline_always, reason = "as above")]
impl Reading<'_> {
    /// Lets the engine go ahead of exchanges that have nothing to do: as long as no market there waits for an own order, a row
    /// means a new mark and no more, and nothing looks at marks before the next thing that is not a row. The engine is told of
    /// rows up to that time, or until the strategy asks for something; then the exchanges follow. Both go through their rows by
    /// themselves, which is twice as fast as by turns, and gives the same results. Returns how many rows were delivered.
    pub(super) fn run_ahead<S: HostedStrategy>(&mut self, machine: &mut Machine<S>, steps: u64) -> Result<u64, Halt> {
        // A row after `due` has to tell the sampler.
        let mut horizon = machine.next_other.min(machine.sampler.due.saturating_add(1));
        if machine.exchanges.iter().any(Exchange::is_exposed) {
            horizon = horizon.min(self.safe_until(machine, horizon));
        }
        let mut cursor = self.reader.at_engine;
        let mut left = steps - self.skip(machine, &mut cursor, steps, horizon);
        let has_asked = self.deliver_until(machine, &mut cursor, horizon, &mut left)?;
        self.reader.at_engine = cursor;
        self.reader.is_behind |= left < steps;
        if self.reader.is_behind && !machine.session.strategy.is_waiting() {
            self.delivered(machine, has_asked)?;
        }
        Ok(steps - left)
    }

    /// After rows at the engine: the exchanges follow where they are behind, and what the strategy asked for gets on its way.
    #[inline]
    fn delivered<S: HostedStrategy>(&mut self, machine: &mut Machine<S>, has_asked: bool) -> Result<(), Halt> {
        if std::mem::take(&mut self.reader.is_behind) {
            self.follow(machine, machine.session.engine.now)?;
        }
        machine.delivered(has_asked, self.reader.at_engine.time == NEVER)
    }

    /// Goes on after a call that the strategy left open.
    #[inline]
    pub(super) fn take_answer<S: HostedStrategy>(&mut self, machine: &mut Machine<S>) -> Result<(), Halt> {
        machine.session.answer()?;
        let has_asked = machine.session.has_asked();
        if has_asked || self.reader.at_engine.time == NEVER {
            self.delivered(machine, has_asked)?;
            self.resume(machine)?;
        }
        Ok(())
    }

    /// Lets the exchanges go ahead of the engine while own orders work there, by what a request needs at least: all that the
    /// strategy does next arrives after that. A row that does something to the account is left to its turn. Then the engine comes
    /// after. Both go through their rows by themselves, as above. Returns how many rows there were.
    #[inline(never)]
    pub(super) fn go_ahead_at_exchanges<S: HostedStrategy>(&mut self, machine: &mut Machine<S>, steps: u64) -> Result<u64, Halt> {
        let horizon = machine.next_other.min(machine.sampler.due.min(self.reader.opens.time).saturating_add(1));
        let reach = self.reader.at_engine.time.saturating_add(self.reader.request_min).saturating_add(1);
        let mut left = steps;
        if !self.reader.is_applied {
            let mut cursor = self.reader.at_exchange;
            while cursor.time < horizon.min(reach) && left > 0 {
                let place = apply(&mut machine.exchanges, self.prepared, self.store, cursor.place, cursor.time)?;
                left -= 1;
                let exchange = &machine.exchanges[place.exchange];
                if exchange.has_events() || exchange.is_at_risk(place.market) {
                    self.reader.is_applied = true;
                    break;
                }
                cursor.step();
                cursor.read_exchange(self.store);
            }
            self.reader.at_exchange = cursor;
        }
        let mut cursor = self.reader.at_engine;
        let has_asked = self.deliver_until(machine, &mut cursor, horizon.min(self.reader.at_exchange.time), &mut left)?;
        self.reader.at_engine = cursor;
        if !machine.session.strategy.is_waiting() {
            self.delivered(machine, has_asked)?;
        }
        Ok(steps - left)
    }

    /// Tells the engine of rows before `until`, `left` of them at most, up to one at which the strategy asks for something, or waits.
    #[inline(always)]
    fn deliver_until<S: HostedStrategy>(
        &self,
        machine: &mut Machine<S>,
        cursor: &mut Cursor,
        until: Nanos,
        left: &mut u64,
    ) -> Result<bool, Halt> {
        let mut has_asked = false;
        machine.session.strategy.may_wait(true);
        while cursor.time < until && *left > 0 && !has_asked && !machine.session.strategy.is_waiting() {
            self.deliver(machine, cursor)?;
            has_asked = machine.session.has_asked();
            cursor.step();
            cursor.read_arrival(self.store);
            *left -= 1;
        }
        machine.session.strategy.may_wait(false);
        Ok(has_asked)
    }

    /// After rows at the engine: goes on with an instant at which the strategy sent something without latency. Other rows of that
    /// instant still come before it.
    #[inline]
    pub(super) fn resume<S: HostedStrategy>(&mut self, machine: &mut Machine<S>) -> Result<(), Halt> {
        let now = machine.session.engine.now;
        if machine.next_other <= now { machine.instant(self, now, true) } else { Ok(()) }
    }

    /// Whether there are no more rows.
    pub(super) fn is_at_end(&self) -> bool {
        self.reader.at_exchange.time == NEVER && self.reader.at_engine.time == NEVER && self.reader.opens.time == NEVER
    }

    /// From now on there are no more rows.
    #[cold]
    fn end(&mut self) {
        self.reader.at_exchange.time = NEVER;
        self.reader.at_engine.time = NEVER;
        self.reader.opens.time = NEVER;
    }

    /// Tells the engine of a row, and the strategy if it wants to know.
    #[inline(always)]
    fn deliver<S: HostedStrategy>(&self, machine: &mut Machine<S>, cursor: &Cursor) -> Result<(), Halt> {
        let (prepared, store) = (self.prepared, self.store);
        let row = &store.rows[cursor.place];
        let place = &prepared.routes[usize::from(row.instrument)];
        let exchange_time = row.time + cursor.offset;
        machine.see(cursor.time, exchange_time, place.instrument, &store.event_of(cursor.place, row, exchange_time))
    }
}
