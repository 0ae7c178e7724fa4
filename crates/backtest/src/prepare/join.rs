//! Data and config joined: which instrument of the data is which of the config, on whose grid, and whether all products stay exact.

use crate::constant::Constant;
use haggle_data::{KindCounts, RowKind, Store};
use haggle_engine::MarketSpec;
use haggle_exchange::{Limits, Spec};
use haggle_model::{Code, Decimal, Error, FeeAsset, Feed, Increment, InstrumentId, Result};
use std::sync::Arc;

/// Lot of an instrument whose data shows no quantity.
const LOT_SCALE_DEFAULT: u32 = 8;
/// Decimals that an exact product may have.
const DIGITS_MAX: u32 = 28;

/// By instrument of the data: its place in the config.
pub fn match_instruments(constant: &Constant, store: &Store) -> Result<Vec<InstrumentId>> {
    let system = &constant.system;
    let mut found: Vec<InstrumentId> = Vec::with_capacity(store.instruments.len());
    for data in &store.instruments {
        let exchange = data.exchange.as_deref().filter(|name| system.exchanges.iter().any(|exchange| exchange.name == *name));
        let name = exchange.map_or_else(|| data.symbol.clone(), |exchange| format!("{exchange}:{}", data.symbol));
        // Data of an exchange that the config has are never another one's.
        let is_there =
            |id: &InstrumentId| exchange.is_none_or(|exchange| system.exchanges[system.instrument(*id).exchange.index()].name == exchange);
        let found_by = |name: &str| {
            system.find_instrument(name).and_then(|id| if is_there(&id) { Ok(id) } else { Err(Error::unknown("instrument", name, [])) })
        };
        let instrument = found_by(&name).or_else(|_| found_by(&data.symbol)).map_err(|error| {
            if error.code == Code::AmbiguousName {
                return error.at("marketData");
            }
            let known: Vec<String> = system.instruments.iter().map(|instrument| format!("'{}'", instrument.symbol)).collect();
            Error::new(Code::UnknownName, format!("the data has {}, which the config does not", data.symbol))
                .at("marketData")
                .hint(format!("marketData.select({{ symbols: [{}] }}), or add it to the instruments", known.join(", ")))
        })?;
        if found.contains(&instrument) {
            return Err(Error::new(Code::AmbiguousName, format!("two series of the data are {}", data.symbol)).at("marketData"));
        }
        found.push(instrument);
    }
    Ok(found)
}

/// The data on the config's ticks and lots, copied only where these differ from the data's.
pub(super) fn regrid(constant: &Constant, store: Arc<Store>, matched: &[InstrumentId]) -> Result<Arc<Store>> {
    let mut store = store;
    for (data, instrument) in matched.iter().enumerate() {
        let filters = &constant.system.instrument(*instrument).filters;
        let path = format!("system.instruments[{}]", instrument.index());
        let own = &store.instruments[data];
        let grid = |value: Option<Decimal>, own: Increment| value.map_or(Ok(own), Increment::new);
        let tick = grid(filters.tick_size, own.tick).map_err(|error| error.at(format!("{path}.tickSize")))?;
        let lot = grid(filters.lot_size, own.lot).map_err(|error| error.at(format!("{path}.lotSize")))?;
        if (tick, lot) != (own.tick, own.lot) {
            store = Arc::new(store.rescale(data as u16, tick, lot).map_err(|error| {
                let inner = if error.path.is_empty() { path } else { format!("{path}.{}", error.path) };
                error.at(inner)
            })?);
        }
    }
    Ok(store)
}

pub(super) fn spec_of(constant: &Constant, at: usize, data: Option<(&haggle_data::DataInstrument, KindCounts)>) -> Result<Spec> {
    let instrument = &constant.system.instruments[at];
    let feed = match data {
        Some((_, kinds)) if kinds.books > 0 => Feed::Book,
        Some((_, kinds)) if kinds.quotes > 0 => Feed::Quotes,
        Some((_, kinds)) if kinds.trades > 0 => Feed::Trades,
        Some((_, kinds)) if kinds.bars > 0 => Feed::Bars,
        _ => Feed::Nothing,
    };
    let filters = &instrument.filters;
    let given = |value: Option<Decimal>, otherwise: Increment| value.map_or(Ok(otherwise), Increment::new);
    let tick = given(filters.tick_size, data.map_or(Increment::ONE, |(data, _)| data.tick))?;
    let lot = given(filters.lot_size, data.map_or(Increment::power_of_ten(LOT_SCALE_DEFAULT)?, |(data, _)| data.lot))?;
    Ok(Spec {
        instrument: InstrumentId(at as u16),
        base: instrument.base,
        quote: instrument.quote,
        tick,
        lot,
        limits: Limits::new(filters, tick, lot)?,
        account: constant.system.exchanges[instrument.exchange.index()].execution.account,
        feed,
        has_volume: data.is_some_and(|(_, kinds)| kinds.volumes > 0),
    })
}

/// Products are exact as long as all their decimals and the integer digits of the largest value fit: `rust_decimal` rounds
/// beyond that without a word.
pub(super) fn check_digits(constant: &Constant, store: &Store, specs: &[MarketSpec], by_instrument: &[Option<usize>]) -> Result<()> {
    let over = || Error::overflow("the largest notional value");
    for (at, spec) in specs.iter().enumerate() {
        let Some(data) = by_instrument[at] else { continue };
        let execution = &constant.system.exchanges[constant.system.instruments[at].exchange.index()].execution;
        let fees = &execution.fees;
        let rate = [fees.maker, fees.taker, fees.per_contract].iter().map(|rate| rate.normalize().scale()).max().unwrap_or(0);
        let rows = store.rows.iter().enumerate().filter(|(_, row)| usize::from(row.instrument) == data);
        let price_max = rows.map(|(place, row)| match row.kind {
            RowKind::Quote => store.ask(place),
            RowKind::Buy | RowKind::Sell => row.a,
            RowKind::Bar => store.bars[row.a as usize].high,
            RowKind::Snapshot | RowKind::Update => store.levels[row.levels()].iter().map(|level| level.price).max().unwrap_or(1),
            RowKind::Gap => 1,
        });
        let price = spec.tick.decimal(price_max.max().unwrap_or(1).max(1));
        let mut largest = price;
        for (asset, amount) in &constant.balances {
            let factor = if *asset == spec.base { price } else { execution.leverage };
            largest = largest.max(amount.checked_mul(factor).ok_or_else(over)?);
        }
        let largest = largest.trunc().normalize().to_string().len() as u32;
        let decimals = spec.tick.scale() + spec.lot.scale() + rate;
        if decimals + largest > DIGITS_MAX {
            return Err(Error::new(
                Code::Overflow,
                format!(
                    "exact values need {decimals} decimals (price {}, quantity {}, fee rate {rate}) and {largest} integer digits, and only {DIGITS_MAX} fit",
                    spec.tick.scale(),
                    spec.lot.scale()
                ),
            )
            .at(format!("system.instruments[{at}]"))
            .hint("set a coarser tickSize or lotSize"));
        }
        if let FeeAsset::Named(name) = &fees.charged_in
            && constant.system.assets.iter().all(|asset| asset.name != *name)
        {
            return Err(Error::unknown("asset", name, constant.system.assets.iter().map(|asset| asset.name.as_str()))
                .at("system.fees.chargedIn.asset"));
        }
    }
    Ok(())
}
