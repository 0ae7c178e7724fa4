//! What all runs over the same data and config share: names matched, grids joined, checks made, once.

use crate::args::Constant;
use crate::clock::Tiling;
use crate::run::Needs;
use crate::hash;
use crate::latency::Legs;
use crate::summary::{self, Warning};
use haggle_data::{KindCounts, RowKind, Store};
use haggle_engine::{MarketSpec, Valuation};
use haggle_exchange::{Feed, Limits, Spec};
use haggle_metrics::{Period, default_grid};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{AccountKind, BarFill, Code, Decimal, Depth, Error, FeeAsset, Increment, InstrumentId, QueueModel, Result};
use std::sync::Arc;

/// Lot of an instrument whose data shows no quantity.
const LOT_SCALE_DEFAULT: u32 = 8;
/// Decimals that an exact product may have.
const DIGITS_MAX: u32 = 28;

/// Where an instrument trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Place of its exchange.
    pub exchange: usize,
    /// Place among that exchange's markets.
    pub market: usize,
    /// Its place in the config.
    pub instrument: InstrumentId,
    /// Whether its marks come from quotes.
    pub has_quotes: bool,
    /// Whether its data are bars alone.
    pub is_bars: bool,
}

/// Data and config, joined and checked.
#[derive(Debug)]
pub struct Prepared {
    /// What was asked for.
    pub constant: Constant,
    /// The data, on the config's grids.
    pub store: Arc<Store>,
    /// How often the data repeats.
    pub tiling: Tiling,
    /// By instrument of the config: where it trades.
    pub places: Vec<Place>,
    /// By instrument of the data: the same.
    pub routes: Vec<Place>,
    /// By instrument of the data: what its market at the exchange comes from.
    pub needs: Vec<Needs>,
    /// By instrument of the data: twice the lowest and the highest mark, in ticks.
    pub mark_ranges: Vec<(i64, i64)>,
    /// Whether the data are bars, and nothing else.
    pub is_bars_only: bool,
    /// By bar: the instrument of the data it belongs to.
    pub bar_instruments: Vec<u16>,
    /// By instrument: its bars in a whole run.
    pub bar_counts: Vec<u64>,
    /// By exchange: its markets.
    pub specs: Vec<Vec<Spec>>,
    /// By exchange: time of its last row.
    pub last_times: Vec<Nanos>,
    /// Whether exchange time stands for arrival in this data.
    pub is_arrival: bool,
    /// By instrument: its shortest bar, where its data are bars alone.
    pub bar_periods: Vec<Option<Nanos>>,
    /// By instrument: what the engine knows of it.
    pub market_specs: Vec<MarketSpec>,
    /// How balances count.
    pub valuation: Valuation,
    /// By instrument: its first mark in the data.
    pub first_marks: Vec<Option<Decimal>>,
    /// Grid of returns.
    pub grid: Period,
    /// What a user should know of data and config.
    pub warnings: Vec<Warning>,
    /// Hash of the data's values.
    pub data_hash: String,
    /// Hash of what was asked for.
    pub config_hash: String,
    /// Settings on which the config was silent, and what held there.
    pub defaults: serde_json::Value,
}

