//! Exchanges that have nothing to do follow the engine here without taking every row: of all the rows gone by, they apply
//! those that determine what they show now.

use super::apply::{apply, open_bar};
use super::reading::Reading;
use crate::clock::Cursor;
use crate::machine::Machine;
use crate::prepare::marks_twice;
use crate::setup::Route;
use haggle_data::Store;
use haggle_engine::HostedStrategy;
use haggle_model::Result;
use haggle_model::time::{NEVER, Nanos};

/// Rows that are looked at for safe marks at a time: few after a fill, since the next may come soon, and up to so many.
const LOOK_AHEAD_MAX: usize = 4_096;
const LOOK_AHEAD_MIN: usize = 32;

impl Reading<'_> {
    /// Brings exchanges that have nothing to do up to `now`: rows of that time included, opens of bars (which come last) not.
    pub(super) fn follow<S: HostedStrategy>(&mut self, machine: &mut Machine<S>, now: Nanos) -> Result<()> {
        let (prepared, store) = (self.prepared, self.store);
        while self.reader.at_exchange.time <= now {
            self.reader.skimmer.needs.clone_from(&prepared.needs);
            let (rows, offset) = self.reader.at_exchange.pass_until(now, u64::MAX, |at| store.rows.get(at).map(|row| row.time));
            self.reader.skimmer.look_back(prepared, store, rows, offset);
            self.reader.at_exchange.read_exchange(store);
        }
        while self.reader.opens.time < now {
            self.reader.skimmer.needs.clone_from(&prepared.needs);
            let time = |at: usize| store.opens.get(at).map(|bar| store.bars[*bar as usize].time_open);
            let (opens, offset) = self.reader.opens.pass_until(now - 1, u64::MAX, time);
            self.reader.skimmer.look_back_at_opens(prepared, store, opens, offset);
            self.reader.opens.read_open(store);
        }
        self.reader.skimmer.steps.sort_unstable();
        for step in self.reader.skimmer.steps.drain(..) {
            let act = if step.is_open { open_bar } else { apply };
            act(&mut machine.exchanges, prepared, store, step.place, step.time)?;
        }
        Ok(())
    }

    /// A time before which no row and no open of a bar has a mark that is not safe for the positions of now, a bar's extremes included; not
    /// far beyond what is asked for. What it saves stands at `find_safe_marks` in the exchange.
    pub(super) fn safe_until<S: HostedStrategy>(&mut self, machine: &mut Machine<S>, horizon: Nanos) -> Nanos {
        let (prepared, store) = (self.prepared, self.store);
        if std::mem::take(&mut machine.has_traded) {
            self.reader.safe_until = Nanos::MIN;
        }
        let next = self.reader.at_engine.time;
        if self.reader.safe_until <= next && next < horizon {
            let is_safe = |place: &Route, mark_twice: i64| {
                let exchange = &machine.exchanges[place.exchange];
                !exchange.is_exposed() || exchange.markets()[place.market].safe.contains(&mark_twice)
            };
            if prepared.mark_ranges.iter().zip(&prepared.routes).all(|(range, place)| is_safe(place, range.0) && is_safe(place, range.1)) {
                self.reader.safe_until = NEVER;
                return NEVER;
            }
            self.reader.look_ahead =
                if self.reader.safe_until == Nanos::MIN { LOOK_AHEAD_MIN } else { LOOK_AHEAD_MAX.min(2 * self.reader.look_ahead) };
            let mut rows = self.reader.at_exchange;
            let mut opens = self.reader.opens;
            for _ in 0..self.reader.look_ahead {
                if rows.time == NEVER {
                    break;
                }
                let place = &prepared.routes[usize::from(store.rows[rows.place].instrument)];
                if marks_twice(store, place, rows.place).is_some_and(|(low, high)| !is_safe(place, low) || !is_safe(place, high)) {
                    break;
                }
                rows.step();
                rows.read_exchange(store);
            }
            while opens.time < rows.time {
                let place = &prepared.routes[usize::from(prepared.bar_instruments[opens.place])];
                if place.is_bars && !is_safe(place, 2 * store.bars[opens.place].open) {
                    break;
                }
                opens.step();
                opens.read_open(store);
            }
            self.reader.safe_until = rows.time.min(opens.time);
        }
        self.reader.safe_until
    }

    /// Lets rows of bars go by that the strategy says it needs no call for, up to `horizon`: the engine takes over where they lead.
    /// Returns how many.
    pub(super) fn skip<S: HostedStrategy>(&self, machine: &mut Machine<S>, cursor: &mut Cursor, steps: u64, horizon: Nanos) -> u64 {
        let (prepared, store) = (self.prepared, self.store);
        let idle = if prepared.is_bars_only { machine.session.strategy.idle_rows().min(steps) } else { 0 };
        let mut left = idle;
        while left > 0 && cursor.time < horizon {
            let (rows, offset) =
                cursor.pass_until(horizon - 1, left, |at| store.rows.get(at).map(|row| store.arrival_time(row.arrival as usize)));
            left -= rows.len() as u64;
            let in_order = rows.map(|at| store.rows[at].arrival as usize);
            if let Some(last) = in_order.clone().next_back() {
                machine.session.engine.now = store.arrival_time(last) + offset;
                machine.feed_latency = store.latency(last);
                if let [place] = prepared.routes.as_slice() {
                    machine.session.strategy.skipped(place.instrument, in_order.len() as u64);
                    skip_to(machine, place, store, last);
                } else {
                    for at in in_order {
                        let place = &prepared.routes[usize::from(store.rows[at].instrument)];
                        machine.session.strategy.skipped(place.instrument, 1);
                        skip_to(machine, place, store, at);
                    }
                }
            }
            cursor.read_arrival(store);
        }
        idle - left
    }
}

fn skip_to<S>(machine: &mut Machine<S>, place: &Route, store: &Store, at: usize) {
    machine.session.engine.markets[place.instrument.index()].set_last(store.bars[store.rows[at].a as usize].close);
    machine.session.engine.touch(place.instrument);
}
