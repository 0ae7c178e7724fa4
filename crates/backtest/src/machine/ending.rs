//! How a run ends: with its data, or with an account whose equity is used up.

use super::Machine;
use crate::account_view::{AccountView, Simulated};
use crate::outcome::Outcome;
use crate::warning::Warning;
use haggle_engine::{Event, Halt, HostedStrategy};
use haggle_model::time::Nanos;
use haggle_model::{ExchangeId, OrderNumber, ReasonCode, Result};
use std::sync::Arc;

impl<S: HostedStrategy> Machine<S> {
    /// Closes an account whose equity is used up, and trades its positions away.
    pub(super) fn watch(&mut self, at: usize, now: Nanos) -> Result<()> {
        if !self.exchanges[at].watch_equity(now)? {
            return Ok(());
        }
        let name = &self.setup.constant.system.exchanges[at].name;
        self.warnings.push(Warning {
            code: "ACCOUNT_CLOSED",
            message: format!("the equity at '{name}' was used up: its positions were closed and the run ended"),
        });
        self.session.engine.refuses = Some(ReasonCode::AccountClosed);
        self.close_positions(Some(at), now)?;
        // Nothing is left to decide: the run ends with what is under way.
        self.is_closed = true;
        self.session.end_data(ReasonCode::AccountClosed);
        self.sampler.stop(now);
        self.find_next();
        Ok(())
    }

    fn close_positions(&mut self, only: Option<usize>, now: Nanos) -> Result<()> {
        let setup = Arc::clone(&self.setup);
        for place in setup.places.iter().filter(|place| only.is_none_or(|at| at == place.exchange)) {
            let number = OrderNumber(self.session.engine.order_count());
            if self.exchanges[place.exchange].close_position(place.market, number, now)? {
                self.session.engine.reserve_number();
                self.recorder.closing(number, place.instrument, now);
                self.collect(place.exchange, now)?;
            }
        }
        Ok(())
    }

    /// Ends the run, not before `end`: `onStop`, then open orders expire, and positions are marked, or closed where that was asked
    /// for. `rows`: how many the engine was told of.
    pub fn finish(mut self, end: Nanos, rows: u64) -> Result<(Outcome, S), Halt> {
        let now = self.session.engine.now.max(self.clock).max(end);
        self.session.process(self.session.engine.now, &Event::Stop)?;
        self.post()?;
        for at in 0..self.exchanges.len() {
            self.exchanges[at].expire_all(now, ReasonCode::RunEnded)?;
            self.collect(at, now)?;
        }
        if self.setup.constant.close_at_end {
            self.close_positions(None, now)?;
        }
        let account = Simulated { setup: &self.setup, exchanges: &self.exchanges };
        self.sampler.finish(now, &self.setup, &account, &self.recorder.realised)?;
        for exchange in &self.exchanges {
            exchange.check()?;
        }
        let mut warnings = self.setup.warnings.clone();
        warnings.append(&mut self.warnings);
        for (at, about) in (0..).zip(&self.setup.constant.system.exchanges) {
            let crossed = account.crossed(ExchangeId(at));
            let cut = self.exchanges[usize::from(at)].volume_cuts();
            if cut > 0 {
                let message = format!(
                    "'{}': {cut} orders wanted more than the volume of their bar gave them: read the data with volume: 'ignore' to fill them whole",
                    about.name
                );
                warnings.push(Warning { code: "VOLUME_CUT", message });
            }
            if crossed > 0 {
                let message =
                    format!("'{}': {crossed} messages crossed a book, and the older side's crossing levels were removed", about.name);
                warnings.push(Warning { code: "CROSSED_BOOK", message });
            }
        }
        warnings.extend(self.session.engine.risk_warnings().map(|(code, message)| Warning { code, message }));
        let (has, hooks) = (self.setup.rows.clone(), self.session.strategy.hooks());
        let never_called = [
            (hooks.trades && has.as_ref().is_some_and(|has| !has.trades), "onTrade", "no trades"),
            (hooks.books && has.as_ref().is_some_and(|has| !has.books), "onBook", "neither quotes nor books"),
            (hooks.bars && has.as_ref().is_some_and(|has| !has.bars), "onBar", "no candles"),
        ];
        warnings.extend(never_called.into_iter().filter(|(is_so, ..)| *is_so).map(|(_, hook, rows)| Warning {
            code: "HOOK_NOT_CALLED",
            message: format!("the strategy has {hook}, which was never called: the data has {rows}"),
        }));
        let (sampler, recorder) = (&self.sampler, self.recorder);
        let outcome = crate::summary::report(&self.setup, &self.dynamic, &account, recorder, sampler, warnings, rows, now)?;
        Ok((outcome, self.session.strategy))
    }
}
