//! Native runs over the tiled sample.

use crate::quoter::Quoter;
use crate::rows;
use haggle_backtest::{Constant, Dynamic, Outcome, Prepared, Run, Status, StrategyChoice, Tiling};
use haggle_engine::{Halt, HostedStrategy, Native, from_parameters};
use haggle_model::read::{Field, parse};
use haggle_model::{Decimal, Error, Result};
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Instant;

/// Rows per call of a run, as where a user's native run is advanced.
const STEPS: u64 = 16_384;

/// Which strategy runs.
#[derive(Clone, Copy, Debug)]
pub enum Choice {
    /// The engine's own, called on every event.
    BuyAndHold,
    /// Two orders per hundred events.
    Orders,
    /// The same, but it sends nothing.
    NoOrders,
}

impl Choice {
    /// `buyAndHold`, `orders` or `noOrders`.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "buyAndHold" => Ok(Self::BuyAndHold),
            "orders" => Ok(Self::Orders),
            "noOrders" => Ok(Self::NoOrders),
            _ => Err(Error::unknown("strategy", text, ["buyAndHold", "orders", "noOrders"]).at("strategy")),
        }
    }
}

/// What one run came to.
#[derive(Debug)]
pub struct Measured {
    /// From an empty run to its outcome.
    pub seconds: f64,
    /// Market rows that the engine was told of.
    pub events: u64,
    /// Orders sent.
    pub orders: usize,
    /// Fills.
    pub fills: usize,
    /// The result hash.
    pub hash: String,
}

/// What a batch came to, in seconds.
#[derive(Debug)]
pub struct Batch {
    /// All runs, one after the other.
    pub single: f64,
    /// All runs, on all threads.
    pub parallel: f64,
    /// Number of threads.
    pub threads: usize,
}

/// Joins the sample, so many passes of it, with a config: `BacktestArgsConstant` without its data, as JSON.
pub fn prepare(constant: &str, passes: u32) -> Result<Arc<Prepared>> {
    let value = parse(constant)?;
    let constant = Constant::read(&Field::root(&value))?;
    let tiling = Tiling { passes: passes.max(1), period: rows::PERIOD };
    Ok(Arc::new(Prepared::new(constant, rows::sample()?, tiling)?))
}

fn dynamic() -> Dynamic {
    Dynamic { id: "bench".to_owned(), strategy: StrategyChoice::Foreign, risk_free_return: Decimal::ZERO, risk: None, seed: 0 }
}

fn buy_and_hold() -> Result<Native> {
    let value = parse(r#"{"native":"buyAndHold"}"#)?;
    from_parameters(&Field::root(&value))
}

/// Runs to the end.
pub fn drive<S: HostedStrategy>(prepared: &Arc<Prepared>, strategy: S) -> Result<Outcome, Halt> {
    let mut run = Run::new(Arc::clone(prepared), dynamic(), strategy)?;
    while run.advance(STEPS)? == Status::Running {}
    Ok(run.finish()?.0)
}

fn outcome(prepared: &Arc<Prepared>, choice: Choice) -> Result<Outcome, Halt> {
    match choice {
        Choice::BuyAndHold => drive(prepared, buy_and_hold()?),
        Choice::Orders => drive(prepared, Quoter::new(true)),
        Choice::NoOrders => drive(prepared, Quoter::new(false)),
    }
}

/// One run on this thread.
pub fn single(prepared: &Arc<Prepared>, choice: Choice) -> Result<Measured, Halt> {
    measured(|| outcome(prepared, choice))
}

/// Measures one run.
pub fn measured(run: impl FnOnce() -> Result<Outcome, Halt>) -> Result<Measured, Halt> {
    let start = Instant::now();
    let outcome = run()?;
    let seconds = start.elapsed().as_secs_f64();
    let (orders, fills) = (outcome.orders.len(), outcome.fills.len());
    Ok(Measured { seconds, events: outcome.events, orders, fills, hash: outcome.result_hash })
}

/// `count` runs one after the other, then as many on a thread per core; they share data and config.
pub fn batch(prepared: &Arc<Prepared>, choice: Choice, count: u32) -> Result<Batch, Halt> {
    let start = Instant::now();
    for _ in 0..count {
        black_box(outcome(prepared, choice)?);
    }
    let single = start.elapsed().as_secs_f64();

    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let taken = AtomicU32::new(0);
    let work = || -> Result<(), Halt> {
        while taken.fetch_add(1, Ordering::Relaxed) < count {
            black_box(outcome(prepared, choice)?);
        }
        Ok(())
    };
    let start = Instant::now();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|_| Err(Error::bug("a run panicked").into())))
    })?;
    Ok(Batch { single, parallel: start.elapsed().as_secs_f64(), threads })
}
