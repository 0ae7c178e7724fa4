//! Reads the camelCase form of a system config, `SystemConfigInit` in the TypeScript API.

use crate::execution::{BarFill, BarPath, Depth, FeeAsset, Latency, QueueModel, SelfTrade, Slippage};
use crate::read::{Field, Object, join};
use crate::{AccountKind, AssetId, Code, Error, Execution, Filters, Result, System};
use rust_decimal::Decimal;

/// Name of a lone exchange without one.
pub const EXCHANGE_UNNAMED: &str = "mock";
const SETTINGS: [&str; 5] = ["fees", "latency", "fills", "account", "leverage"];

/// Reads a system, its names resolved; a setting at the top counts for every exchange, `executions` overrides it for one.
pub fn read_system(field: &Field<'_>) -> Result<System> {
    let object = field.object()?;
    let lone = object.get("exchange").map(|name| name.text()).transpose()?;
    let mut system = System::default();
    let common = read_execution(&object, &Execution::default(), &mut system.silent)?;

    let instruments = object.need("instruments")?;
    let items = instruments.list()?;
    if items.is_empty() {
        return Err(instruments.error("a system needs at least one instrument"));
    }
    for item in &items {
        read_instrument(item, lone.unwrap_or(EXCHANGE_UNNAMED), &common, &mut system)?;
    }
    if let Some(executions) = object.get("executions") {
        for (name, entry) in executions.entries()? {
            let known: Vec<&str> = system.exchanges.iter().map(|exchange| exchange.name.as_str()).collect();
            let Some(at) = known.iter().position(|known| *known == name) else {
                return Err(Error::unknown("exchange", name, known).at(entry.path));
            };
            let inner = entry.object()?;
            system.exchanges[at].execution = read_execution(&inner, &common, &mut Vec::new())?;
            inner.finish()?;
        }
    }
    if let Some(balances) = object.get("balances") {
        system.balances = read_balances(&balances, &system)?;
    }
    object.finish()?;
    check_currencies(&system).map_err(|error| error.at(join(&field.path, "instruments")))?;
    Ok(system)
}

/// Reads `{ USDT: 10_000 }`, or by exchange `{ binance_spot: { USDT: 10_000 } }`.
pub fn read_balances(field: &Field<'_>, system: &System) -> Result<Vec<(AssetId, Decimal)>> {
    let mut balances = Vec::new();
    let mut add = |name: &str, exchange: Option<&str>, amount: &Field<'_>| -> Result<()> {
        let asset = system.find_asset(name, exchange).map_err(|error| error.at(amount.path.clone()))?;
        if balances.iter().any(|(other, _)| *other == asset) {
            return Err(Error::new(Code::AmbiguousName, format!("'{name}' stands twice")).at(amount.path.clone()));
        }
        balances.push((asset, amount.not_negative()?));
        Ok(())
    };
    for (key, entry) in field.entries()? {
        if !entry.value.is_object() {
            add(key, None, &entry)?;
            continue;
        }
        let known = system.exchanges.iter().map(|exchange| exchange.name.as_str());
        if known.clone().all(|known| known != key) {
            return Err(Error::unknown("exchange", key, known).at(entry.path));
        }
        for (name, amount) in entry.entries()? {
            add(name, Some(key), &amount)?;
        }
    }
    Ok(balances)
}

/// A cash-settled account holds one currency, so all of its instruments have to be priced in it.
fn check_currencies(system: &System) -> Result<()> {
    for (at, exchange) in system.exchanges.iter().enumerate().filter(|(_, exchange)| exchange.execution.account == AccountKind::CashSettled)
    {
        let mut quotes =
            system.instruments.iter().filter(|instrument| instrument.exchange.index() == at).map(|instrument| instrument.quote);
        let first = quotes.next();
        if let Some(other) = quotes.find(|quote| Some(*quote) != first) {
            return Err(Error::argument(
                "",
                format!(
                    "a cash-settled account holds one currency, but instruments of '{}' are priced in {} and another",
                    exchange.name,
                    system.assets[other.index()].name
                ),
            ));
        }
    }
    Ok(())
}

