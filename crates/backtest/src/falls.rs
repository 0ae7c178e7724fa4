//! Falls of equity: at every sample, and between samples, while something is held, at the marks of the data. Exact money is for
//! samples; in between, equity is reckoned in f64 from what was held after the last fill.

use crate::account_view::AccountView;
use crate::constant::DrawdownOn;
use crate::mark_track::{BLOCK, Extremes, MarkTrack, TrackCursor};
use crate::venue::Venue;
use haggle_engine::Exposure;
use haggle_metrics::{DrawdownRecorder, EquitySample};
use haggle_model::time::Nanos;
use haggle_model::{AssetId, Contract, Decimal, InstrumentId, Position, to_f64};
use std::sync::Arc;

/// What one instrument holds: its curve is `start + gained + quantity x mark`, the last two in its quote.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    quantity: f64,
    /// Profit realised less cost.
    gained: f64,
}

/// Falls of the portfolio and of every instrument that traded.
#[derive(Clone, Debug)]
pub struct Falls {
    /// Of the portfolio.
    pub portfolio: DrawdownRecorder,
    /// By instrument: of its curve, the run's first equity plus its profit so far.
    pub instruments: Vec<DrawdownRecorder>,
    on: DrawdownOn,
    /// Where marks between samples come from; `None`: from samples of their own, or there are none.
    track: Option<Arc<MarkTrack>>,
    cursor: TrackCursor,
    /// First equity.
    start: f64,
    /// After the last fill, as the venue has it.
    totals: Vec<Decimal>,
    positions: Vec<Position>,
    realised: Vec<Decimal>,
    marks: Vec<Option<Decimal>>,
    /// The same in f64, once something is reckoned from it.
    holding: Holding,
    is_taken: bool,
    /// Whether a mark can change equity.
    is_exposed: bool,
}

#[derive(Clone, Debug, Default)]
struct Holding {
    totals: Vec<f64>,
    exposure: Exposure,
    held: Vec<Held>,
    marks: Vec<f64>,
    /// Instruments whose marks count.
    exposed: Vec<bool>,
    /// How many they are.
    count: usize,
    /// Where one instrument's mark is all that counts: the portfolio's equity is `cash + quantity x mark`.
    line: Option<(f64, f64)>,
    /// Instruments whose mark of a second is found.
    seen: Vec<bool>,
}

impl Falls {
    /// Before the first sample.
    pub fn new(venue: &Venue) -> Self {
        let count = venue.places.len();
        Self {
            portfolio: DrawdownRecorder::default(),
            instruments: vec![DrawdownRecorder::default(); count],
            on: venue.constant.drawdown_on,
            track: None,
            cursor: TrackCursor::default(),
            start: 0.0,
            totals: vec![Decimal::ZERO; venue.constant.system.assets.len()],
            positions: vec![Position::default(); count],
            realised: vec![Decimal::ZERO; count],
            marks: vec![None; count],
            holding: Holding::default(),
            is_taken: false,
            is_exposed: false,
        }
    }

    /// From now on marks between samples come from this track.
    pub fn follow(&mut self, track: Option<Arc<MarkTrack>>) {
        // Seconds of ticks are marks, and no closes.
        self.track = track.filter(|track| track.is_bars() || self.on == DrawdownOn::Marks);
    }

    /// Whether samples have to be taken each second, beside those of the grid.
    pub fn wants_seconds(&self) -> bool {
        self.is_exposed && self.track.is_none() && self.on == DrawdownOn::Marks
    }

    /// What is held from now on; `traded`: what has changed, `None` at the start.
    pub fn hold(
        &mut self,
        venue: &Venue,
        account: &impl AccountView,
        realised: &[Decimal],
        marks: &[Option<Decimal>],
        traded: Option<InstrumentId>,
    ) {
        self.is_exposed = false;
        for (at, total) in self.totals.iter_mut().enumerate() {
            let id = AssetId(at as u16);
            *total = account.total(id);
            self.is_exposed |= !total.is_zero() && venue.valuation.assets[at].as_ref().is_some_and(|path| !path.is_empty());
        }
        let ids = (0..self.positions.len()).map(|at| InstrumentId(at as u16));
        for id in ids.filter(|id| traded.is_none_or(|traded| traded == *id)) {
            self.positions[id.index()] = *account.position(id);
            self.realised[id.index()] = realised.get(id.index()).copied().unwrap_or_default();
        }
        self.is_exposed |= self.positions.iter().any(|position| !position.quantity.is_zero());
        self.marks.clear();
        self.marks.extend_from_slice(marks);
        self.is_taken = false;
    }

    /// The first equity of the run.
    pub const fn begin(&mut self, start: f64) {
        self.start = start;
    }

