//! Market data that comes with the library.

use crate::options::{ExchangeTime, ReadOptions};
use crate::parquet_read::read_parquet;
use crate::store::Store;
use haggle_model::Result;

/// The file: with the stamps as they came, so that every choice of exchange time is still open.
const BINANCE_SPOT: &[u8] = include_bytes!("../sample/binance_spot.parquet");

/// 50,000 real rows (38,968 quotes, 11,032 prints) of BTC/USDT, ETH/USDT and SOL/USDT on Binance spot, 2025-03-25
/// 23:07:00 to 23:10:05 UTC, aligned: prints stand 129 ms after their stamps, quotes at their arrival.
pub fn binance_spot() -> Result<Store> {
    binance_spot_at(ExchangeTime::Aligned)
}

/// The same rows with another choice of exchange time.
pub fn binance_spot_at(exchange_time: ExchangeTime) -> Result<Store> {
    read_parquet(BINANCE_SPOT, &ReadOptions { exchange_time: Some(exchange_time), ..ReadOptions::default() })
}
