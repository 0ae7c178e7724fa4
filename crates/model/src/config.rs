//! Systems in other shapes: a description for the facade, and barter's `snake_case` JSON both ways.

use crate::execution::Latency;
use crate::read::{Field, Object};
use crate::time::MILLISECOND;
use crate::{Decimal, Execution, Instrument, Result, System};
use serde_json::{Map, Value, json};

/// The instruments in full, in camelCase: what a `SystemConfig` shows.
pub fn instruments_json(system: &System) -> Value {
    let text = |value: Option<Decimal>| value.map(|value| Value::from(value.normalize().to_string()));
    let instrument = |instrument: &Instrument| {
        let filters = &instrument.filters;
        let mut map = Map::new();
        map.insert("symbol".into(), instrument.symbol.as_str().into());
        map.insert("exchange".into(), system.exchanges[instrument.exchange.index()].name.as_str().into());
        map.insert("nameExchange".into(), instrument.name_exchange.as_str().into());
        for (name, value) in [
            ("tickSize", filters.tick_size),
            ("lotSize", filters.lot_size),
            ("minPrice", filters.price_min),
            ("maxPrice", filters.price_max),
            ("minQuantity", filters.quantity_min),
            ("maxQuantity", filters.quantity_max),
            ("minNotional", filters.notional_min),
            ("maxNotional", filters.notional_max),
        ] {
            if let Some(value) = text(value) {
                map.insert(name.into(), value);
            }
        }
        Value::Object(map)
    };
    system.instruments.iter().map(instrument).collect()
}

/// A system in barter's JSON. What barter has no word for (fill rules, kinds of account) is left out.
pub fn to_barter(system: &System) -> Value {
    let instruments: Vec<Value> = system.instruments.iter().map(|instrument| instrument_to_barter(system, instrument)).collect();
    let executions = system.exchanges.iter().enumerate().map(|(at, exchange)| {
        let of_exchange = system.instruments.iter().filter(|instrument| instrument.exchange.index() == at);
        let orders: Vec<Value> = of_exchange.map(|instrument| json!({ "instrument": instrument.name_exchange, "orders": [] })).collect();
        let balances: Vec<Value> = system
            .balances
            .iter()
            .filter(|(asset, _)| system.exchanges[system.assets[asset.index()].exchange.index()].name == exchange.name)
            .map(|(asset, amount)| {
                let amount = amount.normalize().to_string();
                let name = system.assets[asset.index()].name.to_lowercase();
                json!({ "asset": name, "balance": { "total": amount, "free": amount }, "time_exchange": "1970-01-01T00:00:00Z" })
            })
            .collect();
        json!({
            "mocked_exchange": exchange.name,
            "latency_ms": latency_ms(&exchange.execution),
            "fees_percent": exchange.execution.fees.taker.normalize().to_string(),
            "initial_state": { "exchange": exchange.name, "balances": balances, "instruments": orders },
        })
    });
    json!({ "instruments": instruments, "executions": executions.collect::<Vec<_>>() })
}

fn latency_ms(execution: &Execution) -> i64 {
    match execution.latency {
        Latency::RoundTrip(total) => total / MILLISECOND,
        Latency::Legs { open, response, .. } => (open + response) / MILLISECOND,
        Latency::Feed(_) => 0,
    }
}

fn instrument_to_barter(system: &System, instrument: &Instrument) -> Value {
    let name = |asset: crate::AssetId| system.assets[asset.index()].name.to_lowercase();
    let filters = &instrument.filters;
    let mut value = json!({
        "exchange": system.exchanges[instrument.exchange.index()].name,
        "name_exchange": instrument.name_exchange,
        "underlying": { "base": name(instrument.base), "quote": name(instrument.quote) },
        "quote": "underlying_quote",
        "kind": "spot",
    });
    if let (Some(tick), Some(lot)) = (filters.tick_size, filters.lot_size) {
        let text = |value: Option<Decimal>, otherwise: Decimal| value.unwrap_or(otherwise).normalize().to_string();
        value["spec"] = json!({
            "price": { "min": text(filters.price_min, tick), "tick_size": tick.to_string() },
            "quantity": { "unit": { "Asset": name(instrument.base) }, "min": text(filters.quantity_min, lot), "increment": lot.to_string() },
            "notional": { "min": text(filters.notional_min, Decimal::ZERO) },
        });
    }
    value
}

/// Barter's system config as a `SystemConfigInit`.
pub fn from_barter(field: &Field<'_>) -> Result<Value> {
    let object = field.object()?;
    // Barter's own sample files carry it beside `system`.
    object.get("risk_free_return");
    if let Some(inner) = object.get("system") {
        object.finish()?;
        return from_barter(&inner);
    }
    let mut instruments = Vec::new();
    for item in object.need("instruments")?.list()? {
        let instrument = item.object()?;
        instruments.push(instrument_from_barter(&instrument)?);
        instrument.finish()?;
    }
    let mut executions = Map::new();
    let mut balances = Map::new();
    for item in object.get("executions").map_or(Ok(Vec::new()), |field| field.list())? {
        let execution = item.object()?;
        let name = execution.need("mocked_exchange")?.text()?.to_owned();
        let rate = crate::init::read_rate(&execution.need("fees_percent")?, false)?.to_string();
        let latency = execution.need("latency_ms")?.count()?;
        executions.insert(name.clone(), json!({ "latency": latency, "fees": { "maker": rate, "taker": rate } }));
        if let Some(state) = execution.get("initial_state") {
            let state = state.object()?;
            balances.insert(name, balances_from_barter(&state)?);
            state.finish()?;
        }
        execution.finish()?;
    }
    object.finish()?;
    Ok(json!({ "instruments": instruments, "executions": executions, "balances": balances }))
}