fn read_instrument(item: &Field<'_>, exchange_default: &str, common: &Execution, system: &mut System) -> Result<()> {
    let mut filters = Filters::default();
    let mut name_exchange = None;
    let (symbol, exchange) = if item.value.is_string() {
        (item.clone(), None)
    } else {
        let object = item.object()?;
        let symbol = object.need("symbol")?;
        let exchange = object.get("exchange").map(|name| name.text()).transpose()?;
        name_exchange = object.get("nameExchange").map(|name| name.text()).transpose()?;
        let positive = |name| object.get(name).map(|field| field.positive()).transpose();
        filters = Filters {
            tick_size: positive("tickSize")?,
            lot_size: positive("lotSize")?,
            price_min: positive("minPrice")?,
            price_max: positive("maxPrice")?,
            quantity_min: positive("minQuantity")?,
            quantity_max: positive("maxQuantity")?,
            notional_min: positive("minNotional")?,
            notional_max: positive("maxNotional")?,
        };
        object.finish()?;
        (symbol, exchange)
    };
    let text = symbol.text()?;
    // 'binance_spot:BTC/USDT' names the exchange too; the colon of 'BTC/USDT:USDT' comes after the slash.
    let prefixed = text.split_once(':').filter(|(name, rest)| !name.contains('/') && rest.contains('/'));
    let (prefix, text) = prefixed.map_or((None, text), |(name, rest)| (Some(name), rest));
    let exchange = system.add_exchange(exchange.or(prefix).unwrap_or(exchange_default), common);
    system.add_instrument(exchange, text, name_exchange, filters).map(drop).map_err(|error| error.at(symbol.path.clone()))
}

/// Reads what `object` says on execution; the rest is as in `base`, and listed in `silent`.
fn read_execution(object: &Object<'_>, base: &Execution, silent: &mut Vec<String>) -> Result<Execution> {
    let mut execution = base.clone();
    for name in SETTINGS {
        if object.get(name).is_none() {
            silent.push(name.to_owned());
        }
    }
    if let Some(field) = object.get("fees") {
        read_fees(&field, &mut execution)?;
    }
    if let Some(field) = object.get("latency") {
        execution.latency = read_latency(&field)?;
    }
    if let Some(field) = object.get("fills") {
        read_fills(&field, &mut execution, silent)?;
    }
    if let Some(field) = object.get("account") {
        execution.account = field.choice(&[("spot", AccountKind::Spot), ("cash-settled", AccountKind::CashSettled)])?;
    }
    if let Some(field) = object.get("leverage") {
        execution.leverage = field.positive()?;
        if execution.account == AccountKind::Spot && execution.leverage != Decimal::ONE {
            return Err(field.error("a spot account has no leverage").hint("set account: 'cash-settled'"));
        }
    }
    Ok(execution)
}

/// A fee rate: a fraction below 1.
pub fn read_rate(field: &Field<'_>, rebate: bool) -> Result<Decimal> {
    let rate = field.decimal()?;
    if rate >= Decimal::ONE || rate <= -Decimal::ONE || (!rebate && rate < Decimal::ZERO) {
        return Err(field.error(format!("expected a fraction below 1, found {rate}")).hint("'0.001' is 0.1 %"));
    }
    Ok(rate)
}

fn read_fees(field: &Field<'_>, execution: &mut Execution) -> Result<()> {
    let object = field.object()?;
    let fees = &mut execution.fees;
    fees.maker = read_rate(&object.need("maker")?, true)?;
    fees.taker = read_rate(&object.need("taker")?, false)?;
    if let Some(charged) = object.get("chargedIn") {
        fees.charged_in = if charged.value.is_object() {
            let named = charged.object()?;
            let asset = named.need("asset")?.text()?.to_uppercase();
            named.finish()?;
            FeeAsset::Named(asset)
        } else if charged.choice(&[("quote", true), ("received", false)])? {
            FeeAsset::Quote
        } else {
            FeeAsset::Received
        };
    }
    if let Some(flat) = object.get("perOrder") {
        fees.per_order = flat.not_negative()?;
    }
    if let Some(flat) = object.get("perContract") {
        fees.per_contract = flat.not_negative()?;
    }
    object.finish()
}

