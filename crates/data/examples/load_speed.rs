//! Prints how long loading takes: `cargo run --release -p haggle-data --example load_speed -- [sample.jsonl.gz] [tiles]`.
//!
//! The workload is the carried sample of 50,000 rows, and the same `tiles` times over (default 200: 10 M rows), each
//! pass 185 s later.

use haggle_data::{
    BuildOptions, Builder, ExchangeTime, Num, ReadOptions, RowKind, Stamps, read_file, read_json_lines, read_parquet, sample, write_parquet,
};
use haggle_model::time::SECOND;
use std::io::Write;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout();
    let mut arguments = std::env::args().skip(1);
    let mut report = |what: &str, rows: usize, start: Instant| {
        let seconds = start.elapsed().as_secs_f64();
        writeln!(out, "{what:<40} {rows:>9} rows {:>9.1} ms {:>7.2} M rows/s", seconds * 1e3, rows as f64 / seconds / 1e6)
    };
    if let Some(path) = arguments.next() {
        let options =
            ReadOptions { instruments: ["BTC/USDT", "ETH/USDT", "SOL/USDT"].map(String::from).to_vec(), ..ReadOptions::default() };
        let start = Instant::now();
        let store = read_json_lines(&read_file(path)?, &options)?;
        report("sample, JSON Lines gzipped", store.len(), start)?;
    }
    let start = Instant::now();
    let sample = sample::binance_spot()?;
    report("sample, carried Parquet, aligned", sample.len(), start)?;

    let tiles: i64 = arguments.next().map_or(Ok(200), |text| text.parse())?;
    let venue = sample::binance_spot_at(ExchangeTime::Venue)?;
    let start = Instant::now();
    let mut builder = Builder::new(BuildOptions { exchange_time: Some(ExchangeTime::Venue), ..BuildOptions::default() });
    for tile in 0..tiles {
        for (place, row) in venue.rows.iter().enumerate() {
            let instrument = &venue.instruments[usize::from(row.instrument)];
            let at = builder.instrument(&instrument.symbol, instrument.exchange.as_deref())?;
            let later = tile * 185 * SECOND;
            let stamps = Stamps { exchange: Some(row.time + later), received: Some(venue.arrival_time(place) + later) };
            let price = |count: i64| Num::new(count, instrument.tick.scale() as u8);
            let size = |count: i64| Num::new(count, instrument.lot.scale() as u8);
            match row.kind {
                RowKind::Quote => {
                    let ask = venue.ask(place);
                    builder.quote(at, stamps, Some((price(row.a)?, size(row.b)?)), Some((price(ask)?, size(row.c)?)))?;
                }
                kind => builder.trade(at, stamps, kind.aggressor(), price(row.a)?, size(row.b)?)?,
            }
        }
    }
    let long = builder.finish()?;
    report("tiled, by the builder", long.len(), start)?;
    let start = Instant::now();
    let mut file = Vec::new();
    write_parquet(&long, &mut file)?;
    report("tiled, written as Parquet", long.len(), start)?;
    let start = Instant::now();
    let read = read_parquet(&file, &ReadOptions::default())?;
    report("tiled, read from Parquet", read.len(), start)?;
    let start = Instant::now();
    let hash = read.data_hash();
    report("tiled, hashed", read.len(), start)?;
    let start = Instant::now();
    let restamped = read.restamp(ExchangeTime::Aligned)?;
    report("tiled, aligned", restamped.len(), start)?;
    let start = Instant::now();
    let part = read.select(Some(&["BTC/USDT"]), None, None)?;
    report("tiled, one of three selected", read.len(), start)?;
    writeln!(out, "file {} bytes, memory {} bytes, selected {} rows, hash {hash}", file.len(), read.memory_bytes(), part.len())?;
    Ok(())
}
