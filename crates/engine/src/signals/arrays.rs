//! From arrays over the bars to the list of those bars at which there is something to do.

use super::target::Target;
use super::{Entry, LONG_ENTRY, LONG_EXIT, List, NEVER, Plan, SHORT_ENTRY, SHORT_EXIT};
use haggle_model::{Decimal, Error, Increment, Result};
use std::str::FromStr as _;

/// Entries and exits: 1 at each bar that has one, else 0. What there is has one value for each bar.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flags<'a> {
    /// Opens a long position.
    pub entries: Option<&'a [u8]>,
    /// Closes a long position.
    pub exits: Option<&'a [u8]>,
    /// Opens a short position.
    pub short_entries: Option<&'a [u8]>,
    /// Closes a short position.
    pub short_exits: Option<&'a [u8]>,
}

/// What targets are counted in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TargetUnit {
    /// Quantity of base.
    #[default]
    Units,
    /// What the position is worth, in quote.
    Quote,
    /// The same as a share of the account's equity.
    Equity,
}

/// Bars that a run may have.
const BARS_MAX: u64 = NEVER as u64;

/// Refuses an array that has not one value for each of `bars`.
fn check_length(path: &str, length: usize, bars: u64) -> Result<()> {
    if bars >= BARS_MAX {
        return Err(Error::overflow("the number of bars").at(path));
    }
    if length as u64 == bars {
        return Ok(());
    }
    Err(Error::argument(path, format!("the array has {length} values, but the instrument has {bars} bars in the data"))
        .hint("one value for each bar, in the order of the data"))
}

fn no_shorts(path: String, what: &str) -> Error {
    Error::argument(path, format!("{what} is a short position, which a spot account cannot have"))
        .hint("account: 'cash-settled', in the system")
}

impl Plan {
    /// Presses entries and exits of an instrument with so many `bars`. `can_short`: whether its account is cash-settled.
    ///
    /// Errors: `INVALID_ARGUMENT` with the array (`entries`), or the array and the bar (`shortEntries[17]`), as path: for
    /// another number of values than bars, a value that is neither 0 nor 1, both entries at one bar, a short entry on a spot
    /// account, and where nothing opens a position.
    pub fn of_flags(flags: Flags<'_>, entry: Entry, bars: u64, can_short: bool) -> Result<Self> {
        let arrays = [
            ("entries", flags.entries, LONG_ENTRY),
            ("exits", flags.exits, LONG_EXIT),
            ("shortEntries", flags.short_entries, SHORT_ENTRY),
            ("shortExits", flags.short_exits, SHORT_EXIT),
        ];
        if flags.entries.is_none() && flags.short_entries.is_none() {
            return Err(Error::argument("", "nothing opens a position").hint("give entries, shortEntries or targets"));
        }
        for (name, values, _) in arrays {
            let Some(values) = values else { continue };
            check_length(name, values.len(), bars)?;
            if let Some(at) = values.iter().position(|value| *value > 1) {
                return Err(Error::argument(format!("{name}[{at}]"), format!("expected 0 or 1, found {}", values[at])));
            }
        }
        let mut list: Vec<(u32, u8)> = Vec::new();
        for at in 0..bars as usize {
            let flags = arrays.iter().fold(0, |flags, (_, values, flag)| flags | values.map_or(0, |values| values[at] * flag));
            if flags == 0 {
                continue;
            }
            if flags & SHORT_ENTRY != 0 {
                let path = format!("shortEntries[{at}]");
                if flags & LONG_ENTRY != 0 {
                    return Err(Error::argument(path, "the bar has a long entry, too"));
                }
                if !can_short {
                    return Err(no_shorts(path, "a short entry"));
                }
            }
            list.push((at as u32, flags));
        }
        Ok(Self::new(List::Flags(list.into(), entry)))
    }

    /// Presses target positions of an instrument with so many `bars`, signed; NaN at the start is warm-up. Units are rounded
    /// down to the lot, and a target that is that of the bar before is none. Before the first one the position is flat.
    ///
    /// Errors: `INVALID_ARGUMENT` with `targets` or `targets[17]` as path: for another number of values than bars, a value
    /// that is not finite after the warm-up, a short position on a spot account; `OVERFLOW` for one that does not fit.
    pub fn of_targets(values: &[f64], unit: TargetUnit, lot: Increment, bars: u64, can_short: bool) -> Result<Self> {
        check_length("targets", values.len(), bars)?;
        let warm_up = values.iter().take_while(|value| value.is_nan()).count();
        let mut list: Vec<(u32, Target)> = Vec::new();
        let (mut last, mut before) = (Target::Units(0), 0.0);
        for (at, value) in values.iter().copied().enumerate().skip(warm_up) {
            // Most values are those of the bar before; NaN is equal to nothing.
            #[expect(clippy::float_cmp, reason = "the very same number is what is asked for")]
            if value == before {
                continue;
            }
            before = value;
            let path = || format!("targets[{at}]");
            if !value.is_finite() {
                let message =
                    if value.is_nan() { "NaN after the warm-up".to_owned() } else { format!("expected a finite number, found {value}") };
                return Err(Error::argument(path(), message).hint("repeat the target of the bar before to keep the position"));
            }
            let target = target_of(value, unit, lot).ok_or_else(|| Error::overflow(&format!("a target of {value}")).at(path()))?;
            if target.is_short() && !can_short {
                return Err(no_shorts(path(), "a target below zero"));
            }
            if target != last {
                list.push((at as u32, target));
                last = target;
            }
        }
        Ok(Self::new(List::Targets(list.into())))
    }
}

/// A double as the shortest decimal that reads as it; flat is `Units(0)` in every unit.
fn target_of(value: f64, unit: TargetUnit, lot: Increment) -> Option<Target> {
    if unit == TargetUnit::Units {
        return lot.toward_zero(value).map(Target::Units);
    }
    let amount = Decimal::from_str(&value.to_string()).ok()?.normalize();
    Some(match unit {
        _ if amount.is_zero() => Target::Units(0),
        TargetUnit::Equity => Target::Equity(amount),
        TargetUnit::Units | TargetUnit::Quote => Target::Quote(amount),
    })
}
