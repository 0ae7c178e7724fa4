//! Same data, config, seed and version: same hash, for every caller, in slices of every size, on any number of threads.

mod common;

use common::{constant, dynamic};
use haggle_backtest::{Outcome, Prepared, Run, Status, StrategyChoice, Tiling};
use haggle_engine::Native;
use std::io::Write;
use std::process::Command;
use std::sync::{Arc, LazyLock};

const CONFIG: &str = r#"{"system":{"exchange":"binance_spot","instruments":["BTC/USDT","ETH/USDT","SOL/USDT"]},"balances":{"USDT":10000}}"#;
const JITTER: &str = r#"{"system":{"exchange":"binance_spot","instruments":["BTC/USDT","ETH/USDT","SOL/USDT"],
    "latency":{"open":"50ms","jitter":"80ms"}},"balances":{"USDT":10000}}"#;

/// Result hashes of the sample. A change of one of them is a change of semantics: name it in the change log.
const PINNED: [(&str, &str); 3] = [
    (r#"{"strategy":{"native":"buyAndHold"}}"#, "c486a60e2b9b3f91d5016b7087aa6468"),
    (r#"{"strategy":{"native":"smaCross","fast":20,"slow":50}}"#, "bdc2b68de8e75a9e6e81a0bd93949357"),
    (r#"{"strategy":{"native":"emaCross","fast":10,"slow":20}}"#, "fdce97365ce256cb2f435939428f3fae"),
];

fn prepare(config: &str) -> Arc<Prepared> {
    static STORE: LazyLock<Arc<haggle_data::Store>> = LazyLock::new(|| Arc::new(haggle_data::sample::binance_spot().expect("the sample")));
    Arc::new(Prepared::new(constant(config), Arc::clone(&STORE), Tiling::ONCE).expect("data and config fit"))
}

fn start(prepared: &Arc<Prepared>, arguments: &str) -> Run<Native> {
    let arguments = dynamic(arguments);
    let StrategyChoice::Native(strategy) = arguments.strategy.clone() else { panic!("a native strategy") };
    Run::new(Arc::clone(prepared), arguments, *strategy).expect("a run")
}

fn outcome(prepared: &Arc<Prepared>, arguments: &str, steps: u64) -> Outcome {
    let mut run = start(prepared, arguments);
    while run.advance(steps).expect("no error") == Status::Running {}
    run.finish().expect("an end").0
}

fn hashes() -> Vec<String> {
    let prepared = prepare(CONFIG);
    PINNED.iter().map(|(arguments, _)| outcome(&prepared, arguments, 10_000).result_hash).collect()
}

#[test]
fn hashes_of_the_sample_are_pinned() {
    assert_eq!(hashes(), PINNED.map(|(_, hash)| hash));
}

#[test]
fn slices_do_not_matter() {
    let prepared = prepare(CONFIG);
    for (arguments, _) in PINNED {
        let whole = outcome(&prepared, arguments, u64::MAX);
        for steps in [1, 7, 10_000] {
            let sliced = outcome(&prepared, arguments, steps);
            assert_eq!((&sliced.result_hash, &sliced.summary, &sliced.equity), (&whole.result_hash, &whole.summary, &whole.equity));
        }
    }
}

#[test]
fn interleaved_runs_do_not_meet() {
    let prepared = prepare(CONFIG);
    let alone = hashes();
    let mut runs: Vec<_> = PINNED.iter().map(|(arguments, _)| (start(&prepared, arguments), false)).collect();
    let mut steps = 1;
    while runs.iter().any(|(_, done)| !done) {
        for (run, done) in &mut runs {
            *done = *done || run.advance(steps).expect("no error") == Status::Drained;
            steps = steps % 997 + 13;
        }
    }
    let together: Vec<String> = runs.into_iter().map(|(run, _)| run.finish().expect("an end").0.result_hash).collect();
    assert_eq!(together, alone);
}

#[test]
fn threads_do_not_matter() {
    let prepared = prepare(CONFIG);
    let alone = hashes();
    let found: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            PINNED.iter().map(|(arguments, _)| scope.spawn(|| outcome(&prepared, arguments, 1_000).result_hash)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert_eq!(found, alone);
}

#[test]
fn another_process_comes_to_the_same() {
    let program = std::env::current_exe().expect("this test has a file");
    let child = Command::new(program).args(["--exact", "child_of_another_process", "--ignored"]).output().expect("it starts");
    let text = String::from_utf8(child.stdout).expect("text");
    let found: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("hash ")).collect();
    assert_eq!(found, hashes(), "{text}");
}

#[test]
#[ignore = "started by another_process_comes_to_the_same"]
fn child_of_another_process() {
    let mut out = std::io::stdout();
    for hash in hashes() {
        writeln!(out, "\nhash {hash}").expect("a parent that reads");
    }
}

#[test]
fn a_seed_changes_a_jittered_run_only() {
    let seeded = |config: &str, seed: u64| {
        let arguments = format!(r#"{{"strategy":{{"native":"emaCross","fast":10,"slow":20}},"seed":{seed}}}"#);
        outcome(&prepare(config), &arguments, 10_000).result_hash
    };
    assert_eq!(seeded(JITTER, 1), seeded(JITTER, 1));
    assert_ne!(seeded(JITTER, 1), seeded(JITTER, 2));
    assert_eq!(seeded(CONFIG, 1), seeded(CONFIG, 2));
}

#[test]
fn names_are_not_in_the_hash_and_settings_are_in_the_hash_of_the_config() {
    let arguments = PINNED[2].0;
    let named = arguments.replacen('{', r#"{"id":"another","#, 1);
    let prepared = prepare(CONFIG);
    let (one, two) = (outcome(&prepared, arguments, 1_000), outcome(&prepared, &named, 1_000));
    assert_eq!(one.result_hash, two.result_hash);
    assert_eq!(two.summary["id"], "another");
    let config_hash = |config: &str| outcome(&prepare(config), PINNED[0].0, 10_000).summary["config_hash"].clone();
    let plain = config_hash(CONFIG);
    assert_eq!(plain, config_hash(CONFIG));
    for (from, to) in [("10000}", r#"10000},"closeAtEnd":true"#), ("10000}", r#"10000},"sampleInterval":"5s""#), ("10000}", "10001}")] {
        assert_ne!(plain, config_hash(&CONFIG.replace(from, to)), "{to}");
    }
}
