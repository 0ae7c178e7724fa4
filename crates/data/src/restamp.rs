//! Another choice of exchange time for a store that keeps the stamps as they came.

use crate::options::ExchangeTime;
use crate::order::sort_by_time;
use crate::row::{Row, RowKind, narrow};
use crate::stamps::{self, Plan, Sample};
use crate::store::Store;
use haggle_model::{Error, Result, time::Nanos};
use std::sync::OnceLock;

impl Store {
    /// The same rows with exchange times chosen anew, as [`crate::ReadOptions::exchange_time`] does on load.
    ///
    /// Of rows that come to stand at one instant, the one that arrived first goes first (`received`), or the one that
    /// stood first (`aligned`). Errors: `INVALID_DATA` where the venue's stamps are no longer there or nothing can be
    /// aligned.
    pub fn restamp(&self, wish: ExchangeTime) -> Result<Self> {
        let (group_of, groups) = stamps::groups(self.instruments.iter().map(|instrument| instrument.exchange.as_deref()));
        let group = |row: &Row| group_of[usize::from(row.instrument)];
        let plan = match (wish, self.report.aligned_lag) {
            (ExchangeTime::Aligned, Some(_)) => return Ok(self.clone()),
            (ExchangeTime::Venue, Some(_)) => {
                return Err(Error::data("the stamps were aligned before; the venue's own are gone").at("exchangeTime"));
            }
            _ => stamps::plan(
                Some(wish),
                groups,
                self.rows.iter().enumerate().map(|(place, row)| Sample {
                    group: group(row),
                    kind: row.kind,
                    exchange: row.time,
                    received: self.arrival_time(place),
                    both: true,
                }),
            )?,
        };
        if matches!(plan, Plan::Keep) {
            return Ok(self.clone());
        }

        // In order of arrival, so that a gap finds the latest exchange time before it, as on load.
        let mut times: Vec<Nanos> = vec![Nanos::MIN; self.rows.len()];
        let mut latest: Vec<Option<Nanos>> = vec![None; groups];
        for at in self.rows.iter().map(|row| row.arrival as usize) {
            let (row, received) = (&self.rows[at], self.arrival_time(at));
            let latest = &mut latest[group(row)];
            times[at] = match &plan {
                _ if row.kind == RowKind::Gap => latest.unwrap_or(row.time).min(received),
                Plan::Keep => row.time,
                Plan::Received => received,
                Plan::Align(alignments) => {
                    alignments[group(row)].map_or(row.time, |alignment| alignment.time(row.kind, row.time, received))
                }
            };
            *latest = (*latest).max(Some(times[at]));
        }
        let mut order: Vec<u32> = match plan {
            Plan::Received => self.rows.iter().map(|row| row.arrival).collect(),
            Plan::Keep | Plan::Align(_) => (0..self.rows.len() as u32).collect(),
        };
        sort_by_time(&mut order, |at| times[at as usize]);
        let mut store = self.in_order(&order, &times)?;
        store.report.is_arrival = true;
        store.report.aligned_lag = match plan {
            Plan::Align(alignments) => stamps::lag(&alignments),
            Plan::Keep | Plan::Received => None,
        };
        Ok(store)
    }

    /// The rows in this order and with these exchange times (by old place), none of them after the arrival, which stays.
    fn in_order(&self, order: &[u32], times: &[Nanos]) -> Result<Self> {
        let mut store = Self {
            instruments: self.instruments.clone(),
            rows: Vec::with_capacity(order.len()),
            bars: Vec::with_capacity(self.bars.len()),
            opens: Vec::new(),
            levels: self.levels.clone(),
            wide: Vec::new(),
            report: self.report.clone(),
            hash: OnceLock::new(),
        };
        let mut places = vec![0u32; order.len()];
        let mut bar_places = vec![0u32; self.bars.len()];
        for at in order.iter().map(|at| *at as usize) {
            places[at] = store.rows.len() as u32;
            let mut row = Row { time: times[at], ..self.rows[at] };
            let spread = self.ask(at) - row.a;
            if row.kind == RowKind::Bar {
                bar_places[row.a as usize] = store.bars.len() as u32;
                store.bars.push(self.bars[row.a as usize]);
                row.a = store.bars.len() as i64 - 1;
            }
            let place = store.rows.len() as u32;
            store.rows.push(narrow(row, self.arrival_time(at), spread, place, &mut store.wide)?);
        }
        for (row, old) in store.rows.iter_mut().zip(&self.rows) {
            row.arrival = places[old.arrival as usize];
        }
        store.opens = self.opens.iter().map(|bar| bar_places[*bar as usize]).collect();
        Ok(store)
    }
}
