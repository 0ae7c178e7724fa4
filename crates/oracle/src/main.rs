//! Barter 0.14 on the same rows as ours, for the benchmark.
//!
//! `haggle-oracle FILE PASSES` loads barter JSON Lines (plain or gzipped), repeats them PASSES times, and then answers
//! each line on its standard input with one line of JSON, `{"seconds": ..., "events": ..., "peakKb": ...}`, so that its
//! caller decides when which peer runs. The peak is that of the whole process so far, or null where the system does not
//! tell it.
//!
//! | line | what is timed |
//! |---|---|
//! | `run_backtests` | one back-test through `barter::backtest::run_backtests`, as its own example does it |
//! | `run_backtests 500` | so many in one call |
//! | `engine_process` | `Engine::process` called for every event: no exchange, no channels, no summary |

#![allow(clippy::print_stdout, reason = "it answers on its standard output")]

mod backtests;
mod config;
mod engine;
mod events;

use serde_json::json;
use std::error::Error;
use std::io::{BufRead as _, Write as _, stdin, stdout};
use std::sync::Arc;

/// Anything that keeps barter from running; the caller prints it.
pub type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, passes] = arguments.as_slice() else { return Err("usage: haggle-oracle FILE PASSES".into()) };
    let events = events::tile(&events::read(file)?, passes.parse()?)?;
    let events = Arc::new(events);
    let backtests = backtests::Backtests::new(Arc::clone(&events))?;
    for line in stdin().lock().lines() {
        let line = line?;
        let (command, count) = line.split_once(' ').unwrap_or((&line, "1"));
        let count = count.parse()?;
        let elapsed = match command {
            "run_backtests" => backtests.run(count)?,
            "engine_process" if count == 1 => engine::run(&events)?,
            _ => return Err(format!("unknown command '{line}'").into()),
        };
        println!("{}", json!({ "seconds": elapsed.as_secs_f64(), "events": events.len() * count, "peakKb": peak_kb() }));
        stdout().flush()?;
    }
    Ok(())
}

/// Largest resident memory of this process so far.
fn peak_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?.parse().ok()
}
