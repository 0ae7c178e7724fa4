//! The matching engine alone, over the mixed flow of [`haggle_book::flow`].

use haggle_book::flow::{Mix, mixed_flow_of, run_flow};
use haggle_book::{Command, FastBook, OrderBook as _, SelfTradeRule};
use haggle_model::Result;
use std::hint::black_box;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

const SEED: u64 = 1;
/// Commands that fill the book before anything is measured, per order that rests in it then.
const WARM_UP: usize = 10;
/// Readings that the price of a reading is taken from.
const CLOCKS: usize = 100_000;

/// What one repetition came to.
#[derive(Debug)]
pub struct Matching {
    /// All commands, in one go.
    pub seconds: f64,
    /// Nanoseconds that 50, 99 and 99.9 % of single commands did not exceed.
    pub percentiles: [u64; 3],
    /// Median of reading the clock twice, which is part of each of them.
    pub clock: u64,
}

/// A full book and the flow that follows. Making a flow takes longer than running it, so one is kept.
#[derive(Clone)]
struct Flow {
    book: FastBook,
    commands: std::sync::Arc<[Command]>,
}

static FLOW: Mutex<Option<Flow>> = Mutex::new(None);

fn flow(count: usize) -> Result<Flow> {
    let mut kept = FLOW.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(flow) = kept.as_ref().filter(|flow| flow.commands.len() == count) {
        return Ok(flow.clone());
    }
    let mix = Mix::default();
    let resting = mix.resting as usize;
    let commands = mixed_flow_of(SEED, resting * WARM_UP + count, &mix);
    let (first, rest) = commands.split_at(resting * WARM_UP);
    let mut book = FastBook::with_capacity(SelfTradeRule::default(), resting * 2);
    run_flow(&mut book, first)?;
    let flow = Flow { book, commands: rest.into() };
    *kept = Some(flow.clone());
    Ok(flow)
}

/// One pass for the rate, one for the times of single commands, each from the same full book.
pub fn measure(count: usize) -> Result<Matching> {
    let Flow { mut book, commands } = flow(count)?;
    let mut other = book.clone();
    let start = Instant::now();
    black_box(run_flow(&mut other, &commands)?);
    let seconds = start.elapsed().as_secs_f64();

    let mut events = Vec::with_capacity(1_024);
    let mut nanos = Vec::with_capacity(commands.len());
    for command in &*commands {
        events.clear();
        let start = Instant::now();
        book.apply(command, &mut events)?;
        nanos.push(start.elapsed().as_nanos() as u64);
        black_box(&events);
    }
    nanos.sort_unstable();
    let mut clocks: Vec<u64> = (0..CLOCKS).map(|_| black_box(Instant::now()).elapsed().as_nanos() as u64).collect();
    clocks.sort_unstable();
    Ok(Matching { seconds, percentiles: [500, 990, 999].map(|permille| percentile(&nanos, permille)), clock: percentile(&clocks, 500) })
}

/// The smallest of sorted values that `permille` of all do not exceed.
fn percentile(sorted: &[u64], permille: usize) -> u64 {
    let rank = (sorted.len() * permille).div_ceil(1_000);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}
