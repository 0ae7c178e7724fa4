//! Which index barter gives to what, against the order that we expect of it: indices on which both agree, and no others, are
//! translated.

use barter::system::config::InstrumentConfig;
use barter_execution::order::OrderEvent as BarterEvent;
use barter_execution::order::state::OrderState;
use barter_instrument::index::IndexedInstruments;
use haggle_model::init::read_system;
use haggle_model::read::{Field, parse};
use haggle_model::seed::Stream;
use haggle_model::wire::{Name, Numbering, OrderEvent, Translator, Wire};
use serde_json::{Value, json};

const EXCHANGES: [&str; 5] = ["poloniex", "binance_spot", "mock", "okx", "htx"];
const BASES: [&str; 7] = ["eth", "btc", "sol", "btc2", "1inch", "a", "ab"];
const QUOTES: [&str; 3] = ["usdt", "usdc", "eur"];

#[test]
fn agreed_indices_are_barters() {
    let (mut agreed, mut refused) = (0, 0);
    for seed in 0..300 {
        let mut random = Stream::new(seed, "numbering", 0);
        let mut of = |list: &[&'static str]| list[random.up_to(list.len() as i64 - 1) as usize];
        let mut pairs: Vec<(&str, &str, &str)> = (0..5).map(|_| (of(&EXCHANGES), of(&BASES), of(&QUOTES))).collect();
        let mut seen = Vec::new();
        pairs.retain(|pair| {
            if seen.contains(pair) {
                false
            } else {
                seen.push(*pair);
                true
            }
        });

        let instruments: Vec<Value> =
            pairs.iter().map(|(exchange, base, quote)| json!({ "symbol": format!("{base}/{quote}"), "exchange": exchange })).collect();
        let init = json!({ "instruments": instruments });
        let names = Translator::new(read_system(&Field::root(&init)).expect("a system"), Numbering::Agreed, None).expect("names");
        let theirs: Vec<InstrumentConfig> = pairs.iter().map(|(exchange, base, quote)| config(exchange, base, quote)).collect();
        let indexed = IndexedInstruments::new(theirs);

        for (at, (exchange, base, quote)) in pairs.iter().enumerate() {
            let full = format!("{exchange}:{}/{}", base.to_uppercase(), quote.to_uppercase());
            let found = indexed.instruments().iter().find(|keyed| {
                keyed.value.exchange.value.as_str() == *exchange
                    && keyed.value.name_exchange.name().as_str() == format!("{base}{quote}").to_uppercase()
            });
            let barters = found.expect("barter has it").key.index();
            match names.instrument_id(&Name::Index(at as u32), None) {
                Ok(id) => {
                    assert_eq!((id.index(), at), (barters, barters), "seed {seed}: {full}");
                    agreed += 1;
                }
                Err(_) => refused += 1,
            }
            if barters == at {
                assert!(names.instrument_id(&Name::Index(at as u32), None).is_ok(), "seed {seed}: both orders have {full} at {at}");
            }
        }
        for (at, asset) in indexed.assets().iter().enumerate() {
            if let Ok(id) = names.asset_id(&Name::Index(at as u32), None) {
                let name = asset.value.asset.name_exchange.name();
                let ours = names.asset_id(&Name::Text(format!("{}:{name}", asset.value.exchange.as_str())), None).expect("the same asset");
                assert_eq!(id, ours, "seed {seed}");
            }
        }
        for (at, exchange) in indexed.exchanges().iter().enumerate() {
            if let Ok(id) = names.exchange_id(&Name::Index(at as u32)) {
                assert_eq!(id, names.exchange_id(&Name::from(exchange.value.as_str())).expect("the same exchange"), "seed {seed}");
            }
        }
    }
    assert!(agreed > 100 && refused > 100, "{agreed} agreed, {refused} refused");
}

#[test]
fn an_indexed_key_is_the_one_barter_means() {
    let init = parse(r#"{"exchange":"binance_spot","instruments":["BTC/USDT","ETH/USDT"]}"#).expect("JSON");
    let names = Translator::new(read_system(&Field::root(&init)).expect("a system"), Numbering::Agreed, None).expect("names");
    let named = r#"{"key":{"exchange":"binance_spot","instrument":"ETH/USDT","strategy":"mm","cid":"a"},"state":{"Inactive":"Expired"}}"#;
    let indexed = names.indexed(&OrderEvent::from_text(named).expect("an event")).expect("agreed").to_text();
    let theirs: BarterEvent<OrderState> = serde_json::from_str(&indexed).expect("barter reads indices");
    let instruments = IndexedInstruments::new([config("binance_spot", "btc", "usdt"), config("binance_spot", "eth", "usdt")]);
    let instrument = instruments.find_instrument(theirs.key.instrument).expect("the index exists");
    assert_eq!(instrument.name_exchange.name().as_str(), "ETHUSDT");
}

fn config(exchange: &str, base: &str, quote: &str) -> InstrumentConfig {
    serde_json::from_value(json!({
        "exchange": exchange,
        "name_exchange": format!("{base}{quote}").to_uppercase(),
        "underlying": { "base": base, "quote": quote },
        "quote": "underlying_quote",
        "kind": "spot",
    }))
    .expect("barter's config")
}
