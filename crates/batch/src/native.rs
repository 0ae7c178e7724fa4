//! A native run from its first event to its outcome.

use haggle_backtest::{Dynamic, Outcome, Prepared, Run, Status, StrategyChoice};
use haggle_engine::{Halt, Idle, Native};
use haggle_model::{Code, Error, Result};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Rows between two looks at the stop flag.
const STEPS: u64 = 16_384;

/// A native strategy, or none. Errors: `BUG` for one in JavaScript.
pub fn native_strategy(dynamic: &Dynamic) -> Result<Native> {
    match &dynamic.strategy {
        StrategyChoice::None => Ok(Native::Idle(Idle)),
        StrategyChoice::Native(strategy) => Ok((**strategy).clone()),
        StrategyChoice::Foreign => Err(Error::bug("a JavaScript strategy without JavaScript")),
    }
}

/// Runs to the end; the outcome, and how long it took in milliseconds. `tell` is told of the market rows applied so far.
/// Errors: those of [`Run`], and `CLOSED` once `stop` is set.
pub fn run_native(
    prepared: &Arc<Prepared>,
    dynamic: Dynamic,
    stop: &AtomicBool,
    mut tell: impl FnMut(u64),
) -> Result<(Outcome, f64), Halt> {
    let start = Instant::now();
    let strategy = native_strategy(&dynamic)?;
    let mut run = Run::new(Arc::clone(prepared), dynamic, strategy)?;
    while run.advance(STEPS)? == Status::Running {
        tell(run.rows_applied());
        if stop.load(Ordering::Relaxed) {
            return Err(Error::new(Code::Closed, "the run was aborted").into());
        }
    }
    let (outcome, _) = run.finish()?;
    Ok((outcome, start.elapsed().as_secs_f64() * 1e3))
}

/// Runs `body`; a panic becomes an error that says whose fault it is, so that it ends one run and not its thread.
pub fn caught<T>(body: impl FnOnce() -> Result<T, Halt>) -> Result<T, Halt> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
        Err(Error::bug(text.as_deref().unwrap_or("a panic without a message")).into())
    })
}