    /// Something was filled at `time`: the marks before it met what was held before. `on_path`: the instrument whose bar, which closes now,
    /// has filled an order on its path: what was held before met its extreme, and not its close.
    #[inline]
    pub fn before_fill(&mut self, venue: &Venue, account: &impl AccountView, time: Nanos, on_path: Option<InstrumentId>) {
        // The close of a bar comes before the open of the next at the same time; a second of ticks ends when all of its instant is over.
        let time = if self.track.as_ref().is_some_and(|track| track.is_bars()) { time } else { time - 1 };
        self.go(venue, account, time, on_path);
    }

    /// All marks up to `time` have come, and its instant is over.
    #[inline]
    pub fn until(&mut self, venue: &Venue, account: &impl AccountView, time: Nanos) {
        self.go(venue, account, time, None);
    }

    #[inline]
    fn go(&mut self, venue: &Venue, account: &impl AccountView, time: Nanos, on_path: Option<InstrumentId>) {
        let Some(track) = self.track.take() else { return };
        if track.next(&mut self.cursor) <= time {
            self.go_on(&track, venue, account, time, on_path);
        }
        self.track = Some(track);
    }

    fn go_on(&mut self, track: &MarkTrack, venue: &Venue, account: &impl AccountView, time: Nanos, on_path: Option<InstrumentId>) {
        if !self.is_exposed {
            if on_path.is_none() {
                track.skip(&mut self.cursor, time);
            } else {
                track.skip(&mut self.cursor, time - 1);
                self.pass_path(track, time, on_path);
            }
            return;
        }
        if !self.is_taken {
            self.is_taken = true;
            self.take(venue, account);
        }
        if track.is_bars() {
            self.bars(track, venue, time, on_path);
        } else {
            self.seconds(track, venue, time);
        }
    }

    /// Goes past the bar whose path filled, and those of the same time before it: those after it are to come.
    fn pass_path(&mut self, track: &MarkTrack, time: Nanos, on_path: Option<InstrumentId>) {
        while track.next(&mut self.cursor) <= time {
            let bar = track.bar(&self.cursor);
            MarkTrack::step(&mut self.cursor, 1);
            if bar.is_some_and(|bar| Some(bar.instrument) == on_path) {
                return;
            }
        }
    }

    /// Takes what is held apart.
    fn take(&mut self, venue: &Venue, account: &impl AccountView) {
        let holding = &mut self.holding;
        holding.totals.clear();
        holding.totals.extend(self.totals.iter().map(|total| to_f64(*total)));
        let is_cash = venue.valuation.cash_settled.iter().copied();
        holding.exposure.take(&holding.totals, is_cash.zip(&self.positions), &venue.valuation);
        holding.marks.clear();
        holding.marks.extend(self.marks.iter().map(|mark| mark.map_or(f64::NAN, to_f64)));
        holding.held.clear();
        for (at, (position, realised)) in self.positions.iter().zip(&self.realised).enumerate() {
            let size = match account.contract(InstrumentId(at as u16)) {
                Contract::Spot => 1.0,
                Contract::Linear { size } => to_f64(size),
            };
            let gained = to_f64(*realised) - size * to_f64(position.cost);
            holding.held.push(Held { quantity: size * to_f64(position.quantity), gained });
        }
        holding.exposed.clear();
        holding.exposed.resize(self.positions.len(), false);
        for (at, position) in self.positions.iter().enumerate() {
            holding.exposed[at] |= !position.quantity.is_zero();
            let path = venue.valuation.assets[venue.valuation.quote_of(InstrumentId(at as u16)).index()].as_ref();
            for (hop, _) in path.into_iter().flatten().filter(|_| !position.quantity.is_zero()) {
                holding.exposed[hop.index()] = true;
            }
        }
        for (path, _) in venue.valuation.assets.iter().zip(&self.totals).filter(|(_, total)| !total.is_zero()) {
            for (hop, _) in path.iter().flatten() {
                holding.exposed[hop.index()] = true;
            }
        }
        holding.count = holding.exposed.iter().filter(|is_exposed| **is_exposed).count();
        holding.line = if holding.count == 1 { holding.exposure.line() } else { None };
    }

    fn push(portfolio: &mut DrawdownRecorder, time_ns: Nanos, equity: f64) {
        if equity.is_finite() {
            portfolio.push(EquitySample { time_ns, equity });
        }
    }

