//! Measures matching: commands per second, and the time that single commands take.
//!
//! `cargo run --release -p haggle-book --example matching [commands] [seed]` runs the flow described in
//! [`haggle_book::flow`] over books of several sizes. Each book first takes the part of the flow that fills it, unmeasured.
//! The rate is the best and the median of five passes over the rest; then one more pass takes the time around each
//! command. Reading the clock twice is part of those times; what it costs is printed.

#![allow(clippy::print_stdout, reason = "a benchmark prints its result")]

use haggle_book::flow::{FlowReport, Mix, mixed_flow_of, run_flow};
use haggle_book::{Command, FastBook, NaiveBook, OrderBook, SelfTradeRule};
use haggle_model::Side;
use std::hint::black_box;
use std::time::Instant;

fn main() -> haggle_model::Result<()> {
    let mut arguments = std::env::args().skip(1).filter_map(|text| text.parse::<u64>().ok());
    let count = arguments.next().unwrap_or(1_000_000) as usize;
    let seed = arguments.next().unwrap_or(1);
    println!("reading the clock twice: p50 {} ns", percentile(&mut clock_costs(), 50.0));
    for resting in [1_000u32, 10_000, 100_000] {
        let mix = Mix { resting, ..Mix::default() };
        let warm_up = resting as usize * 10;
        let commands = mixed_flow_of(seed, warm_up + count, &mix);
        let (first, rest) = commands.split_at(warm_up);
        println!("\n{count} commands after {warm_up} to fill the book, {mix:?}, seed {seed}: {}", shares(rest));
        measure("FastBook", &mut FastBook::with_capacity(SelfTradeRule::default(), resting as usize * 2), first, rest)?;
        if resting == 1_000 {
            measure("NaiveBook", &mut NaiveBook::new(SelfTradeRule::default()), first, rest)?;
        }
    }
    Ok(())
}

/// Fills a book, runs the rest of the flow on copies of it for the rate, then on the book itself for single times.
fn measure<B: OrderBook + Clone>(name: &str, book: &mut B, first: &[Command], rest: &[Command]) -> haggle_model::Result<()> {
    run_flow(book, first)?;
    let mut passes: Vec<(f64, FlowReport)> = Vec::new();
    for _ in 0..5 {
        let mut copy = book.clone();
        let start = Instant::now();
        let report = run_flow(&mut copy, rest)?;
        passes.push((rest.len() as f64 / start.elapsed().as_secs_f64() / 1e6, report));
    }
    passes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (median, best, report) = (passes[2].0, passes[4].0, passes[4].1);

    let mut events = Vec::with_capacity(1_024);
    let mut nanos = Vec::with_capacity(rest.len());
    for command in rest {
        events.clear();
        let start = Instant::now();
        book.apply(command, &mut events)?;
        nanos.push(start.elapsed().as_nanos() as u64);
        black_box(&events);
    }
    let levels = book.depth(Side::Buy, usize::MAX).len() + book.depth(Side::Sell, usize::MAX).len();
    println!(
        "{name}: {median:.2} M commands/s (best {best:.2}), {} events, {} fills, hash {}",
        report.events, report.fills, report.state_hash
    );
    let [p50, p99, p999, most] = [50.0, 99.0, 99.9, 100.0].map(|p| percentile(&mut nanos, p));
    println!("  p50 {p50} ns, p99 {p99} ns, p99.9 {p999} ns, most {most} ns; {} orders on {levels} levels rest at the end", book.len());
    Ok(())
}

/// How many of which commands.
fn shares(commands: &[Command]) -> String {
    let mut counts = [0usize; 4];
    for command in commands {
        counts[match command {
            Command::Limit { .. } => 0,
            Command::Market { .. } => 1,
            Command::Cancel { .. } => 2,
            Command::Amend { .. } => 3,
        }] += 1;
    }
    let [limit, market, cancel, amend] = counts.map(|count| count as f64 * 100.0 / commands.len().max(1) as f64);
    format!("{limit:.1} % limit, {market:.1} % market, {cancel:.1} % cancel, {amend:.1} % amend")
}

fn clock_costs() -> Vec<u64> {
    (0..100_000).map(|_| black_box(Instant::now()).elapsed().as_nanos() as u64).collect()
}

/// The smallest value that `percent` of all do not exceed.
fn percentile(values: &mut [u64], percent: f64) -> u64 {
    values.sort_unstable();
    let rank = (values.len() as f64 * percent / 100.0).ceil() as usize;
    values.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}
