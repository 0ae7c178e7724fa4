//! The system that the sample was recorded from, as barter's config: three spot instruments and a mock exchange.

use crate::Failure;
use barter::engine::state::EngineState;
use barter::engine::state::builder::EngineStateBuilder;
use barter::engine::state::global::DefaultGlobalData;
use barter::engine::state::instrument::data::DefaultInstrumentMarketData;
use barter::engine::state::trading::TradingState;
use barter::system::config::{ExecutionConfig, SystemConfig};
use barter_instrument::index::IndexedInstruments;
use chrono::{DateTime, Utc};
use serde_json::json;

/// The engine's state with barter's default data.
pub type State = EngineState<DefaultGlobalData, DefaultInstrumentMarketData>;

const ASSETS: [&str; 3] = ["btc", "eth", "sol"];
/// Before the first event: what a balance is dated.
const BALANCES_SINCE: &str = "2025-03-24T21:30:00Z";

/// The system, with a round trip of 100 ms and a fee of 0.1 %, as our defaults are.
pub fn system() -> Result<SystemConfig, Failure> {
    let balance = |asset: &str, amount: &str| json!({ "asset": asset, "balance": { "total": amount, "free": amount }, "time_exchange": BALANCES_SINCE });
    let name = |asset: &str| format!("{}USDT", asset.to_uppercase());
    let mut balances = vec![balance("usdt", "10000")];
    balances.extend(ASSETS.map(|asset| balance(asset, "0")));
    let instruments = json!(ASSETS.map(|asset| json!({
        "exchange": "binance_spot", "name_exchange": name(asset), "underlying": { "base": asset, "quote": "usdt" },
        "quote": "underlying_quote", "kind": "spot",
    })));
    let execution = json!({
        "mocked_exchange": "binance_spot",
        "latency_ms": 100,
        "fees_percent": "0.001",
        "initial_state": {
            "exchange": "binance_spot",
            "balances": balances,
            "instruments": ASSETS.map(|asset| json!({ "instrument": name(asset), "orders": [] })),
        },
    });
    // The variant is named here, and the decimals are texts: barter's untagged enum reads no number where serde_json
    // keeps them to the digit, as this workspace has it.
    let execution = ExecutionConfig::Mock(serde_json::from_value(execution)?);
    Ok(SystemConfig { instruments: serde_json::from_value(instruments)?, executions: vec![execution] })
}

/// A state before the first event, with trading enabled.
pub fn state(instruments: &IndexedInstruments, start: DateTime<Utc>) -> State {
    EngineStateBuilder::new(instruments, DefaultGlobalData, |_| DefaultInstrumentMarketData::default())
        .time_engine_start(start)
        .trading_state(TradingState::Enabled)
        .build()
}
