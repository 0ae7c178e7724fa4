//! Of all the rows gone by, those that what a market shows now came from.

use crate::prepare::{Needs, Prepared};
use haggle_data::{RowKind, Store};
use haggle_model::time::Nanos;

/// A row, or the open of a bar, that has to be applied after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    pub time: Nanos,
    /// At one time, opens come last.
    pub is_open: bool,
    pub place: usize,
}

/// Memory for looking back, kept from one time to the next.
#[derive(Debug, Default)]
pub struct Skimmer {
    pub needs: Vec<Needs>,
    pub steps: Vec<Step>,
}

impl Skimmer {
    pub fn look_back(&mut self, prepared: &Prepared, store: &Store, rows: std::ops::Range<usize>, offset: Nanos) {
        let mut missing: u32 = self.needs.iter().map(|needs| needs.count()).sum();
        let first = rows.start;
        for (back, row) in store.rows[rows].iter().enumerate().rev() {
            if missing == 0 {
                return;
            }
            if row.kind == RowKind::Bar && prepared.informs(row.a as usize) {
                continue;
            }
            let needs = &mut self.needs[usize::from(row.instrument)];
            let before = *needs;
            match row.kind {
                RowKind::Quote if row.b > 0 && row.c > 0 => needs.book = false,
                // Exchanges with books always have something to do: they never follow.
                RowKind::Quote | RowKind::Gap | RowKind::Snapshot | RowKind::Update => {}
                RowKind::Buy | RowKind::Sell => needs.last = false,
                RowKind::Bar if prepared.routes[usize::from(row.instrument)].is_bars => needs.last = false,
                RowKind::Bar => continue,
            }
            missing -= before.count() - needs.count();
            // As long as the book is not found, every row may be a part of what it is now.
            if before.book || *needs != before {
                self.steps.push(Step { time: row.time + offset, is_open: false, place: first + back });
            }
        }
    }

    pub fn look_back_at_opens(&mut self, prepared: &Prepared, store: &Store, opens: std::ops::Range<usize>, offset: Nanos) {
        let mut missing = self.needs.iter().filter(|needs| needs.open).count();
        for bar in store.opens[opens].iter().rev().map(|bar| *bar as usize).filter(|bar| !prepared.informs(*bar)) {
            if missing == 0 {
                return;
            }
            let needs = &mut self.needs[usize::from(prepared.bar_instruments[bar])];
            if std::mem::replace(&mut needs.open, false) {
                missing -= 1;
                self.steps.push(Step { time: store.bars[bar].time_open + offset, is_open: true, place: bar });
            }
        }
    }
}
