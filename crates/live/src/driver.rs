//! The task that owns a system: it handles messages in the order in which they were sent, and moves the clock.

use crate::audit::Writer;
use crate::clock::{Clock, time_of_day};
use crate::command::Command;
use crate::ending::{Done, Ending};
use crate::system::Live;
use crate::wire::Input;
use haggle_data::Store;
use haggle_engine::{Follower, Halt, HostedStrategy, State};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{Decimal, Error, MarketRow};
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
    /// All that comes from outside, in this order.
    Inputs(Vec<Input>),
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
    /// The end, and the risk-free return that its statistics are to count with.
    End(Ending, Option<Decimal>, Done),
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

impl<S: HostedStrategy> Driver<S> {
    /// A driver of a system that has not begun.
    pub const fn new(live: Live<S>, clock: Clock, messages: UnboundedReceiver<Message>, is_running: Arc<AtomicBool>) -> Self {
        Self { live, clock, messages, is_running, errors: Vec::new() }
    }

    /// Drives it until it is asked to end, or its handle is gone. An error of the engine or the strategy ends it too, and
    /// is told to the caller that asks for the end.
    pub async fn run(mut self) {
        let _running = Running(Arc::clone(&self.is_running));
        let failed = loop {
            if let Err(halt) = self.keep_time() {
                break halt;
            }
            let Some(message) = self.next().await else { continue };
            let Some(message) = message.filter(|_| self.is_running.load(Ordering::Acquire)) else { return };
            match message {
                Message::End(ending, rate, done) => return self.end(ending, rate, done),
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
        // Senders of a reply are dropped here, so no caller waits for one.
        while let Some(message) = messages.recv().await {
            if let Message::End(_, _, done) = message {
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
            Message::Feed(rows) => self.live.feed(rows).map_err(Halt::from).and_then(|_| self.live.catch_up()),
            Message::FeedStore(store) => self.live.feed_store(&store).map_err(Halt::from).and_then(|_| self.live.catch_up()),
            Message::Inputs(inputs) => {
                for input in &inputs {
                    let result = self.live.handle(input);
                    self.keep(result)?;
                }
                Ok(())
            }
            Message::Advance(by) => self.live.advance_by(by),
            Message::TradingEnabled(is_enabled) => self.live.set_trading_enabled(is_enabled),
            Message::Command(command) => self.live.command(&command).map(drop),
            // Who asked may be gone by now.
            Message::State(reply) => {
                reply.send(self.live.state()).ok();
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
        self.keep(result)
    }

    /// Keeps an error about what was sent; any other one is the system's end.
    fn keep(&mut self, result: Result<(), Halt>) -> Result<(), Halt> {
        match result {
            Err(Halt::Error(error)) if error.code.is_input() => {
                if self.errors.len() < ERRORS_MAX {
                    self.errors.push(error);
                }
                Ok(())
            }
            other => other,
        }
    }

    fn end(self, ending: Ending, rate: Option<Decimal>, done: Done) {
        let Self { mut live, is_running, .. } = self;
        if let Some(rate) = rate {
            live.set_risk_free_return(rate);
        }
        let result = match ending {
            Ending::Finish => live.finish(),
            Ending::Shutdown(open_orders) => live.shutdown(open_orders),
        };
        is_running.store(false, Ordering::Release);
        done.call(result.map(|(outcome, _)| outcome).map_err(error_of));
    }
}

fn error_of(halt: Halt) -> Error {
    match halt {
        Halt::Error(error) => error,
        Halt::Thrown => Error::bug("a native strategy threw"),
    }
}
