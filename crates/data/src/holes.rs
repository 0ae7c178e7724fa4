//! How bars lie to each other: holes between them, and distances that do not fit their length.

use crate::report::duration;
use crate::row::RowKind;
use crate::store::{LoadReport, Store};
use haggle_model::{
    Error, Result,
    time::{DAY, Nanos},
};
use std::collections::BTreeMap;

/// A stretch of time without rows where some should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hole {
    /// Place of the instrument.
    pub instrument: u16,
    /// Where the rows before end.
    pub from: Nanos,
    /// Where the rows behind begin.
    pub to: Nanos,
    /// Bars that would fit in between; 0 for the time after a reconnect, of which it is not known what is missing.
    pub missing: u64,
}

impl Store {
    /// The holes between bars of one instrument and length, and from each reconnect to the next row of its instrument, by time.
    pub fn holes(&self) -> Vec<Hole> {
        let mut opens: BTreeMap<(u16, Nanos), Vec<Nanos>> = BTreeMap::new();
        let mut gaps: BTreeMap<u16, Nanos> = BTreeMap::new();
        let mut holes = Vec::new();
        for row in &self.rows {
            if row.kind == RowKind::Bar {
                let open = self.bars[row.a as usize].time_open;
                opens.entry((row.instrument, row.time.saturating_sub(open))).or_default().push(open);
            }
            if row.kind == RowKind::Gap {
                gaps.entry(row.instrument).or_insert(row.time);
            } else if let Some(from) = gaps.remove(&row.instrument) {
                holes.push(Hole { instrument: row.instrument, from, to: row.time, missing: 0 });
            }
        }
        for ((instrument, length), mut opens) in opens {
            opens.sort_unstable();
            let between = |pair: &[Nanos]| {
                let (from, to) = (pair[0].saturating_add(length), pair[1]);
                (to > from)
                    .then(|| Hole { instrument, from, to, missing: (to.saturating_sub(from) / length) as u64 })
                    .filter(|hole| hole.missing > 0)
            };
            holes.extend(opens.windows(2).filter_map(between));
        }
        holes.sort_by_key(|hole| (hole.from, hole.instrument));
        holes
    }
}

/// Checks the distances of one instrument's bars against their length, and counts what is missing. `opens` are sorted here.
///
/// Errors: `INVALID_DATA` where most bars begin before the one before is over: the stamps are of another unit, or the length is wrong.
pub(crate) fn check_distances(opens: &mut Vec<Nanos>, timeframe: Nanos, report: &mut LoadReport) -> Result<()> {
    opens.sort_unstable();
    opens.dedup();
    let mut gaps: Vec<Nanos> = opens.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
    if gaps.is_empty() {
        return Ok(());
    }
    let around_the_clock = [2, 3].iter().all(|weekday| opens.iter().any(|open| open.div_euclid(DAY).rem_euclid(7) == *weekday));
    let missing = gaps.iter().map(|gap| (gap / timeframe - 1).max(0)).fold(0, i64::saturating_add);
    gaps.sort_unstable();
    let close = gaps.partition_point(|gap| *gap < timeframe);
    if close * 2 > gaps.len() {
        let gap = gaps[gaps.len() / 2];
        let what = format!("candles of {} whose opens are {} apart", duration(timeframe), duration(gap));
        let unit = [(1_000, "'s'", "seconds"), (1_000_000, "'ms'", "milliseconds")]
            .into_iter()
            .find(|(factor, ..)| gap.saturating_mul(*factor) >= timeframe);
        return Err(match unit {
            Some((1_000, ..)) => Error::data(format!("{what}; are the stamps seconds?")).hint("say their unit: timeFormat: 's'"),
            _ => Error::data(what).hint(format!(
                "is the timeframe {}, or are the stamps of another unit? (timeFormat: 's', 'ms', 'us' or 'ns')",
                duration(gap)
            )),
        }
        .at("time"));
    }
    let least = gaps[0];
    if gaps.len() >= 10 && least >= timeframe.saturating_mul(2) && gaps.iter().filter(|gap| **gap == least).count() * 2 > gaps.len() {
        report.sparse.get_or_insert((timeframe, least));
    } else if around_the_clock {
        report.missing_bars = report.missing_bars.saturating_add(missing as u64);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use haggle_model::time::{MILLISECOND, SECOND};

    #[test]
    fn distances_tell_the_unit() {
        let check = |opens: &[Nanos], timeframe| {
            let mut report = LoadReport::default();
            check_distances(&mut opens.to_vec(), timeframe, &mut report).map(|()| (report.missing_bars, report.sparse))
        };
        let minute = 60 * SECOND;
        let error = check(&[0, 60 * MILLISECOND, 120 * MILLISECOND], minute).expect_err("seconds as milliseconds");
        assert_eq!(error.message, "candles of 1 m whose opens are 60 ms apart; are the stamps seconds?");
        let error = check(&[0, minute, 2 * minute], DAY).expect_err("minutes as days");
        assert!(error.hint.starts_with("is the timeframe 1 m"), "{}", error.hint);
        let weekly: Vec<Nanos> = (0..20).map(|week| week * 7 * DAY).collect();
        assert_eq!(check(&weekly, DAY).expect("sparse"), (0, Some((DAY, 7 * DAY))));
        // Weekdays only: Saturday and Sunday are no gap. 1970-01-01 was a Thursday.
        let weekdays: Vec<Nanos> = (0..60).filter(|day| ![2, 3].contains(&(day % 7))).map(|day| day * DAY).collect();
        assert_eq!(check(&weekdays, DAY).expect("weekdays"), (0, None));
        let holed: Vec<Nanos> = (0..60).filter(|day| *day != 20 && *day != 21 && *day != 40).map(|day| day * DAY).collect();
        assert_eq!(check(&holed, DAY).expect("holes"), (3, None));
    }
}
