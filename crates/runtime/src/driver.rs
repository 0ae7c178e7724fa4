//! The task that owns a system: it handles messages in the order in which they were sent, and moves the clock.

use crate::audit::Writer;
use crate::clock::{Clock, time_of_day};
use crate::handle::{Done, Ending};
use haggle_backtest::{Command, Follower, Live, MarketRow, State};
use haggle_data::Store;
use haggle_engine::{Halt, Strategy};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{Code, Error};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

/// What a handle asks for.
#[derive(Debug)]
pub enum Message {
    /// Market rows.
    Feed(Vec<MarketRow>),
    /// All rows of a store.
    FeedStore(Arc<Store>),
    /// Moves a manual clock by so much.
    Advance(Nanos),
    /// Trading on or off.
    TradingEnabled(bool),
    /// A command.
    Command(Command),
    /// What the engine knows.
    State(mpsc::Sender<State>),
    /// Ticks from now on, and a copy to start from.
    Audit(Writer, mpsc::Sender<Follower>),
    /// Errors of what was sent before.
    Errors(mpsc::Sender<Vec<Error>>),
    /// The end.
    End(Ending, Done),
}

/// Input that was refused is kept up to here; what comes then is only counted by the caller's own books.
const ERRORS_MAX: usize = 1_000;

/// A system and what steers it.
pub struct Driver<S> {
    live: Live<S>,
    clock: Clock,
    messages: UnboundedReceiver<Message>,
    is_running: Arc<AtomicBool>,
    errors: Vec<Error>,
}

/// Says that the system is over, also where a panic ends it.
struct Running(Arc<AtomicBool>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl<S: Strategy> Driver<S> {
    /// A driver of a system that has not begun.
    pub const fn new(live: Live<S>, clock: Clock, messages: UnboundedReceiver<Message>, is_running: Arc<AtomicBool>) -> Self {
        Self { live, clock, messages, is_running, errors: Vec::new() }
    }

    /// Drives it until it is asked to end, or nobody holds its handle any more. An error of the engine or the strategy ends it too, and
    /// is told to whoever asks for the end.
    pub async fn run(mut self) {
        let _running = Running(Arc::clone(&self.is_running));
        let failed = loop {
            if let Err(halt) = self.keep_time() {
                break halt;
            }
            let Some(message) = self.next().await else { continue };
            let Some(message) = message.filter(|_| self.is_running.load(Ordering::Acquire)) else { return };
            match message {
                Message::End(ending, done) => return self.end(ending, done),
                other => {
                    if let Err(halt) = self.keep_time().and_then(|()| self.handle(other)) {
                        break halt;
                    }
                }
            }
        };
        let Self { live, mut messages, is_running, .. } = self;
        drop(live);
        is_running.store(false, Ordering::Release);
        let error = error_of(failed);
        // Senders of a reply are dropped here, so nobody waits for one.
        while let Some(message) = messages.recv().await {
            if let Message::End(_, done) = message {
                done.call(Err(error));
                return;
            }
        }
    }

    /// The next message, `Some(None)` when there will be none; `None` when the clock has to be looked at first.
    async fn next(&mut self) -> Option<Option<Message>> {
        let next = self.live.next_time();
        if self.clock == Clock::Manual || next == NEVER {
            return Some(self.messages.recv().await);
        }
        let left = u64::try_from(next.saturating_sub(time_of_day())).unwrap_or(0);
        timeout(Duration::from_nanos(left), self.messages.recv()).await.ok()
    }

    /// Lets happen what is due.
    fn keep_time(&mut self) -> Result<(), Halt> {
        match self.clock {
            Clock::Wall => self.live.advance_to(time_of_day().max(self.live.now())),
            Clock::Manual => Ok(()),
        }
    }

    fn handle(&mut self, message: Message) -> Result<(), Halt> {
        let result = match message {
            Message::Feed(rows) => self.live.feed(rows).map_err(Halt::from).and_then(|_| self.catch_up()),
            Message::FeedStore(store) => self.live.feed_store(&store).map_err(Halt::from).and_then(|_| self.catch_up()),
            Message::Advance(by) => self.live.advance_by(by),
            Message::TradingEnabled(is_enabled) => self.live.set_trading_enabled(is_enabled),
            Message::Command(command) => self.live.command(&command).map(drop),
            // Who asked may be gone by now.
            Message::State(reply) => {
                reply.send(State::of(self.live.engine())).ok();
                Ok(())
            }
            Message::Audit(writer, reply) => {
                reply.send(self.live.attach(Box::new(writer))).ok();
                Ok(())
            }
            Message::Errors(reply) => {
                reply.send(std::mem::take(&mut self.errors)).ok();
                Ok(())
            }
            Message::End(..) => Ok(()),
        };
        match result {
            Err(Halt::Error(error)) if is_input(error.code) => {
                if self.errors.len() < ERRORS_MAX {
                    self.errors.push(error);
                }
                Ok(())
            }
            other => other,
        }
    }

    /// Rows whose time has come already are handled at once.
    fn catch_up(&mut self) -> Result<(), Halt> {
        let now = self.live.now();
        if now == Nanos::MIN { Ok(()) } else { self.live.advance_to(now) }
    }

    fn end(self, ending: Ending, done: Done) {
        let Self { live, is_running, .. } = self;
        let result = match ending {
            Ending::Finish => live.finish(),
            Ending::Shutdown(open_orders) => live.shutdown(open_orders),
        };
        is_running.store(false, Ordering::Release);
        done.call(result.map(|(outcome, _)| outcome).map_err(error_of));
    }
}

/// Whether an error is about what was sent, and not about the system.
const fn is_input(code: Code) -> bool {
    matches!(code, Code::InvalidArgument | Code::InvalidData | Code::UnknownName | Code::AmbiguousName)
}

fn error_of(halt: Halt) -> Error {
    match halt {
        Halt::Error(error) => error,
        Halt::Thrown => Error::bug("a native strategy threw"),
    }
}
