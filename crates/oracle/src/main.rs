//! Barter 0.14 on the same rows as ours, for the benchmark.
//!
//! `haggle-oracle FILE PASSES` loads barter JSON Lines (plain or gzipped), repeats them PASSES times, and then answers
//! each line on its standard input with one line of JSON, `{"seconds": ..., "events": ...}`, so that its caller decides
//! when which peer runs:
//!
//! | line | what is timed |
//! |---|---|
//! | `run_backtests` | one back-test through `barter::backtest::run_backtests`, as its own example does it |
//! | `engine_process` | `Engine::process` called for every event: no exchange, no channels, no summary |

#![allow(clippy::print_stdout, reason = "it answers on its standard output")]

mod backtests;
mod config;
mod engine;
mod events;

use serde_json::json;
use std::error::Error;
use std::io::{BufRead as _, Write as _, stdin, stdout};

/// Anything that keeps barter from running; the caller prints it.
pub type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, passes] = arguments.as_slice() else { return Err("usage: haggle-oracle FILE PASSES".into()) };
    let events = events::tile(&events::read(file)?, passes.parse()?)?;
    let count = events.len();
    let backtests = backtests::Backtests::new(events.clone())?;
    for line in stdin().lock().lines() {
        let elapsed = match line?.as_str() {
            "run_backtests" => backtests.run()?,
            "engine_process" => engine::run(&events)?,
            other => return Err(format!("unknown command '{other}'").into()),
        };
        println!("{}", json!({ "seconds": elapsed.as_secs_f64(), "events": count }));
        stdout().flush()?;
    }
    Ok(())
}
