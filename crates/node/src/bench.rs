//! What `haggle_bench` measures, for the benchmark. Only with the feature `bench`: no package has it, and no declaration names it.

use crate::error::guard;
use crate::js::{Js, Kind, Value};
use crate::market_data::napi_failed;
use haggle_bench::{bars, books, matching, rows, runs};
use haggle_data::write_parquet;
use haggle_model::{Error, Result};
use napi::Env;
use napi_derive::napi;
use std::fs::File;
use std::io::{BufWriter, Write as _};

fn numbers(env: Env, fields: &[(&str, f64)]) -> napi::Result<Value> {
    let js = Js::new(env);
    let fields = fields.iter().map(|(name, value)| Ok((*name, js.number(*value)?))).collect::<napi::Result<Vec<_>>>()?;
    js.record(&fields)
}

fn measured(env: Env, run: &runs::Measured) -> napi::Result<Value> {
    let js = Js::new(env);
    let fields = [("seconds", run.seconds), ("events", run.events as f64), ("orders", run.orders as f64), ("fills", run.fills as f64)];
    let value = numbers(env, &fields)?;
    js.set(value, "hash", js.text(&run.hash)?)?;
    Ok(value)
}

/// One native run: `{ seconds, events, orders, fills, hash }`, from an empty run to its finished outcome. Data and config
/// are joined before the clock starts.
#[napi(catch_unwind, skip_typescript)]
pub fn bench_run(env: Env, constant: String, passes: u32, strategy: String) -> napi::Result<Value> {
    guard(env, || {
        let run = runs::single(&runs::prepare(&constant, passes)?, runs::Choice::parse(&strategy)?)?;
        measured(env, &run).map_err(napi_failed)
    })
}

/// One run of signals over bars: `{ seconds, events, orders, fills, hash }`, as of `benchRun`. The bars are a walk of 100,000
/// minutes, `passes` times; the signals, made before the clock starts, those of a cross of simple averages.
#[napi(catch_unwind, skip_typescript)]
pub fn bench_signals(env: Env, constant: String, passes: u32, fast: u32, slow: u32) -> napi::Result<Value> {
    guard(env, || {
        let run = bars::measure(&constant, passes, fast as usize, slow as usize)?;
        measured(env, &run).map_err(napi_failed)
    })
}

/// One run over the recorded book in the CSV file at `path`, so many passes of it, with one own order in the queue: `{ seconds, events,
/// orders, fills, hash, updates }`, of which the last counts the levels that were written, two for each best quote.
#[napi(catch_unwind, skip_typescript)]
pub fn bench_books(env: Env, path: String, constant: String, passes: u32) -> napi::Result<Value> {
    guard(env, || {
        let (run, updates) = books::measure(&path, &constant, passes)?;
        let js = Js::new(env);
        let value = measured(env, &run).map_err(napi_failed)?;
        js.number(updates as f64).and_then(|updates| js.set(value, "updates", updates)).map_err(napi_failed)?;
        Ok(value)
    })
}

/// Native runs one after the other, and the same ones on all cores: `{ single, batch, threads }`, the first two in
/// seconds for all of them.
#[napi(catch_unwind, skip_typescript)]
pub fn bench_batch(env: Env, constant: String, passes: u32, strategy: String, count: u32) -> napi::Result<Value> {
    guard(env, || {
        let batch = runs::batch(&runs::prepare(&constant, passes)?, runs::Choice::parse(&strategy)?, count)?;
        let fields = [("single", batch.single), ("batch", batch.parallel), ("threads", batch.threads as f64)];
        numbers(env, &fields).map_err(napi_failed)
    })
}

/// The matching engine: `{ seconds, commands, p50, p99, p999, clock }`, the last four in nanoseconds. The rate comes
/// from one pass, the times of single commands from another; each of them contains `clock`, what reading the time costs.
#[napi(catch_unwind, skip_typescript)]
pub fn bench_matching(env: Env, commands: u32) -> napi::Result<Value> {
    guard(env, || {
        let matching = matching::measure(commands as usize)?;
        let [p50, p99, p999] = matching.percentiles.map(|nanos| nanos as f64);
        let fields = [
            ("seconds", matching.seconds),
            ("commands", f64::from(commands)),
            ("p50", p50),
            ("p99", p99),
            ("p999", p999),
            ("clock", matching.clock as f64),
        ];
        numbers(env, &fields).map_err(napi_failed)
    })
}

/// Bytes that a run's data holds, and its rows: `{ bytes, rows }`.
#[napi(catch_unwind, skip_typescript)]
pub fn bench_memory(env: Env, constant: String) -> napi::Result<Value> {
    guard(env, || {
        let prepared = runs::prepare(&constant, 1)?;
        let bytes = prepared.store.memory_bytes() + size_of_val(prepared.bar_instruments.as_slice());
        numbers(env, &[("bytes", bytes as f64), ("rows", prepared.store.len() as f64)]).map_err(napi_failed)
    })
}

/// Writes the tiled sample as Parquet; returns its rows.
#[napi(catch_unwind, skip_typescript)]
pub fn bench_write_parquet(env: Env, path: String, passes: u32) -> napi::Result<f64> {
    guard(env, || {
        let store = rows::tiled(passes)?;
        write_parquet(&store, file(&path)?)?;
        Ok(store.len() as f64)
    })
}

/// Writes the sample as barter JSON Lines in the order of arrival, for peers where the original file is not at hand.
#[napi(catch_unwind, skip_typescript)]
pub fn bench_write_json_lines(env: Env, path: String) -> napi::Result<()> {
    guard(env, || {
        let mut out = file(&path)?;
        let written = rows::json_lines()?.iter().try_for_each(|line| writeln!(out, "{line}")).and_then(|()| out.flush());
        Ok(written.map_err(|error| Error::data(format!("cannot write {path}: {error}")))?)
    })
}

/// The first instrument of the tiled sample as the columns that `MarketData.fromColumns` takes: `{ quotes, trades }`.
#[napi(catch_unwind, skip_typescript)]
pub fn bench_columns(env: Env, passes: u32) -> napi::Result<Value> {
    guard(env, || {
        let js = Js::new(env);
        let [quotes, trades] = rows::columns(&rows::tiled(passes)?);
        let record = |(times, columns): rows::Columns| -> napi::Result<Value> {
            let record = js.record(&[("time", js.array(Kind::I64, &times)?)])?;
            columns.iter().try_for_each(|(name, column)| js.set(record, name, js.array(Kind::F64, column)?))?;
            Ok(record)
        };
        let made = || js.record(&[("quotes", record(quotes)?), ("trades", record(trades)?)]);
        made().map_err(napi_failed)
    })
}

fn file(path: &str) -> Result<BufWriter<File>> {
    File::create(path).map(BufWriter::new).map_err(|error| Error::data(format!("cannot write {path}: {error}")))
}
