//! What the caller of a system holds. Sends return at once; their outcome is in the state and the audit.

use crate::audit::{AuditUpdates, pipe};
use crate::clock::Clock;
use crate::command::Command;
use crate::driver::{Driver, Message};
use crate::ending::{Done, Ending};
use crate::shared::Shared;
use crate::system::Live;
use crate::wire::{Input, Names};
use haggle_backtest::Outcome;
use haggle_data::Store;
use haggle_engine::{HostedStrategy, State};
use haggle_model::time::Nanos;
use haggle_model::{Code, Decimal, Error, MarketRow, Result};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// Starts a system on the runtime.
///
/// Errors: `BUG` where the machine gives no threads.
pub fn start<S: HostedStrategy + Send + 'static>(live: Live<S>, clock: Clock) -> Result<SystemHandle> {
    let shared = Shared::get()?;
    // Without a bound: a send must neither wait nor fail while the system runs.
    let (sender, receiver) = unbounded_channel();
    let is_running = Arc::new(AtomicBool::new(true));
    let names = Arc::clone(live.names());
    let driver = Driver::new(live, clock, receiver, Arc::clone(&is_running));
    let kept = Arc::clone(&shared);
    shared.spawn(async move {
        driver.run().await;
        drop(kept);
    });
    Ok(SystemHandle { sender: Mutex::new(Some(sender)), is_running, clock, names, _shared: shared })
}

/// A running system. Dropping it aborts the system. Every call after the end is the error `CLOSED`.
#[derive(Debug)]
pub struct SystemHandle {
    sender: Mutex<Option<UnboundedSender<Message>>>,
    is_running: Arc<AtomicBool>,
    clock: Clock,
    names: Arc<Names>,
    _shared: Arc<Shared>,
}

impl SystemHandle {
    /// Whether it goes on: false after its end, and after an error of the engine or the strategy.
    pub fn is_running(&self) -> bool {
        self.is_running.load(Ordering::Acquire) && self.sender().is_some()
    }

    /// What its things are called: readers and writers of its JSON need it, also after the end.
    pub const fn names(&self) -> &Arc<Names> {
        &self.names
    }

    /// Sends all that comes from outside, in this order.
    ///
    /// Errors: `BUG` for [`Input::Shutdown`], which is [`SystemHandle::end`] here; then nothing is sent.
    pub fn handle(&self, inputs: Vec<Input>) -> Result<()> {
        if inputs.contains(&Input::Shutdown) {
            return Err(Error::bug("a shutdown among what is sent"));
        }
        self.send(Message::Inputs(inputs))
    }

    /// Feeds market rows, in load order; those of a time that is gone by come now. Rows that no market has are in
    /// [`SystemHandle::take_errors`].
    pub fn feed(&self, rows: Vec<MarketRow>) -> Result<()> {
        self.send(Message::Feed(rows))
    }

    /// Feeds all rows of a store: one that has passed [`Names::check_store`].
    pub fn feed_store(&self, store: Arc<Store>) -> Result<()> {
        self.send(Message::FeedStore(store))
    }

    /// Moves a manual clock.
    ///
    /// Errors: `INVALID_ARGUMENT` for the time of day, which cannot be moved, and for a step back.
    pub fn advance(&self, by: Nanos) -> Result<()> {
        let sender = self.sender().ok_or_else(closed)?;
        if self.clock == Clock::Wall {
            return Err(Error::argument("by", "the time of day moves by itself").hint("start the system with clock: 'manual'"));
        }
        if by < 0 {
            return Err(Error::argument("by", "the clock does not go back"));
        }
        sender.send(Message::Advance(by)).map_err(|_| closed())
    }

    /// Turns trading on or off.
    pub fn set_trading_enabled(&self, is_enabled: bool) -> Result<()> {
        self.send(Message::TradingEnabled(is_enabled))
    }

    /// Sends a command.
    pub fn command(&self, command: Command) -> Result<()> {
        self.send(Message::Command(command))
    }

    /// What the engine knows once everything that was sent before has been handled.
    pub fn state(&self) -> Result<State> {
        let (reply, state) = mpsc::channel();
        self.send(Message::State(reply))?;
        state.recv().map_err(|_| closed())
    }

    /// The ticks from now on; at most `capacity` of them wait for the reader.
    pub fn take_audit(&self, capacity: usize) -> Result<AuditUpdates> {
        let (writer, reader) = pipe(capacity);
        let (reply, follower) = mpsc::channel();
        self.send(Message::Audit(writer, reply))?;
        Ok(AuditUpdates { reader, follower: follower.recv().map_err(|_| closed())? })
    }

    /// What was refused of everything sent before, since the last call: at most 1,000 errors.
    pub fn take_errors(&self) -> Result<Vec<Error>> {
        let (reply, errors) = mpsc::channel();
        self.send(Message::Errors(reply))?;
        errors.recv().map_err(|_| closed())
    }

    /// Ends the system after everything that was sent before; `done` gets what it leaves, or the error that had ended it already.
    /// `risk_free_return`, of a year as a fraction, is what the statistics count with in the place of the one it was started with.
    pub fn end(
        &self,
        ending: Ending,
        risk_free_return: Option<Decimal>,
        done: impl FnOnce(Result<Outcome>) + Send + 'static,
    ) -> Result<()> {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner).take().ok_or_else(closed)?;
        sender.send(Message::End(ending, risk_free_return, Done::new(done))).map_err(|_| closed())
    }

    /// The same, and waits for it.
    pub fn end_and_wait(&self, ending: Ending) -> Result<Outcome> {
        let (sender, outcome) = mpsc::channel();
        self.end(ending, None, move |result| drop(sender.send(result)))?;
        outcome.recv().map_err(|_| closed())?
    }

    /// Ends the system without a word to its strategy; what was sent and not handled yet is lost. An end that was asked for before
    /// takes its course.
    pub fn abort(&self) {
        if self.sender.lock().unwrap_or_else(PoisonError::into_inner).take().is_some() {
            self.is_running.store(false, Ordering::Release);
        }
    }

    fn sender(&self) -> Option<UnboundedSender<Message>> {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn send(&self, message: Message) -> Result<()> {
        self.sender().ok_or_else(closed)?.send(message).map_err(|_| closed())
    }
}

impl Drop for SystemHandle {
    fn drop(&mut self) {
        self.abort();
    }
}

fn closed() -> Error {
    Error::new(Code::Closed, "the system has ended")
}
