//! One run over a store: the machine, and three cursors that go through the rows.

mod apply;
mod needed;
mod reading;
mod rows;
mod skim;

use crate::clock::Cursor;
use crate::dynamic::Dynamic;
use crate::machine::{Machine, Rows};
use crate::outcome::Outcome;
use crate::prepare::Prepared;
use haggle_engine::{Engine, Halt, HostedStrategy};
use haggle_exchange::Exchange;
use haggle_model::Result;
use haggle_model::time::{NEVER, Nanos};
use needed::Skimmer;
use reading::{Reader, Reading};
use std::sync::Arc;

/// Whether a run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// There is more to do.
    Running,
    /// The strategy left a call open: its caller answers, and then goes on.
    Waiting,
    /// The last event has been handled; [`Run::finish`] ends it.
    Drained,
}

/// A back-test in progress.
#[derive(Debug)]
pub struct Run<S> {
    prepared: Arc<Prepared>,
    machine: Machine<S>,
    reader: Reader,
    is_started: bool,
}

impl<S: HostedStrategy> Run<S> {
    /// A run before its first event.
    pub fn new(prepared: Arc<Prepared>, dynamic: Dynamic, strategy: S) -> Result<Self> {
        let mut machine = Machine::new(Arc::clone(&prepared.setup), dynamic, strategy)?;
        machine.sampler.falls.follow(&prepared.setup, prepared.track.clone());
        let mut reader = Reader {
            at_exchange: Cursor::new(prepared.tiling),
            at_engine: Cursor::new(prepared.tiling),
            opens: Cursor::new(prepared.tiling),
            is_applied: false,
            is_behind: false,
            request_min: machine.request_min(),
            skimmer: Skimmer::default(),
            safe_until: Nanos::MIN,
            look_ahead: 0,
        };
        reader.at_exchange.read_exchange(&prepared.store);
        reader.at_engine.read_arrival(&prepared.store);
        reader.opens.read_open(&prepared.store);
        Ok(Self { prepared, machine, reader, is_started: false })
    }

    /// Market rows applied so far, of [`Prepared::rows`].
    pub fn rows_applied(&self) -> u64 {
        self.reader.at_exchange.rows(self.prepared.store.rows.len())
    }

    /// The engine's state.
    pub const fn engine(&self) -> &Engine {
        &self.machine.session.engine
    }

    /// The strategy.
    pub const fn strategy_mut(&mut self) -> &mut S {
        &mut self.machine.session.strategy
    }

    /// Handles about `steps` market rows, and all that happens between them.
    pub fn advance(&mut self, mut steps: u64) -> Result<Status, Halt> {
        self.advance_by(&mut steps)
    }

    /// The same with a count of steps that outlives a call that was [left open](Status::Waiting).
    pub fn advance_by(&mut self, left: &mut u64) -> Result<Status, Halt> {
        if !self.is_started {
            self.is_started = true;
            self.machine.start(self.reader.at_exchange.time.min(self.reader.opens.time))?;
        }
        let machine = &mut self.machine;
        let mut reading = Reading { reader: &mut self.reader, prepared: &self.prepared, store: &self.prepared.store };
        if machine.session.strategy.is_waiting() {
            reading.take_answer(machine)?;
        }
        while *left > 0 {
            let is_quiet = machine.exchanges.iter().all(Exchange::is_quiet) && !reading.reader.is_applied;
            let ahead = if is_quiet { reading.run_ahead(machine, *left)? } else { reading.go_ahead_at_exchanges(machine, *left)? };
            if ahead > 0 {
                *left -= ahead;
                if machine.session.strategy.is_waiting() {
                    return Ok(Status::Waiting);
                }
                reading.resume(machine)?;
                continue;
            }
            *left -= 1;
            let (at_exchange, at_engine, open) =
                (reading.reader.at_exchange.time, reading.reader.at_engine.time, reading.reader.opens.time);
            let row = at_exchange.min(at_engine);
            if row < machine.next_other && row <= open {
                if at_exchange <= at_engine {
                    reading.apply_row(machine)?;
                } else {
                    reading.deliver_row(machine)?;
                    reading.resume(machine)?;
                }
            } else if open < machine.next_other {
                reading.apply_opens(machine, open)?;
            } else if machine.next_other == NEVER || reading.is_at_end() && machine.is_idle() {
                return Ok(Status::Drained);
            } else {
                let now = machine.next_other;
                machine.instant(&mut reading, now, false)?;
            }
        }
        Ok(Status::Running)
    }

    /// Ends the run: `onStop`, then open orders expire, and positions are marked, or closed where that was asked for.
    pub fn finish(self) -> Result<(Outcome, S), Halt> {
        let end = if self.reader.at_exchange.time == NEVER { self.machine.sampler.last_row() } else { Nanos::MIN };
        self.machine.finish(end, self.reader.at_engine.rows(self.prepared.store.rows.len()))
    }
}