impl Prepared {
    /// Joins data and config.
    pub fn new(constant: Constant, store: Arc<Store>, tiling: Tiling) -> Result<Self> {
        check_tiling(&store, tiling)?;
        let is_arrival = store.report.is_arrival;
        for exchange in &constant.system.exchanges {
            Legs::new(exchange.execution.latency, is_arrival, 0, 0)?;
        }
        let data_hash = store.data_hash();
        let matched = match_instruments(&constant, &store)?;
        let store = regrid(&constant, store, &matched)?;
        let kinds = store.kinds();
        let count = constant.system.instruments.len();

        let mut by_instrument: Vec<Option<usize>> = vec![None; count];
        for (data, instrument) in matched.iter().enumerate() {
            by_instrument[instrument.index()] = Some(data);
        }
        let mut specs: Vec<Vec<Spec>> = vec![Vec::new(); constant.system.exchanges.len()];
        let mut places = Vec::with_capacity(count);
        let mut market_specs = Vec::with_capacity(count);
        for (at, instrument) in constant.system.instruments.iter().enumerate() {
            let data = by_instrument[at];
            let spec = spec_of(&constant, at, data.map(|data| (&store.instruments[data], kinds[data])))
                .map_err(|error| error.at(format!("system.instruments[{at}]")))?;
            let exchange = instrument.exchange.index();
            places.push(Place {
                exchange,
                market: specs[exchange].len(),
                instrument: InstrumentId(at as u16),
                has_quotes: spec.feed == Feed::Quotes,
                is_bars: spec.feed == Feed::Bars,
            });
            market_specs.push(MarketSpec {
                tick: spec.tick,
                lot: spec.lot,
                base: spec.base,
                quote: spec.quote,
                notional_min: spec.notional_min(),
                is_cash_settled: constant.system.exchanges[exchange].execution.account == AccountKind::CashSettled,
            });
            specs[exchange].push(spec);
        }
        check_digits(&constant, &store, &market_specs, &by_instrument)?;
        let routes: Vec<Place> = matched.iter().map(|instrument| places[instrument.index()]).collect();
        let needs = routes.iter().zip(&kinds).map(|(place, kinds)| Needs {
            book: kinds.quotes > 0,
            last: kinds.trades > 0 || place.is_bars,
            open: place.is_bars,
        });
        let needs = needs.collect();
        let marked: Vec<bool> = by_instrument.iter().map(Option::is_some).collect();
        let valuation = Valuation::new(&constant.system, &constant.reporting_asset, &marked)?;

        let span = tiling_span(tiling)?;
        let mut last_times = vec![Nanos::MIN; specs.len()];
        for row in &store.rows {
            let last = &mut last_times[routes[usize::from(row.instrument)].exchange];
            *last = (*last).max(row.time);
        }
        for last in &mut last_times {
            *last = last.checked_add(span).ok_or_else(|| Error::overflow("the time of the last row"))?;
        }
        let mut prepared = Self {
            mark_ranges: mark_ranges(&store, &routes),
            first_marks: first_marks(&store, &routes, &market_specs),
            is_bars_only: store.bars.len() == store.rows.len(),
            bar_instruments: bar_instruments(&store),
            bar_counts: by_instrument.iter().map(|data| data.map_or(0, |data| kinds[data].bars * u64::from(tiling.passes))).collect(),
            bar_periods: bar_periods(&store, &routes, count),
            grid: constant.sample_interval.unwrap_or_else(|| grid_of(&store, tiling)),
            is_arrival,
            warnings: Vec::new(),
            config_hash: hash::of_text(&format!("{constant:?} {tiling:?}")),
            defaults: summary::defaults(&constant.system, is_arrival),
            constant,
            store,
            tiling,
            places,
            routes,
            needs,
            specs,
            last_times,
            market_specs,
            valuation,
            data_hash,
        };
        prepared.warnings = prepared.warn();
        Ok(prepared)
    }

    /// Market rows of a whole run.
    pub fn rows(&self) -> u64 {
        self.store.rows.len() as u64 * u64::from(self.tiling.passes)
    }

    fn warn(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let mut warn = |code, message: String| warnings.push(Warning { code, message });
        let report = &self.store.report;
        if let Some(lag) = report.aligned_lag {
            let lag = lag as f64 / 1e6;
            warn("ALIGNED", format!("half-stamped data: venue stamps were moved by {lag} ms so that prints and quotes share one clock"));
        }
        if report.crossed > 0 {
            warn("CROSSED_QUOTES", format!("{} crossed quotes were dropped", report.crossed));
        }
        if report.received_early > 0 {
            warn(
                "RECEIVED_EARLY",
                format!("{} rows were received before their exchange time and count as received at it", report.received_early),
            );
        }
        for (at, exchange) in self.constant.system.exchanges.iter().enumerate() {
            let (name, fills) = (&exchange.name, &exchange.execution.fills);
            if fills.depth == Depth::AllAtBest {
                warn("ALL_AT_BEST", format!("'{name}' fills any size at the best price, which flatters large orders"));
            }
            if fills.queue == QueueModel::None {
                warn("NO_QUEUE", format!("'{name}' fills resting orders at every print at their price, as if nobody were ahead"));
            }
            if fills.bar == BarFill::ThisClose && self.places.iter().any(|place| place.exchange == at && place.is_bars) {
                warn("THIS_CLOSE", format!("'{name}' fills at the close that a decision was taken on, which nobody can do"));
            }
        }
        for (at, asset) in self.constant.system.assets.iter().enumerate() {
            let held = self.constant.balances.iter().any(|(id, amount)| id.index() == at && !amount.is_zero());
            if held && self.valuation.assets[at].is_none() {
                warn("NO_VALUE", format!("{} has no price in {}, so it is left out of equity", asset.name, self.valuation.reporting_asset));
            }
        }
        warnings
    }
}

/// Passes must not overlap: times would go back.
fn check_tiling(store: &Store, tiling: Tiling) -> Result<()> {
    if tiling.passes == 0 {
        return Err(Error::argument("passes", "data are passed over once at least"));
    }
    let first = store.rows.first().map(|row| row.time).into_iter().chain(store.bars.iter().map(|bar| bar.time_open)).min();
    let last = (0..store.len()).map(|place| store.arrival_time(place)).max();
    let length = first.zip(last).and_then(|(first, last)| last.checked_sub(first)).ok_or_else(|| Error::data("the data has no rows"))?;
    if tiling.passes > 1 && tiling.period < length {
        return Err(Error::argument("period", format!("one pass takes {length} ns, so the next cannot begin after {} ns", tiling.period)));
    }
    let end = tiling_span(tiling)?.checked_add(last.unwrap_or_default());
    end.filter(|end| *end < NEVER).map(drop).ok_or_else(|| Error::overflow("the time of the last row"))
}

