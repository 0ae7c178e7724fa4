//! Makes the sample that the library carries from barter's JSON Lines:
//! `cargo run --release -p haggle-data --example make_sample -- <binance_spot_l1_trades.jsonl.gz>`

use haggle_data::{ExchangeTime, ReadOptions, read_file, read_json_lines, write_parquet};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let source = std::env::args().nth(1).ok_or("name the JSON Lines file")?;
    let options = ReadOptions {
        instruments: ["BTC/USDT", "ETH/USDT", "SOL/USDT"].map(String::from).to_vec(),
        exchange_time: Some(ExchangeTime::Venue),
        ..ReadOptions::default()
    };
    let store = read_json_lines(&read_file(&source)?, &options)?;
    let target = concat!(env!("CARGO_MANIFEST_DIR"), "/sample/binance_spot.parquet");
    write_parquet(&store, std::fs::File::create(target)?)?;
    Ok(())
}
