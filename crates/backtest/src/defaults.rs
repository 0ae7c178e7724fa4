//! What holds where a config is silent, for the result to name.

use haggle_model::System;
use serde_json::Value;

/// Settings on which the config was silent, and what held there.
pub fn defaults(system: &System, is_arrival: bool) -> Value {
    let first = &system.exchanges[0].execution;
    let entries = system.silent.iter().map(|name| {
        let value = match name.as_str() {
            "fees" => format!("maker {} taker {}", first.fees.maker, first.fees.taker),
            "latency" if is_arrival => "100ms, all on the request".to_owned(),
            "latency" => "100ms, half each way".to_owned(),
            "account" => "spot".to_owned(),
            "leverage" => first.leverage.to_string(),
            "fills.l1" => "displayed".to_owned(),
            "fills" => "displayed, risk-averse queue, next-open, worst path, own consumption, volume share 1, slippage 0".to_owned(),
            "fills.queue" => "risk-averse".to_owned(),
            "fills.bar" => "next-open".to_owned(),
            "fills.path" => "worst".to_owned(),
            "fills.touch" => "false".to_owned(),
            "fills.gapFill" => "limit".to_owned(),
            "fills.volumeShare" => "1".to_owned(),
            _ => "0".to_owned(),
        };
        (name.clone(), Value::from(value))
    });
    Value::Object(entries.collect())
}
