//! What a client is made of: the exchange's rules, its instruments, what the account begins with. Zero latency and fees unless told
//! otherwise.

use crate::map::InstrumentMap;
use haggle_model::init::{EXCHANGE_UNNAMED, read_balances, read_rate, read_system};
use haggle_model::read::{Field, Object, join};
use haggle_model::time::Nanos;
use haggle_model::wire::{AccountSnapshot, Wire};
use haggle_model::{AssetId, Decimal, Error, Execution, Increment, Instrument, Result};
use serde_json::{Map, Value, json};

/// Events that a stream holds before it loses the oldest.
const EVENTS_MAX: usize = 10_000;
/// Orders that are over, and fills, that an account remembers.
const HISTORY_MAX: usize = 100_000;
/// Decimals of prices and quantities where the config does not say what ticks and lots are.
const SCALE_DEFAULT: u32 = 8;
/// Digits that an exact product may have.
const DIGITS_MAX: u32 = 28;
const EXECUTION: [&str; 5] = ["fees", "latency", "fills", "account", "leverage"];

/// What a client is made of.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The exchange and its instruments.
    pub map: InstrumentMap,
    /// How it treats orders.
    pub execution: Execution,
    /// What the account has, where there is no whole state.
    pub balances: Vec<(AssetId, Decimal)>,
    /// The account's state, from a config's `initial_state`.
    pub initial: Option<AccountSnapshot>,
    /// What the clock shows at first.
    pub start: Nanos,
    /// Of latency's jitter and of random failures.
    pub seed: u64,
    /// Events that a stream holds before it loses the oldest.
    pub events_max: usize,
    /// Orders that are over, and fills, that an account remembers.
    pub history_max: usize,
}

impl Settings {
    /// Reads `SpotOptions`: `{ symbols, balances?, start?, seed? }` and what an `ExecutionInit` has. `clock` is left to the caller.
    ///
    /// Errors: `INVALID_ARGUMENT`, `UNKNOWN_NAME` with the path of the field.
    pub fn spot(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        let exchange = object.get("exchange").map(|name| name.text()).transpose()?.unwrap_or(EXCHANGE_UNNAMED);
        let map = InstrumentMap::new(exchange, object.need("symbols")?.value).map_err(|error| {
            let path = error.path.replacen("instruments", "symbols", 1);
            error.at(path)
        })?;
        let execution = read_execution(&object, &map)?;
        let mut settings = Self::of(map, execution);
        settings.read_options(&object)?;
        object.finish()?;
        settings.check_digits()?;
        Ok(settings)
    }

    /// Reads an `ExecutionInit` or barter's `MockExecutionConfig`, and `MockOptions`, whose balances replace an `initial_state`.
    ///
    /// Errors: as above; a `mocked_exchange` that is not the map's is `UNKNOWN_NAME`.
    pub fn new(config: &Field<'_>, map: InstrumentMap, options: Option<&Field<'_>>) -> Result<Self> {
        let object = config.object()?;
        let barter = object.get("mocked_exchange");
        let mut settings = if let Some(exchange) = &barter {
            Self::of_barter(&object, exchange, map)?
        } else {
            let execution = read_execution(&object, &map)?;
            Self::of(map, execution)
        };
        object.finish()?;
        if let Some(options) = options {
            let options = options.object()?;
            settings.read_options(&options)?;
            options.finish()?;
        }
        settings.check_digits()?;
        Ok(settings)
    }

    fn of(map: InstrumentMap, execution: Execution) -> Self {
        Self {
            balances: map.system().balances.clone(),
            map,
            execution,
            initial: None,
            start: 0,
            seed: 0,
            events_max: EVENTS_MAX,
            history_max: HISTORY_MAX,
        }
    }

    fn of_barter(object: &Object<'_>, exchange: &Field<'_>, map: InstrumentMap) -> Result<Self> {
        let name = exchange.text()?;
        if name != map.exchange() {
            return Err(Error::unknown("exchange", name, [map.exchange()]).at(exchange.path.clone()));
        }
        let rate = object.get("fees_percent").map_or(Ok(Decimal::ZERO), |field| read_rate(&field, false))?.to_string();
        let latency = object.get("latency_ms").map_or(Ok(0), |field| field.count())?;
        let value = json!({ "fees": { "maker": rate, "taker": rate }, "latency": latency });
        let execution = read_execution(&Field::root(&value).object()?, &map)?;
        let mut settings = Self::of(map, execution);
        settings.balances.clear();
        settings.initial = object.get("initial_state").map(|state| AccountSnapshot::read(&state)).transpose()?;
        Ok(settings)
    }

    fn read_options(&mut self, object: &Object<'_>) -> Result<()> {
        object.get("clock");
        if let Some(balances) = object.get("balances") {
            self.balances = read_balances(&balances, self.map.system())?;
            self.initial = None;
        }
        if let Some(start) = object.get("start") {
            self.start = start.time()?;
        }
        if let Some(seed) = object.get("seed") {
            self.seed = seed.count()?;
        }
        Ok(())
    }

    /// Tick and lot of an instrument.
    pub(crate) fn grid(instrument: &Instrument) -> Result<(Increment, Increment)> {
        let grid = |value: Option<Decimal>| value.map_or_else(|| Increment::power_of_ten(SCALE_DEFAULT), Increment::new);
        Ok((grid(instrument.filters.tick_size)?, grid(instrument.filters.lot_size)?))
    }

    /// `rust_decimal` rounds products beyond 28 digits without a word: no product here may need more.
    fn check_digits(&self) -> Result<()> {
        let fees = &self.execution.fees;
        let rate = [fees.maker, fees.taker, fees.per_contract].iter().map(|rate| rate.normalize().scale()).max().unwrap_or(0);
        let held = self.initial.iter().flat_map(|state| &state.balances).map(|balance| balance.balance.total);
        let held = held.chain(self.balances.iter().map(|(_, amount)| *amount));
        let largest = held.map(|amount| amount.trunc().normalize().to_string().len() as u32).max().unwrap_or(1);
        for (at, instrument) in self.map.system().instruments.iter().enumerate() {
            let (tick, lot) = Self::grid(instrument)?;
            let decimals = tick.scale() + lot.scale() + rate;
            if decimals + largest > DIGITS_MAX {
                let message = format!("exact values need {decimals} decimals and {largest} integer digits, and only {DIGITS_MAX} fit");
                let error = Error::new(haggle_model::Code::Overflow, message).at(format!("instruments[{at}]"));
                return Err(error.hint("set a coarser tickSize or lotSize"));
            }
        }
        Ok(())
    }
}

/// What an `ExecutionInit` says, with zero latency and fees where it is silent.
fn read_execution(object: &Object<'_>, map: &InstrumentMap) -> Result<Execution> {
    let symbols: Vec<&str> = map.system().instruments.iter().map(|instrument| instrument.symbol.as_str()).collect();
    let mut init = Map::new();
    init.insert("exchange".to_owned(), map.exchange().into());
    init.insert("instruments".to_owned(), symbols.into());
    init.insert("fees".to_owned(), json!({ "maker": 0, "taker": 0 }));
    init.insert("latency".to_owned(), Value::from(0));
    for name in EXECUTION {
        if let Some(field) = object.get(name) {
            init.insert(name.to_owned(), field.value.clone());
        }
    }
    let system = read_system(&Field::root(&Value::Object(init))).map_err(|error| {
        let path = join(object.path(), &error.path);
        error.at(path)
    })?;
    Ok(system.exchanges[0].execution.clone())
}