    fn bars(&mut self, track: &MarkTrack, venue: &Venue, time: Nanos, on_path: Option<InstrumentId>) {
        loop {
            let now = track.next(&mut self.cursor);
            if now > time {
                return;
            }
            if self.is_quiet_block(track, venue, time) {
                MarkTrack::step(&mut self.cursor, BLOCK);
                continue;
            }
            let bar = track.bar(&self.cursor);
            MarkTrack::step(&mut self.cursor, 1);
            let Some(bar) = bar else { continue };
            let at = bar.instrument.index();
            let is_on_path = now == time && on_path == Some(bar.instrument);
            if self.holding.exposed[at] {
                let tick = venue.market_specs[at].tick;
                if self.on == DrawdownOn::Marks {
                    let before = self.holding.marks[at];
                    let extremes = [tick.f64(bar.extremes.low), tick.f64(bar.extremes.high)];
                    let worst = extremes.map(|mark| self.equity_at(venue, at, mark));
                    Self::push(&mut self.portfolio, now, worst[0].min(worst[1]));
                    let worst = extremes.map(|mark| self.curve_at(venue, at, mark));
                    Self::push(&mut self.instruments[at], now, worst[0].min(worst[1]));
                    self.holding.marks[at] = before;
                }
                if !is_on_path {
                    let close = tick.f64(bar.close);
                    let equity = self.equity_at(venue, at, close);
                    Self::push(&mut self.portfolio, now, equity);
                    let curve = self.curve_at(venue, at, close);
                    Self::push(&mut self.instruments[at], now, curve);
                }
            }
            if is_on_path {
                return;
            }
        }
    }

    /// Whether the next block of bars, all of which come up to `time`, brings neither a new peak nor a deeper fall.
    #[inline]
    fn is_quiet_block(&self, track: &MarkTrack, venue: &Venue, time: Nanos) -> bool {
        let Some((cash, quantity)) = self.holding.line else { return false };
        let Some((Extremes { low, high }, id)) = track.block(&self.cursor) else { return false };
        // A bar whose path filled at `time` is looked at by itself.
        if track.block_end(&self.cursor) >= time {
            return false;
        }
        let tick = venue.market_specs[id.index()].tick;
        let (low, high) = (tick.f64(low), tick.f64(high));
        let held = &self.holding.held[id.index()];
        let is_quiet = |recorder: &DrawdownRecorder, base: f64, quantity: f64| {
            quantity == 0.0
                || recorder.quiet().is_some_and(|(trough, peak)| {
                    let (one, two) = (base + quantity * low, base + quantity * high);
                    one.min(two) > trough && one.max(two) < peak
                })
        };
        is_quiet(&self.portfolio, cash, quantity) && is_quiet(&self.instruments[id.index()], self.start + held.gained, held.quantity)
    }

    fn seconds(&mut self, track: &MarkTrack, venue: &Venue, time: Nanos) {
        loop {
            let now = track.next(&mut self.cursor);
            if now > time {
                return;
            }
            let holding = &mut self.holding;
            let mut missing = holding.count;
            holding.seen.clear();
            holding.seen.resize(holding.exposed.len(), false);
            track.second(&self.cursor, |id, mark_twice| {
                let at = id.index();
                if holding.exposed[at] && !std::mem::replace(&mut holding.seen[at], true) {
                    holding.marks[at] = venue.market_specs[at].tick.f64(mark_twice) / 2.0;
                    missing -= 1;
                }
                missing == 0
            });
            MarkTrack::step(&mut self.cursor, 1);
            let equity = holding.exposure.worth(&venue.valuation, |id| holding.marks[id.index()]);
            Self::push(&mut self.portfolio, now, equity);
            for at in 0..self.positions.len() {
                if !self.positions[at].quantity.is_zero() {
                    let curve = self.curve_at(venue, at, self.holding.marks[at]);
                    Self::push(&mut self.instruments[at], now, curve);
                }
            }
        }
    }

    /// Equity with one instrument at this mark, where it stays.
    #[inline]
    fn equity_at(&mut self, venue: &Venue, at: usize, mark: f64) -> f64 {
        let holding = &mut self.holding;
        holding.marks[at] = mark;
        match holding.line {
            Some((cash, quantity)) => cash + quantity * mark,
            None => holding.exposure.worth(&venue.valuation, |id| holding.marks[id.index()]),
        }
    }

    /// The instrument's curve at this mark; NaN where it holds nothing.
    #[inline]
    fn curve_at(&self, venue: &Venue, at: usize, mark: f64) -> f64 {
        let held = &self.holding.held[at];
        if held.quantity == 0.0 {
            return f64::NAN;
        }
        let gained = held.gained + held.quantity * mark;
        if self.holding.line.is_some() {
            return self.start + gained;
        }
        let quote = venue.valuation.quote_of(InstrumentId(at as u16));
        let marks = &self.holding.marks;
        self.start + venue.valuation.worth_f64(quote, gained, |id| if id.index() == at { mark } else { marks[id.index()] })
    }
}
