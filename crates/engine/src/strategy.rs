//! What a strategy is: synchronous callbacks over a context.

use crate::context::Context;
use crate::engine::Engine;
use haggle_model::{AccountEvent, Bar, Error, InstrumentId, Request, Trade};

/// Why a strategy stopped a run.
#[derive(Debug)]
pub enum Halt {
    /// An error of ours.
    Error(Error),
    /// The strategy threw a value of its own, which its host keeps and hands to the caller as it is.
    Thrown,
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// Which market events a strategy wants: the engine's view is kept up in any case, only the call is saved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interest {
    /// `on_trade`.
    pub trades: bool,
    /// `on_book`.
    pub books: bool,
    /// `on_bar`.
    pub bars: bool,
}

/// A trading strategy. Every hook reads the state through its context and may send requests through it; none can see
/// ahead. What a hook does not need, it leaves out.
pub trait Strategy {
    /// Which market events to call for; asked once, before the start.
    fn interest(&self) -> Interest;

    /// Before the first event.
    fn on_start(&mut self, _ctx: &mut Context<'_>) -> Result<(), Halt> {
        Ok(())
    }

    /// A trade in the market.
    fn on_trade(&mut self, _ctx: &mut Context<'_>, _trade: &Trade) -> Result<(), Halt> {
        Ok(())
    }

    /// A new best quote, or a message of a book, once it was applied as a whole; it stands in the context.
    fn on_book(&mut self, _ctx: &mut Context<'_>) -> Result<(), Halt> {
        Ok(())
    }

    /// A bar has closed.
    fn on_bar(&mut self, _ctx: &mut Context<'_>, _bar: &Bar) -> Result<(), Halt> {
        Ok(())
    }

    /// One action of a venue, already applied to orders, positions and balances as a whole.
    fn on_account(&mut self, _ctx: &mut Context<'_>, _bundle: &[AccountEvent]) -> Result<(), Halt> {
        Ok(())
    }

    /// A timer that the strategy set.
    fn on_timer(&mut self, _ctx: &mut Context<'_>, _tag: u32) -> Result<(), Halt> {
        Ok(())
    }

    /// After the last event; requests are refused by now.
    fn on_stop(&mut self, _ctx: &mut Context<'_>) -> Result<(), Halt> {
        Ok(())
    }
}

/// What those who run a strategy arrange with it, beside its hooks: rows that it needs no call for, calls that it leaves open, requests that
/// it did not send itself. A strategy that arranges nothing has an empty implementation.
pub trait HostedStrategy: Strategy {
    /// Which of the hooks for market rows a person wrote, who should hear if one is never called.
    fn hooks(&self) -> Interest {
        Interest::default()
    }

    /// How many of the next bars it needs no call for, of whichever instruments they are. A host that lets them go by says so to
    /// [`HostedStrategy::skipped`].
    fn idle_rows(&self) -> u64 {
        0
    }

    /// So many bars of an instrument went by without a call.
    fn skipped(&mut self, _instrument: InstrumentId, _bars: u64) {}

    /// Says whether a call for a market row may be left open from now on, for a host that lets its caller answer.
    fn may_wait(&mut self, _may: bool) {}

    /// Whether a call was left open: nothing goes on before [`HostedStrategy::answered`].
    fn is_waiting(&self) -> bool {
        false
    }

    /// The call that was left open is over; what was decided in it is asked for now.
    fn answered(&mut self, _ctx: &mut Context<'_>) -> Result<(), Halt> {
        Ok(())
    }

    /// An order or a cancel left that the strategy did not send itself: of a command, or of the drawdown switch. Told before any event of
    /// it.
    fn on_sent(&mut self, _engine: &Engine, _request: &Request) {}
}

/// The strategy that does nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Idle;

impl Strategy for Idle {
    fn interest(&self) -> Interest {
        Interest::default()
    }
}

impl HostedStrategy for Idle {}