fn read_latency(field: &Field<'_>) -> Result<Latency> {
    if !field.value.is_object() {
        return Ok(Latency::RoundTrip(field.duration()?));
    }
    let object = field.object()?;
    if let Some(multiple) = object.get("feed") {
        let multiple = multiple.not_negative()?;
        object.finish()?;
        return Ok(Latency::Feed(multiple));
    }
    let open = object.need("open")?.duration()?;
    let leg = |name, default| object.get(name).map_or(Ok(default), |leg| leg.duration());
    let latency = Latency::Legs { open, cancel: leg("cancel", open)?, response: leg("response", 0)?, jitter: leg("jitter", 0)? };
    object.finish()?;
    Ok(latency)
}

fn read_fills(field: &Field<'_>, execution: &mut Execution, silent: &mut Vec<String>) -> Result<()> {
    let object = field.object()?;
    let fills = &mut execution.fills;
    for name in ["l1", "queue", "bar", "path", "touch", "gapFill", "volumeShare", "slippage"] {
        if object.get(name).is_none() {
            silent.push(format!("fills.{name}"));
        }
    }
    if let Some(field) = object.get("l1") {
        fills.depth = read_depth(&field)?;
    }
    if let Some(field) = object.get("queue") {
        fills.queue = read_queue(&field)?;
    }
    if let Some(field) = object.get("bar") {
        fills.bar = field.choice(&[("next-open", BarFill::NextOpen), ("this-close", BarFill::ThisClose)])?;
    }
    if let Some(field) = object.get("path") {
        fills.path = field.choice(&[("worst", BarPath::Worst), ("nearest", BarPath::Nearest)])?;
    }
    if let Some(field) = object.get("touch") {
        fills.touch = field.bool()?;
    }
    if let Some(field) = object.get("gapFill") {
        fills.gap_at_open = field.choice(&[("limit", false), ("open", true)])?;
    }
    if let Some(field) = object.get("maxQuoteAge") {
        fills.quote_age_max = Some(field.duration()?);
    }
    if let Some(field) = object.get("volumeShare") {
        fills.volume_share = field.positive()?;
        if fills.volume_share > Decimal::ONE {
            return Err(field.error("a share of the volume is at most 1"));
        }
    }
    if let Some(field) = object.get("slippage") {
        fills.slippage = read_slippage(&field)?;
    }
    if let Some(field) = object.get("spread") {
        fills.spread = read_ticks(&field)?;
    }
    if let Some(field) = object.get("selfTrade") {
        fills.self_trade =
            field.choice(&[("expireMaker", SelfTrade::ExpireMaker), ("expireTaker", SelfTrade::ExpireTaker), ("none", SelfTrade::None)])?;
    }
    object.finish()
}

/// More ticks than this make no spread and no slippage.
const TICKS_MAX: u64 = 1_000_000_000;

fn read_ticks(field: &Field<'_>) -> Result<i64> {
    let ticks = field.count()?;
    if ticks > TICKS_MAX {
        return Err(field.error(format!("at most {TICKS_MAX} ticks")));
    }
    Ok(ticks as i64)
}

fn read_slippage(field: &Field<'_>) -> Result<Slippage> {
    if field.value.is_object() {
        let object = field.object()?;
        let ticks = read_ticks(&object.need("ticks")?)?;
        object.finish()?;
        return Ok(Slippage::Ticks(ticks));
    }
    let fraction = field.not_negative()?;
    if fraction >= Decimal::ONE {
        return Err(field
            .error("slippage is a fraction of the price below 1")
            .hint("'0.0005' is 5 basis points; { ticks: 1 } is one tick"));
    }
    Ok(Slippage::Fraction(fraction))
}

