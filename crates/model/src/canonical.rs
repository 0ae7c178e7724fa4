//! The canonical form of a system: what a config hash is over, and what two configs that mean the same have in common.
//!
//! It is a `SystemConfigInit`, as [`crate::init`] reads it, with every setting spelt out:
//!
//! - `instruments` in config order, as objects with `exchange`, `symbol`, `nameExchange` and the filters that are set;
//! - `executions` by name of exchange, each with `account`, `fees`, `fills`, `latency` and `leverage`, defaults filled in;
//! - `balances` by exchange and asset, with every asset of the system, `"0"` where there is none.
//!
//! Decimals are texts without zeros that say nothing (`"0.1"`), durations are texts in nanoseconds (`"5000000ns"`), counts are numbers.
//! What is not set and has no default (a filter, `maxQuoteAge`) is left out. [`text`] sorts all keys and writes no white space.
//! Each struct is taken apart without `..`, so that a new field does not compile before it has its place here.

use crate::execution::{BarFill, BarPath, Depth, FeeAsset, Latency, QueueModel, SelfTrade, Slippage};
use crate::time::Nanos;
use crate::{AccountKind, AssetId, Decimal, Exchange, Execution, Fees, FillRules, Filters, Instrument, System};
use serde_json::{Map, Value, json};

/// A JSON text with sorted keys and no white space.
pub fn text(mut value: Value) -> String {
    value.sort_all_objects();
    value.to_string()
}

/// A decimal: no zeros that say nothing, no minus before zero.
pub fn decimal(value: Decimal) -> String {
    if value.is_zero() { "0".to_owned() } else { value.normalize().to_string() }
}

/// A duration, as `5000000ns`.
pub fn duration(value: Nanos) -> String {
    format!("{value}ns")
}

/// A system with these balances at the start. What the config was silent on makes no difference: defaults are settings, too.
pub fn system(system: &System, balances: &[(AssetId, Decimal)]) -> Value {
    // Balances that a config carries are defaults of those that are given here.
    let System { exchanges, assets, instruments, balances: _, silent: _ } = system;
    let mut amounts = Map::new();
    for (at, asset) in assets.iter().enumerate() {
        let amount = balances.iter().find(|(id, _)| id.index() == at).map_or(Decimal::ZERO, |(_, amount)| *amount);
        let of_exchange = amounts.entry(exchanges[asset.exchange.index()].name.as_str()).or_insert_with(|| json!({}));
        of_exchange[asset.name.as_str()] = decimal(amount).into();
    }
    let executions: Map<String, Value> =
        exchanges.iter().map(|Exchange { name, execution: settings }| (name.clone(), execution(settings))).collect();
    json!({
        "balances": amounts,
        "executions": executions,
        "instruments": instruments.iter().map(|item| instrument(item, &exchanges[item.exchange.index()].name)).collect::<Vec<_>>(),
    })
}

fn instrument(instrument: &Instrument, exchange_name: &str) -> Value {
    // Base and quote are words of the symbol.
    let Instrument { exchange: _, symbol, name_exchange, base: _, quote: _, filters } = instrument;
    let Filters { tick_size, lot_size, price_min, price_max, quantity_min, quantity_max, notional_min, notional_max } = filters;
    let mut value = json!({ "exchange": exchange_name, "symbol": symbol, "nameExchange": name_exchange });
    for (name, filter) in [
        ("tickSize", tick_size),
        ("lotSize", lot_size),
        ("minPrice", price_min),
        ("maxPrice", price_max),
        ("minQuantity", quantity_min),
        ("maxQuantity", quantity_max),
        ("minNotional", notional_min),
        ("maxNotional", notional_max),
    ] {
        if let Some(filter) = filter {
            value[name] = decimal(*filter).into();
        }
    }
    value
}

fn execution(execution: &Execution) -> Value {
    let Execution { fees, latency, fills, account, leverage } = execution;
    let Fees { maker, taker, charged_in, per_order, per_contract } = fees;
    json!({
        "account": match account {
            AccountKind::Spot => "spot",
            AccountKind::CashSettled => "cash-settled",
        },
        "fees": {
            "maker": decimal(*maker),
            "taker": decimal(*taker),
            "chargedIn": match charged_in {
                FeeAsset::Quote => "quote".into(),
                FeeAsset::Received => "received".into(),
                FeeAsset::Named(asset) => json!({ "asset": asset }),
            },
            "perOrder": decimal(*per_order),
            "perContract": decimal(*per_contract),
        },
        "fills": fill_rules(fills),
        "latency": match latency {
            Latency::RoundTrip(total) => duration(*total).into(),
            Latency::Legs { open, cancel, response, jitter } => json!({
                "open": duration(*open), "cancel": duration(*cancel), "response": duration(*response), "jitter": duration(*jitter),
            }),
            Latency::Feed(multiple) => json!({ "feed": decimal(*multiple) }),
        },
        "leverage": decimal(*leverage),
    })
}

fn fill_rules(fills: &FillRules) -> Value {
    let FillRules { depth, queue, bar, path, touch, gap_at_open, quote_age_max, volume_share, slippage, spread, self_trade } = fills;
    let mut value = json!({
        "l1": match depth {
            Depth::Displayed => "displayed".into(),
            Depth::AllAtBest => "allAtBest".into(),
            Depth::Walk { ticks, share, levels } => json!({ "walk": { "ticks": ticks, "share": decimal(*share), "levels": levels } }),
        },
        "queue": match queue {
            QueueModel::RiskAverse => "risk-averse".into(),
            QueueModel::Probabilistic(power) => json!({ "probabilistic": power }),
            QueueModel::None => "none".into(),
        },
        "bar": match bar {
            BarFill::NextOpen => "next-open",
            BarFill::ThisClose => "this-close",
        },
        "path": match path {
            BarPath::Worst => "worst",
            BarPath::Nearest => "nearest",
        },
        "touch": touch,
        "gapFill": if *gap_at_open { "open" } else { "limit" },
        "volumeShare": decimal(*volume_share),
        "slippage": match slippage {
            Slippage::Ticks(ticks) => json!({ "ticks": ticks }),
            Slippage::Fraction(fraction) => decimal(*fraction).into(),
        },
        "spread": spread,
        "selfTrade": match self_trade {
            SelfTrade::ExpireMaker => "expireMaker",
            SelfTrade::ExpireTaker => "expireTaker",
            SelfTrade::None => "none",
        },
    });
    if let Some(age) = quote_age_max {
        value["maxQuoteAge"] = duration(*age).into();
    }
    value
}
