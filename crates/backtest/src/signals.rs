//! Reads signals: a strategy given as arrays over the bars. The arrays themselves are no JSON; it has their numbers instead.

use crate::prepare::Prepared;
use haggle_engine::{Entry, Flags, Native, Plan, Signals, TargetUnit};
use haggle_model::read::{Field, Object, join};
use haggle_model::{Code, Error, Increment, InstrumentId, Result, Size};

/// An array that came beside the arguments.
#[derive(Clone, Copy, Debug)]
pub enum SignalArray<'a> {
    /// Of entries or exits: 0 or 1.
    Flags(&'a [u8]),
    /// Of targets.
    Targets(&'a [f64]),
}

const ENTRIES: [&str; 6] = ["entries", "exits", "shortEntries", "shortExits", "size", "exclusive"];
const TARGETS: [&str; 2] = ["targets", "targetsIn"];

/// Whether a strategy is given as signals.
pub fn is_signals(field: &Field<'_>) -> bool {
    field.value.get("native").and_then(|name| name.as_str()) == Some("signals")
}

/// Reads `{ native: 'signals', entries: 0, exits: 1 }`, where 0 and 1 are places in `arrays`.
///
/// Errors: `INVALID_ARGUMENT` with the path of the field, and with the bar where it is about one (`strategy.targets[17]`);
/// `UNKNOWN_NAME` for a field or an instrument that there is not; `AMBIGUOUS_NAME` for one that comes twice.
pub fn read_signals(field: &Field<'_>, prepared: &Prepared, arrays: &[SignalArray<'_>]) -> Result<Native> {
    let object = field.object()?;
    object.need("native")?;
    let mut plans: Vec<Option<Plan>> = vec![None; prepared.setup.market_specs.len()];
    if let Some(instruments) = object.get("instruments") {
        if let Some(field) = ["symbol"].iter().chain(&ENTRIES).chain(&TARGETS).find_map(|name| object.get(name)) {
            return Err(field.error("a field beside `instruments` belongs to no instrument").hint("give it for each instrument"));
        }
        for (name, field) in instruments.entries()? {
            let instrument = prepared.setup.constant.system.find_instrument(name).map_err(|error| error.at(field.path.clone()))?;
            let plan = &mut plans[instrument.index()];
            if plan.is_some() {
                let symbol = &prepared.setup.constant.system.instrument(instrument).symbol;
                return Err(Error::new(Code::AmbiguousName, format!("{symbol} has signals twice")).at(field.path));
            }
            let object = field.object()?;
            *plan = Some(read_plan(&object, instrument, prepared, arrays)?);
            object.finish()?;
        }
        if plans.iter().all(Option::is_none) {
            return Err(instruments.error("there are no signals"));
        }
    } else {
        let instrument = read_symbol(&object, prepared)?;
        plans[instrument.index()] = Some(read_plan(&object, instrument, prepared, arrays)?);
    }
    object.finish()?;
    Ok(Native::Signals(Signals::new(plans.into_iter().map(|plan| plan.unwrap_or_else(Plan::idle)).collect())))
}

/// The instrument that is named, or the only one.
fn read_symbol(object: &Object<'_>, prepared: &Prepared) -> Result<InstrumentId> {
    let system = &prepared.setup.constant.system;
    let count = system.instruments.len();
    let Some(field) = object.get("symbol") else {
        if count == 1 {
            return Ok(InstrumentId(0));
        }
        let symbols: Vec<&str> = system.instruments.iter().map(|instrument| instrument.symbol.as_str()).collect();
        return Err(Error::argument(join(object.path(), "symbol"), "is missing, and the system has several instruments")
            .hint(format!("one of {}, or instruments: {{ ... }}", symbols.join(", "))));
    };
    if field.value.is_string() {
        return system.find_instrument(field.text()?).map_err(|error| error.at(field.path));
    }
    let place = field.count()?;
    if place >= count as u64 {
        return Err(field.error(format!("there is no instrument number {place}: the system has {count}, counted from 0")));
    }
    Ok(InstrumentId(place as u16))
}