fn read_depth(field: &Field<'_>) -> Result<Depth> {
    if !field.value.is_object() {
        return field.choice(&[("displayed", Depth::Displayed), ("allAtBest", Depth::AllAtBest)]);
    }
    let object = field.object()?;
    let inner = object.need("walk")?.object()?;
    let depth = Depth::Walk {
        ticks: read_ticks(&inner.need("ticks")?)?.max(1),
        share: inner.need("share")?.positive()?,
        levels: u32::try_from(inner.need("levels")?.count()?).unwrap_or(u32::MAX).min(10_000),
    };
    inner.finish()?;
    object.finish()?;
    Ok(depth)
}

fn read_queue(field: &Field<'_>) -> Result<QueueModel> {
    if !field.value.is_object() {
        return field.choice(&[
            ("risk-averse", QueueModel::RiskAverse),
            ("probabilistic", QueueModel::Probabilistic(1)),
            ("none", QueueModel::None),
        ]);
    }
    let object = field.object()?;
    let power = object.need("probabilistic")?;
    let exponent = power.count()?;
    object.finish()?;
    if (1..=3).contains(&exponent) { Ok(QueueModel::Probabilistic(exponent as u32)) } else { Err(power.error("the power is 1, 2 or 3")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::parse;

    fn read(text: &str) -> Result<System> {
        read_system(&Field::root(&parse(text)?))
    }

    #[test]
    fn reads_and_overrides() {
        let system = read(
            r#"{"exchange":"binance_spot","instruments":["BTC/USDT",{"symbol":"eth/usdt","tickSize":0.05},"okx:BTC/USDT"],
            "fees":{"maker":"-0.0001","taker":0.001},"executions":{"okx":{"latency":"20ms","account":"cash-settled"}}}"#,
        )
        .expect("a good config");
        assert_eq!(system.exchanges.len(), 2);
        assert_eq!(system.instruments[1].symbol, "ETH/USDT");
        assert_eq!(system.exchanges[1].execution.latency, Latency::RoundTrip(20_000_000));
        assert_eq!(system.exchanges[1].execution.fees.maker, Decimal::new(-1, 4));
        assert_eq!(system.find_instrument("okx:BTC/USDT").expect("found").0, 2);
        assert_eq!(system.find_instrument("BTC/USDT").expect_err("two").code, crate::Code::AmbiguousName);
    }

    #[test]
    fn bad_fields_are_named() {
        for (text, path) in [
            (r#"{"instruments":[]}"#, "instruments"),
            (r#"{"instruments":["BTC"]}"#, "instruments[0]"),
            (r#"{"instruments":["A/B","A/B"]}"#, "instruments[1]"),
            (r#"{"instruments":["A/B"],"latncy":1}"#, "latncy"),
            (r#"{"instruments":["A/B"],"latency":-1}"#, "latency"),
            (r#"{"instruments":["A/B"],"fees":{"maker":0,"taker":1}}"#, "fees.taker"),
            (r#"{"instruments":["A/B"],"fees":{"maker":0,"taker":"-0.1"}}"#, "fees.taker"),
            (r#"{"instruments":["A/B"],"fills":{"volumeShare":2}}"#, "fills.volumeShare"),
            (r#"{"instruments":["A/B"],"fills":{"queue":"psychic"}}"#, "fills.queue"),
            (r#"{"instruments":["A/B"],"leverage":3}"#, "leverage"),
            (r#"{"instruments":["A/B"],"executions":{"okx":{}}}"#, "executions.okx"),
            (r#"{"instruments":[{"symbol":"A/B","tickSize":0}]}"#, "instruments[0].tickSize"),
            (r#"{"instruments":["A/B","A/C"],"account":"cash-settled"}"#, "instruments"),
        ] {
            assert_eq!(read(text).expect_err(text).path, path, "{text}");
        }
    }
}
