//! Runs on threads are the runs that they are alone, and closing a batch leaves no caller waiting.

use haggle_backtest::{Constant, Dynamic, Prepared, Tiling};
use haggle_batch::{Batch, caught, run_native};
use haggle_engine::Halt;
use haggle_model::read::{Field, parse};
use haggle_model::{Code, Result};
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, mpsc};

fn prepared() -> Result<Arc<Prepared>> {
    let constant = r#"{"system":{"exchange":"binance_spot","instruments":["BTC/USDT","ETH/USDT","SOL/USDT"]},"balances":{"USDT":"10000"}}"#;
    let constant = Constant::read(&Field::root(&parse(constant)?))?;
    let tiling = Tiling { passes: 1, period: 0 };
    Ok(Arc::new(Prepared::new(constant, Arc::new(haggle_data::sample::binance_spot()?), tiling)?))
}

fn dynamic(fast: u32) -> Result<Dynamic> {
    let text = format!(r#"{{"id":"{fast}","strategy":{{"native":"emaCross","fast":{fast},"slow":200}}}}"#);
    Dynamic::read(&Field::root(&parse(&text)?))
}

fn hash(summary: &str) -> Result<String> {
    Ok(parse(summary)?["result_hash"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn runs_on_threads_are_the_runs_alone() -> Result<(), Halt> {
    let prepared = prepared()?;
    let batch = Batch::new(Arc::clone(&prepared), 2, 3, Arc::default());
    for fast in 5..15 {
        batch.push(fast, dynamic(fast)?)?;
    }
    let mut hashes = BTreeMap::new();
    while hashes.len() < 10 {
        for (number, summary) in batch.wait() {
            hashes.insert(number, hash(&summary?)?);
        }
    }
    for (number, found) in hashes {
        let (outcome, _) = run_native(&prepared, dynamic(number)?, &AtomicBool::new(false), |_| {})?;
        assert_eq!(found, outcome.result_hash, "run {number}");
    }
    assert_eq!(batch.rows(), 10 * prepared.rows());
    Ok(())
}

#[test]
fn closing_answers_whoever_waits_and_stops_what_runs() -> Result<()> {
    let stop = Arc::new(AtomicBool::new(false));
    let batch = Batch::new(prepared()?, 1, 1_000, Arc::clone(&stop));
    for fast in 5..105 {
        batch.push(fast, dynamic(fast)?)?;
    }
    let (sender, receiver) = mpsc::channel();
    let later = sender.clone();
    batch.on_ready(Box::new(move |done| sender.send(done.len()).unwrap_or_default()));
    batch.on_ready(Box::new(move |done| later.send(done.len()).unwrap_or_default()));
    assert_eq!(receiver.recv().ok(), Some(0), "the first is answered with nothing");
    batch.close();
    assert_eq!(receiver.recv().ok(), Some(0));
    assert!(batch.wait().len() < 100);
    Ok(())
}

#[test]
fn a_stopped_run_and_a_panic_are_errors() -> Result<()> {
    let halted = run_native(&prepared()?, dynamic(5)?, &AtomicBool::new(true), |_| {});
    assert!(matches!(halted, Err(Halt::Error(error)) if error.code == Code::Closed));
    let panicked = caught(|| -> Result<(), Halt> { panic!("on purpose") });
    assert!(matches!(panicked, Err(Halt::Error(error)) if error.code == Code::Bug && error.message.contains("on purpose")));
    Ok(())
}
