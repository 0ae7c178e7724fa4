//! Barter's configs: the example files of the published crate load unchanged, and what barter's own structs write does too.

use barter::system::config::{ExecutionConfig, InstrumentConfig, SystemConfig};
use haggle_model::config::{from_barter, to_barter};
use haggle_model::init::read_system;
use haggle_model::read::{Field, parse};
use haggle_model::{Result, System};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

fn read(text: &str) -> Result<System> {
    let value = parse(text)?;
    read_system(&Field::root(&from_barter(&Field::root(&value))?))
}

/// The folder of the published crate, which Cargo knows.
fn examples() -> Option<PathBuf> {
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .ok()?;
    let metadata: Value = serde_json::from_slice(&cargo.stdout).ok()?;
    let package = metadata["packages"].as_array()?.iter().find(|package| package["name"] == "barter")?;
    let folder = PathBuf::from(package["manifest_path"].as_str()?).parent()?.join("examples/config");
    folder.is_dir().then_some(folder)
}

#[test]
fn example_files_load() -> Result<()> {
    let Some(folder) = examples() else {
        eprintln!("skipped: the published crate has no examples here");
        return Ok(());
    };
    let mut read_count = 0;
    for entry in folder.read_dir().expect("a folder") {
        let path = entry.expect("an entry").path();
        let system = read(&std::fs::read_to_string(&path).expect("a text"))?;
        assert!(!system.instruments.is_empty() && !system.exchanges.is_empty(), "{}", path.display());
        read_count += 1;
    }
    assert!(read_count > 0);
    Ok(())
}

#[test]
fn structs_of_barter_come_back() -> Result<()> {
    const INSTRUMENTS: &str = r#"[{"exchange":"binance_spot","name_exchange":"BTCUSDT","underlying":{"base":"btc","quote":"usdt"},"quote":"underlying_quote","kind":"spot",
        "spec":{"price":{"min":"0.01","tick_size":"0.01"},"quantity":{"unit":{"Asset":"btc"},"min":"0.0001","increment":"0.0001"},"notional":{"min":"5"}}},
        {"exchange":"okx","name_exchange":"ETH-USDT","underlying":{"base":"eth","quote":"usdt"},"quote":"underlying_quote","kind":"spot","spec":null}]"#;
    const EXECUTION: &str = r#"{"mocked_exchange":"binance_spot","latency_ms":20,"fees_percent":"0.001","initial_state":{"exchange":"binance_spot",
        "balances":[{"asset":"usdt","balance":{"total":"5000","free":"5000"},"time_exchange":"2025-01-01T00:00:00Z"}],"instruments":[{"instrument":"BTCUSDT","orders":[]}]}}"#;
    let instruments: Vec<InstrumentConfig> = serde_json::from_str(INSTRUMENTS).expect("barter's config");
    // The variant is named: barter's untagged enum reads no numbers where serde_json keeps their digits.
    let executions = vec![ExecutionConfig::Mock(serde_json::from_str(EXECUTION).expect("barter's config"))];
    let theirs = SystemConfig { instruments, executions };
    let system = read(&serde_json::to_string(&theirs).expect("barter writes it"))?;
    assert_eq!(system.instruments.iter().map(|instrument| instrument.symbol.as_str()).collect::<Vec<_>>(), ["BTC/USDT", "ETH/USDT"]);
    // And ours is read by barter: the same system again.
    let written = to_barter(&system);
    let again: Vec<InstrumentConfig> = serde_json::from_value(written["instruments"].clone()).expect("barter reads ours");
    assert_eq!(again, theirs.instruments);
    let mock = serde_json::from_str(&written["executions"][0].to_string()).expect("barter reads ours");
    let ExecutionConfig::Mock(first) = ExecutionConfig::Mock(mock);
    assert_eq!((first.mocked_exchange.as_str(), first.latency_ms), ("binance_spot", 20));
    Ok(())
}