fn tiling_span(tiling: Tiling) -> Result<Nanos> {
    tiling.period.checked_mul(i64::from(tiling.passes.saturating_sub(1))).ok_or_else(|| Error::overflow("the time of the last row"))
}

/// By instrument of the data: its place in the config.
fn match_instruments(constant: &Constant, store: &Store) -> Result<Vec<InstrumentId>> {
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
fn regrid(constant: &Constant, store: Arc<Store>, matched: &[InstrumentId]) -> Result<Arc<Store>> {
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

fn spec_of(constant: &Constant, at: usize, data: Option<(&haggle_data::DataInstrument, KindCounts)>) -> Result<Spec> {
    let instrument = &constant.system.instruments[at];
    let feed = match data {
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
        feed,
    })
}

/// Products are exact as long as all their decimals and the integer digits of the largest value fit: `rust_decimal` rounds
/// beyond that without a word.
fn check_digits(constant: &Constant, store: &Store, specs: &[MarketSpec], by_instrument: &[Option<usize>]) -> Result<()> {
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

/// The first mark of every instrument: a mid, a print or an open.
fn first_marks(store: &Store, routes: &[Place], specs: &[MarketSpec]) -> Vec<Option<Decimal>> {
    let mut marks: Vec<Option<Decimal>> = vec![None; specs.len()];
    let mut missing = routes.len();
    for (at, row) in store.rows.iter().enumerate() {
        let place = routes[usize::from(row.instrument)];
        let mark = &mut marks[place.instrument.index()];
        if mark.is_some() {
            continue;
        }
        let tick = specs[place.instrument.index()].tick;
        *mark = match row.kind {
            RowKind::Quote if row.b > 0 && row.c > 0 => Some((tick.decimal(row.a) + tick.decimal(store.ask(at))) / Decimal::TWO),
            RowKind::Buy | RowKind::Sell if !place.has_quotes => Some(tick.decimal(row.a)),
            RowKind::Bar if place.is_bars => Some(tick.decimal(store.bars[row.a as usize].open)),
            _ => None,
        };
        if mark.is_some() {
            missing -= 1;
            if missing == 0 {
                break;
            }
        }
    }
    marks
}

fn bar_instruments(store: &Store) -> Vec<u16> {
    let mut instruments = vec![0; store.bars.len()];
    for row in store.rows.iter().filter(|row| row.kind == RowKind::Bar) {
        instruments[row.a as usize] = row.instrument;
    }
    instruments
}

fn bar_periods(store: &Store, routes: &[Place], instruments: usize) -> Vec<Option<Nanos>> {
    let mut periods: Vec<Option<Nanos>> = vec![None; instruments];
    for row in store.rows.iter().filter(|row| row.kind == RowKind::Bar) {
        let place = routes[usize::from(row.instrument)];
        if place.is_bars {
            let period = row.time - store.bars[row.a as usize].time_open;
            let least = periods[place.instrument.index()].get_or_insert(period);
            *least = (*least).min(period);
        }
    }
    periods
}

fn grid_of(store: &Store, tiling: Tiling) -> Period {
    let (Some(first), Some(last)) = (store.rows.first(), store.rows.last()) else { return Period::SECOND };
    let span = tiling_span(tiling).unwrap_or(0);
    default_grid(first.time, last.time.saturating_add(span), || {
        (0..i64::from(tiling.passes)).flat_map(|pass| store.rows.iter().map(move |row| row.time + pass * tiling.period))
    })
}

/// Twice the mark, in ticks, that a row may bring to its market; `None` where it brings none.
pub fn mark_twice(store: &Store, place: &Place, at: usize) -> Option<i64> {
    let row = &store.rows[at];
    match row.kind {
        RowKind::Quote if row.b > 0 && row.c > 0 => Some(row.a + store.ask_of(at, row)),
        RowKind::Buy | RowKind::Sell => Some(2 * row.a),
        RowKind::Bar if place.is_bars => Some(2 * store.bars[row.a as usize].close),
        RowKind::Quote | RowKind::Bar | RowKind::Gap => None,
    }
}

fn mark_ranges(store: &Store, routes: &[Place]) -> Vec<(i64, i64)> {
    let mut ranges = vec![(i64::MAX, i64::MIN); routes.len()];
    for (at, row) in store.rows.iter().enumerate() {
        let instrument = usize::from(row.instrument);
        let open = if row.kind == RowKind::Bar { Some(2 * store.bars[row.a as usize].open) } else { None };
        for mark in mark_twice(store, &routes[instrument], at).into_iter().chain(open) {
            let range = &mut ranges[instrument];
            *range = (range.0.min(mark), range.1.max(mark));
        }
    }
    ranges
}
