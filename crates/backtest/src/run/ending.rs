//! How a run ends: with its data, or with an account whose equity is used up.

use super::Run;
use crate::outcome::Outcome;
use crate::summary::Warning;
use haggle_engine::{Context, Halt, Strategy};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{InstrumentId, OrderNumber, ReasonCode, Result};
use std::sync::Arc;

impl<S: Strategy> Run<S> {
    /// Closes an account whose equity is used up, and trades its positions away.
    pub(super) fn watch(&mut self, at: usize, now: Nanos) -> Result<()> {
        if !self.exchanges[at].watch_equity(now)? {
            return Ok(());
        }
        let name = &self.prepared.constant.system.exchanges[at].name;
        self.warnings.push(Warning {
            code: "ACCOUNT_CLOSED",
            message: format!("the equity at '{name}' was used up: its positions were closed and the run ended"),
        });
        self.engine.refuses = Some(ReasonCode::AccountClosed);
        self.close_positions(Some(at), now)?;
        // Nothing is left to decide: the run ends with what is under way.
        self.at_exchange.time = NEVER;
        self.at_engine.time = NEVER;
        self.opens.time = NEVER;
        self.sampler.stop(now);
        self.find_next();
        Ok(())
    }

    pub(super) fn close_positions(&mut self, only: Option<usize>, now: Nanos) -> Result<()> {
        let prepared = Arc::clone(&self.prepared);
        for place in prepared.places.iter().filter(|place| only.is_none_or(|at| at == place.exchange)) {
            let number = OrderNumber(self.engine.order_count());
            if self.exchanges[place.exchange].close_position(place.market, number, now)? {
                self.engine.reserve_number();
                self.recorder.closing(number, place.instrument, now);
                self.collect(&prepared, place.exchange, now)?;
            }
        }
        Ok(())
    }

    /// Ends the run: `onStop`, then open orders expire, and positions are marked, or closed where that was asked for.
    pub fn finish(mut self) -> Result<(Outcome, S), Halt> {
        let prepared = Arc::clone(&self.prepared);
        let mut now = self.engine.now.max(self.clock);
        if self.at_exchange.time == NEVER {
            now = now.max(self.sampler.last_row());
        }
        self.engine.refuses.get_or_insert(ReasonCode::RunEnded);
        let mut ctx = Context { engine: &mut self.engine, instrument: InstrumentId(0) };
        self.strategy.on_stop(&mut ctx)?;
        self.post()?;
        for at in 0..self.exchanges.len() {
            self.exchanges[at].expire_all(now, ReasonCode::RunEnded)?;
            self.collect(&prepared, at, now)?;
        }
        if prepared.constant.close_at_end {
            self.close_positions(None, now)?;
        }
        self.sampler.finish(now, &prepared, &self.exchanges, &self.recorder.realised)?;
        for exchange in &self.exchanges {
            exchange.check()?;
        }
        let mut warnings = prepared.warnings.clone();
        warnings.append(&mut self.warnings);
        let outcome = crate::summary::report(
            &prepared,
            &self.dynamic,
            &self.exchanges,
            self.recorder,
            &self.sampler,
            warnings,
            self.at_engine.rows(prepared.store.rows.len()),
            now,
        )?;
        Ok((outcome, self.strategy))
    }
}