fn instrument_from_barter(object: &Object<'_>) -> Result<Value> {
    let underlying = object.need("underlying")?.object()?;
    let (base, quote) = (underlying.need("base")?.text()?.to_uppercase(), underlying.need("quote")?.text()?.to_uppercase());
    underlying.finish()?;
    let mut instrument = json!({
        "symbol": format!("{base}/{quote}"),
        "exchange": object.need("exchange")?.text()?,
        "nameExchange": object.need("name_exchange")?.text()?,
    });
    object.get("quote");
    if let Some(kind) = object.get("kind")
        && kind.value.as_str() != Some("spot")
    {
        let error = crate::Error::new(crate::Code::Unsupported, "only spot instruments are read from barter's JSON so far");
        return Err(error.at(kind.path));
    }
    if let Some(spec) = object.get("spec") {
        let spec = spec.object()?;
        let mut take = |part: &'static str, names: &[(&'static str, &str)]| -> Result<()> {
            let Some(part) = spec.get(part) else { return Ok(()) };
            let part = part.object()?;
            for (name, ours) in names {
                if let Some(value) = part.get(name)
                    && !value.decimal()?.is_zero()
                {
                    instrument[*ours] = value.decimal()?.to_string().into();
                }
            }
            // Quantities are counted in the base asset here.
            part.get("unit");
            part.finish()
        };
        take("price", &[("tick_size", "tickSize"), ("min", "minPrice")])?;
        take("quantity", &[("increment", "lotSize"), ("min", "minQuantity")])?;
        take("notional", &[("min", "minNotional")])?;
        spec.finish()?;
    }
    Ok(instrument)
}

fn balances_from_barter(state: &Object<'_>) -> Result<Value> {
    let mut balances = Map::new();
    for item in state.need("balances")?.list()? {
        let object = item.object()?;
        let balance = object.need("balance")?.object()?;
        let total = balance.need("total")?.not_negative()?;
        // What open orders hold is free again: a run begins without orders.
        balance.get("free");
        balance.finish()?;
        object.get("time_exchange");
        balances.insert(object.need("asset")?.text()?.to_uppercase(), total.to_string().into());
        object.finish()?;
    }
    for name in ["exchange", "instruments"] {
        state.get(name);
    }
    Ok(Value::Object(balances))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init::read_system;
    use crate::read::parse;

    const BARTER: &str = r#"{"risk_free_return":0.05,"system":{"instruments":[{"exchange":"binance_spot","name_exchange":"BTCUSDT",
        "underlying":{"base":"btc","quote":"usdt"},"quote":"underlying_quote","kind":"spot",
        "spec":{"price":{"min":"0.01","tick_size":"0.01"},"quantity":{"unit":{"Asset":"btc"},"min":"0.0001","increment":"0.0001"},"notional":{"min":"5"}}}],
        "executions":[{"mocked_exchange":"binance_spot","latency_ms":20,"fees_percent":"0.001","initial_state":{"exchange":"binance_spot",
        "balances":[{"asset":"usdt","balance":{"total":"5000","free":"5000"},"time_exchange":"2025-01-01T00:00:00Z"}],
        "instruments":[{"instrument":"BTCUSDT","orders":[]}]}}]}}"#;

    #[test]
    fn reads_and_writes_barters_shape() {
        let init = from_barter(&Field::root(&parse(BARTER).expect("json"))).expect("barter's shape");
        let system = read_system(&Field::root(&init)).expect("a system");
        assert_eq!(system.instruments[0].filters.notional_min, Some(Decimal::from(5)));
        assert_eq!(system.balances[0].1, Decimal::from(5000));
        let again = from_barter(&Field::root(&to_barter(&system))).expect("our own writing");
        assert_eq!(read_system(&Field::root(&again)).expect("a system"), system);
    }

    #[test]
    fn unknown_fields_are_refused() {
        let error = from_barter(&Field::root(&parse(r#"{"instruments":[],"execution":[]}"#).expect("json"))).expect_err("unknown");
        assert_eq!((error.path.as_str(), error.hint.as_str()), ("execution", "did you mean 'executions'?"));
        for (right, wrong, path) in [
            ("name_exchange", "name_xchange", "system.instruments[0].name_exchange"),
            ("\"kind\"", "\"kinds\"", "system.instruments[0].kinds"),
            ("\"quote\":\"usdt\"", "\"quote\":\"usdt\",\"bas\":1", "system.instruments[0].underlying.bas"),
            ("tick_size", "ticksize", "system.instruments[0].spec.price.ticksize"),
            ("\"notional\"", "\"notion\"", "system.instruments[0].spec.notion"),
            ("\"free\"", "\"fre\"", "system.executions[0].initial_state.balances[0].balance.fre"),
            ("initial_state", "initial", "system.executions[0].initial"),
        ] {
            let error = from_barter(&Field::root(&parse(&BARTER.replacen(right, wrong, 1)).expect("json"))).expect_err(wrong);
            assert_eq!(error.path, path);
        }
    }
}
