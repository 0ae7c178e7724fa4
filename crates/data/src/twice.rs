//! Rows that are there twice.

use crate::options::Duplicates;
use crate::order::stable_order;
use crate::row::RowKind;
use crate::staged::{Staged, StagedBar};
use crate::store::LoadReport;
use haggle_model::{
    Error, Result,
    time::{Nanos, to_rfc3339},
};
use std::collections::HashMap;

/// Drops, or refuses, rows that are there twice. Of bars of one instrument and period the last one stays. Ticks have to be equal
/// in all that they say; messages of books are left alone.
///
/// Errors: `INVALID_DATA` where they are to be refused.
pub(crate) fn settle(
    rows: &mut Vec<Staged>,
    bars: &[StagedBar],
    wish: Option<Duplicates>,
    names: &[(String, Option<String>)],
    report: &mut LoadReport,
) -> Result<()> {
    let wish = match wish {
        None | Some(Duplicates::Keep) => return Ok(()),
        Some(wish) => wish,
    };
    let mut doomed = later_bars(rows, bars, report);
    doomed.extend(later_ticks(rows));
    if doomed.is_empty() {
        return Ok(());
    }
    if wish == Duplicates::Refuse {
        let row = &rows[doomed[0] as usize];
        let (symbol, at) = (&names[usize::from(row.instrument)].0, to_rfc3339(row.time));
        return Err(Error::data(format!("a row of {symbol} at {at} is there twice"))
            .at("time")
            .hint("duplicates: 'drop' leaves one of them"));
    }
    doomed.sort_unstable();
    report.duplicates += doomed.len() as u64;
    let (mut next, mut at) = (doomed.into_iter().peekable(), 0u32);
    rows.retain(|_| {
        at += 1;
        next.next_if_eq(&(at - 1)).is_none()
    });
    Ok(())
}

/// Places of bars that a later one of the same period stands in for.
fn later_bars(rows: &[Staged], bars: &[StagedBar], report: &mut LoadReport) -> Vec<u32> {
    let bar_of = |row: &Staged| &bars[row.mantissa[0] as usize];
    // Files in order tell by their neighbours that nothing is there twice.
    let mut last: Vec<(Nanos, Nanos)> = Vec::new();
    let mut is_rising = true;
    for row in rows.iter().filter(|row| row.kind == RowKind::Bar) {
        let (at, period) = (usize::from(row.instrument), (bar_of(row).time_open, row.time));
        if last.len() <= at {
            last.resize(at + 1, (Nanos::MIN, Nanos::MIN));
        }
        is_rising &= last[at] < period;
        last[at] = period;
    }
    if is_rising {
        return Vec::new();
    }
    let mut seen: HashMap<(u16, Nanos, Nanos), u32> = HashMap::new();
    let mut doomed = Vec::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.kind == RowKind::Bar) {
        let bar = bar_of(row);
        if let Some(earlier) = seen.insert((row.instrument, bar.time_open, row.time), at as u32) {
            report.conflicts += u64::from(bar_of(&rows[earlier as usize]).values != bar.values);
            doomed.push(earlier);
        }
    }
    doomed
}

/// Places of ticks that equal an earlier one.
fn later_ticks(rows: &[Staged]) -> Vec<u32> {
    let is_tick = |row: &Staged| matches!(row.kind, RowKind::Quote | RowKind::Buy | RowKind::Sell);
    let key = |row: &Staged| (row.instrument, row.kind as u8, row.received, row.mantissa, row.scale);
    if !rows.iter().any(is_tick) {
        return Vec::new();
    }
    let mut order = stable_order(rows.len(), |at| rows[at].time);
    order.retain(|at| is_tick(&rows[*at as usize]));
    let mut doomed = Vec::new();
    for group in order.chunk_by_mut(|a, b| rows[*a as usize].time == rows[*b as usize].time).filter(|group| group.len() > 1) {
        group.sort_by_key(|at| (key(&rows[*at as usize]), *at));
        doomed.extend(group.windows(2).filter(|pair| key(&rows[pair[0] as usize]) == key(&rows[pair[1] as usize])).map(|pair| pair[1]));
    }
    doomed
}