/// The signals of one instrument.
fn read_plan(object: &Object<'_>, instrument: InstrumentId, prepared: &Prepared, arrays: &[SignalArray<'_>]) -> Result<Plan> {
    let under = |error: Error| {
        let path = if error.path.is_empty() { object.path().to_owned() } else { join(object.path(), &error.path) };
        error.at(path)
    };
    let spec = &prepared.setup.market_specs[instrument.index()];
    let bars = prepared.bar_counts[instrument.index()];
    if bars == 0 {
        let symbol = &prepared.setup.constant.system.instrument(instrument).symbol;
        return Err(Error::argument(object.path(), format!("the data has no bars of {symbol}, and signals are over bars")));
    }
    if let Some(field) = object.get("targets") {
        if let Some(field) = ENTRIES.iter().find_map(|name| object.get(name)) {
            return Err(field.error("entries and targets exclude each other"));
        }
        let values = match array(&field, arrays)? {
            SignalArray::Targets(values) => values,
            SignalArray::Flags(_) => return Err(field.error("expected numbers")),
        };
        let unit = object.get("targetsIn").map_or(Ok(TargetUnit::Units), |field| {
            field.choice(&[("units", TargetUnit::Units), ("quote", TargetUnit::Quote), ("equity", TargetUnit::Equity)])
        })?;
        return Plan::of_targets(values, unit, spec.lot, bars, spec.is_cash_settled).map_err(under);
    }
    if let Some(field) = object.get("targetsIn") {
        return Err(field.error("there are no targets"));
    }
    let flags = |name: &'static str| {
        let Some(field) = object.get(name) else { return Ok(None) };
        match array(&field, arrays)? {
            SignalArray::Flags(values) => Ok(Some(values)),
            SignalArray::Targets(_) => Err(field.error("expected true or false, or 1 or 0")),
        }
    };
    let flags = Flags {
        entries: flags("entries")?,
        exits: flags("exits")?,
        short_entries: flags("shortEntries")?,
        short_exits: flags("shortExits")?,
    };
    let entry = Entry {
        size: object.get("size").map_or(Ok(Entry::default().size), |field| read_size(&field, spec.lot))?,
        is_exclusive: object.get("exclusive").map_or(Ok(true), |field| field.bool())?,
    };
    Plan::of_flags(flags, entry, bars, spec.is_cash_settled).map_err(under)
}

fn array<'a>(field: &Field<'_>, arrays: &[SignalArray<'a>]) -> Result<SignalArray<'a>> {
    let place = field.count()?;
    arrays.get(place as usize).copied().ok_or_else(|| field.error(format!("there is no array number {place}")))
}

/// A quantity, `{ quote }` or `{ equity }`. A number goes down to the lot, a text has to be a whole number of lots.
fn read_size(field: &Field<'_>, lot: Increment) -> Result<Size> {
    if field.value.is_object() {
        let object = field.object()?;
        let size = match (object.get("quote"), object.get("equity")) {
            (Some(field), None) => Size::Quote(field.positive()?),
            (None, Some(field)) => Size::Equity(field.positive()?),
            _ => return Err(field.error("expected a quantity, { quote } or { equity }")),
        };
        object.finish()?;
        return Ok(size);
    }
    let quantity = field.positive()?;
    let a_lot = || format!("a lot is {}", lot.value().normalize());
    if field.value.is_string() {
        let lots = lot.exact(quantity).ok_or_else(|| {
            field.error(format!("{quantity} is no whole number of lots")).hint(format!("{}; give a number to have it rounded", a_lot()))
        })?;
        return Ok(Size::Lots(lots));
    }
    let lots = field.value.as_f64().and_then(|quantity| lot.toward_zero(quantity));
    match lots.ok_or_else(|| Error::overflow("the size of an entry").at(field.path.clone()))? {
        0 => Err(field.error(format!("{quantity} is less than one lot")).hint(a_lot())),
        lots => Ok(Size::Lots(lots)),
    }
}
