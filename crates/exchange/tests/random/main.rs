//! Random streams of rows and requests on every feed, with `watch` looking over the exchange's shoulder. A seed is a bug
//! report: the streams come from a fixed one, and what fails is shrunk to a short stream that can be replayed as it is printed.

mod books;
mod judge;
mod shown;
mod watch;
mod world;

use haggle_model::{AccountKind, Feed};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use watch::Watch;

const CASES: u32 = 1_000;
const STEPS: usize = 120;

/// Runs the streams of one feed and account; prints nothing unless one fails.
fn streams(feed: Feed, account: AccountKind) {
    let config = Config { cases: CASES, failure_persistence: None, rng_seed: RngSeed::Fixed(20_250_325), ..Config::default() };
    let counted = std::cell::Cell::new(0u64);
    let outcome = TestRunner::new(config).run(&(world::execution(account), world::steps(feed, STEPS)), |(execution, steps)| {
        let mut watch = Watch::new(feed, execution);
        for step in &steps {
            watch.step(step)?;
        }
        counted.set(counted.get() + watch.fills());
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    let fills = counted.get();
    // Streams that never trade would test nothing.
    assert!(fills > u64::from(CASES) * 4, "only {fills} fills");
}

#[test]
fn quotes_spot() {
    streams(Feed::Quotes, AccountKind::Spot);
}

#[test]
fn quotes_cash_settled() {
    streams(Feed::Quotes, AccountKind::CashSettled);
}

#[test]
fn books_spot() {
    streams(Feed::Book, AccountKind::Spot);
}

#[test]
fn books_cash_settled() {
    streams(Feed::Book, AccountKind::CashSettled);
}

#[test]
fn trades_spot() {
    streams(Feed::Trades, AccountKind::Spot);
}

#[test]
fn trades_cash_settled() {
    streams(Feed::Trades, AccountKind::CashSettled);
}

#[test]
fn bars_spot() {
    streams(Feed::Bars, AccountKind::Spot);
}

#[test]
fn bars_cash_settled() {
    streams(Feed::Bars, AccountKind::CashSettled);
}
