//! All that comes from outside, one thing at a time.

use super::Live;
use crate::wire::Input;
use haggle_engine::{Event, Halt, HostedStrategy};
use haggle_model::time::Nanos;
use haggle_model::{Error, ExchangeId};

impl<S: HostedStrategy> Live<S> {
    /// Takes an input in, and lets everything happen whose time has come by it. [`Input::Shutdown`] is the caller's: it takes the system away.
    pub fn handle(&mut self, input: &Input) -> Result<(), Halt> {
        match input {
            Input::Row(row) => {
                self.feed([row.clone()])?;
            }
            Input::Note(event) => {
                self.begin_now()?;
                self.process(&Event::Note(event))?;
            }
            Input::Command(command) => drop(self.command(command)?),
            Input::TradingEnabled(is_enabled) => self.set_trading_enabled(*is_enabled)?,
            Input::Reconnecting { exchange, is_account } => self.reconnecting(*exchange, *is_account)?,
            Input::Shutdown => return Err(Error::bug("a system does not shut itself down").into()),
        }
        self.catch_up()
    }

    /// Rows whose time has come already are handled; before the start there are none.
    pub fn catch_up(&mut self) -> Result<(), Halt> {
        if self.now == Nanos::MIN { Ok(()) } else { self.advance_to(self.now) }
    }

    fn reconnecting(&mut self, exchange: ExchangeId, is_account: bool) -> Result<(), Halt> {
        self.begin_now()?;
        if !is_account {
            self.rows.break_off(&mut self.machine, exchange, self.now)?;
        }
        self.process(&Event::Reconnecting { exchange, is_account })
    }

    pub(super) fn begin_now(&mut self) -> Result<(), Halt> {
        self.begin(self.now)?;
        let engine = &mut self.machine.session.engine;
        engine.now = engine.now.max(self.now);
        Ok(())
    }
}
