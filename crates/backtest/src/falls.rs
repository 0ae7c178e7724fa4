//! Falls of equity: at every sample, and, while something is held, at the marks of the data between samples. Exact money is for samples;
//! in between, equity is computed in f64 from what was held after the last fill.

use crate::account_view::AccountView;
use crate::constant::DrawdownOn;
use crate::mark_track::{MarkTrack, Straight, TrackCursor};
use crate::setup::RunSetup;
use haggle_data::StoredBar;
use haggle_engine::Exposure;
use haggle_metrics::{DrawdownRecorder, EquitySample};
use haggle_model::time::Nanos;
use haggle_model::{AssetId, Contract, Decimal, Increment, InstrumentId, Position, to_f64};
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
    /// Whether there is one instrument, two assets, and bars alone: equity is a line over the mark.
    is_line: bool,
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
    pub fn new(setup: &RunSetup) -> Self {
        let count = setup.places.len();
        Self {
            portfolio: DrawdownRecorder::default(),
            instruments: vec![DrawdownRecorder::default(); count],
            on: setup.constant.drawdown_on,
            track: None,
            cursor: TrackCursor::default(),
            start: 0.0,
            totals: vec![Decimal::ZERO; setup.constant.system.assets.len()],
            positions: vec![Position::default(); count],
            realised: vec![Decimal::ZERO; count],
            marks: vec![None; count],
            holding: Holding::default(),
            is_taken: false,
            is_line: false,
            is_exposed: false,
        }
    }

    /// From now on marks between samples come from this track.
    pub fn follow(&mut self, setup: &RunSetup, track: Option<Arc<MarkTrack>>) {
        let is_direct = |quote: AssetId| setup.valuation.assets[quote.index()].as_ref().is_some_and(Vec::is_empty);
        let are_two = self.positions.len() == 1 && self.totals.len() == 2 && is_direct(setup.valuation.quote_of(InstrumentId(0)));
        self.is_line = are_two && track.as_ref().is_some_and(|track| track.straight().is_some());
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
        setup: &RunSetup,
        account: &impl AccountView,
        realised: &[Decimal],
        marks: &[Option<Decimal>],
        traded: Option<InstrumentId>,
    ) {
        self.is_exposed = false;
        for (at, total) in self.totals.iter_mut().enumerate() {
            let id = AssetId(at as u16);
            *total = account.total(id);
            self.is_exposed |= !total.is_zero() && setup.valuation.assets[at].as_ref().is_some_and(|path| !path.is_empty());
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
    pub fn before_fill(&mut self, setup: &RunSetup, account: &impl AccountView, time: Nanos, on_path: Option<InstrumentId>) {
        // The close of a bar comes before the open of the next at the same time; a second of ticks ends when all of its instant is over.
        let time = if self.track.as_ref().is_some_and(|track| track.is_bars()) { time } else { time - 1 };
        self.go(setup, account, time, on_path);
    }

    /// All marks up to `time` have come, and its instant is over.
    #[inline]
    pub fn until(&mut self, setup: &RunSetup, account: &impl AccountView, time: Nanos) {
        self.go(setup, account, time, None);
    }

    #[inline]
    fn go(&mut self, setup: &RunSetup, account: &impl AccountView, time: Nanos, on_path: Option<InstrumentId>) {
        let Some(track) = self.track.take() else { return };
        if track.next(&mut self.cursor) <= time {
            self.go_on(&track, setup, account, time, on_path);
        }
        self.track = Some(track);
    }

    fn go_on(&mut self, track: &MarkTrack, setup: &RunSetup, account: &impl AccountView, time: Nanos, on_path: Option<InstrumentId>) {
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
            self.take(setup, account);
        }
        if let (Some(line), Some(bars)) = (self.holding.line, track.straight()) {
            self.straight(track, &bars, line, setup, time, on_path.is_some());
        } else if track.is_bars() {
            self.bars(track, setup, time, on_path);
        } else {
            self.seconds(track, setup, time);
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

    /// The line over the mark that equity is with one instrument whose quote is the reporting asset.
    fn take_line(&mut self, setup: &RunSetup, account: &impl AccountView) -> bool {
        let ([position], Some((quote, base))) = (self.positions.as_slice(), self.totals_of_one(setup)) else { return false };
        let size = match account.contract(InstrumentId(0)) {
            Contract::Spot => None,
            Contract::Linear { size } => Some(to_f64(size)),
        };
        let (quantity, cost) = (to_f64(position.quantity), to_f64(position.cost));
        let holding = &mut self.holding;
        let held = match size {
            None => Held { quantity, gained: to_f64(self.realised[0]) - cost },
            Some(size) => Held { quantity: size * quantity, gained: to_f64(self.realised[0]) - size * cost },
        };
        let cash = to_f64(quote);
        holding.line = Some(match size {
            None => (cash, to_f64(base)),
            Some(size) => (cash - size * cost, size * quantity),
        });
        holding.held.resize(1, held);
        holding.held[0] = held;
        true
    }

    /// Balances of quote and base.
    fn totals_of_one(&self, setup: &RunSetup) -> Option<(Decimal, Decimal)> {
        let spec = setup.market_specs.first()?;
        Some((*self.totals.get(spec.quote.index())?, *self.totals.get(spec.base.index())?))
    }

    /// Takes what is held apart.
    fn take(&mut self, setup: &RunSetup, account: &impl AccountView) {
        if self.is_line && self.take_line(setup, account) {
            return;
        }
        let holding = &mut self.holding;
        holding.totals.clear();
        holding.totals.extend(self.totals.iter().map(|total| to_f64(*total)));
        let is_cash = setup.valuation.cash_settled.iter().copied();
        holding.exposure.take(&holding.totals, is_cash.zip(&self.positions), &setup.valuation);
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
            let path = setup.valuation.assets[setup.valuation.quote_of(InstrumentId(at as u16)).index()].as_ref();
            for (hop, _) in path.into_iter().flatten().filter(|_| !position.quantity.is_zero()) {
                holding.exposed[hop.index()] = true;
            }
        }
        for (path, _) in setup.valuation.assets.iter().zip(&self.totals).filter(|(_, total)| !total.is_zero()) {
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

    fn bars(&mut self, track: &MarkTrack, setup: &RunSetup, time: Nanos, on_path: Option<InstrumentId>) {
        loop {
            let now = track.next(&mut self.cursor);
            if now > time {
                return;
            }
            let bar = track.bar(&self.cursor);
            MarkTrack::step(&mut self.cursor, 1);
            let Some(bar) = bar else { continue };
            let at = bar.instrument.index();
            let is_on_path = now == time && on_path == Some(bar.instrument);
            if self.holding.exposed[at] {
                let tick = setup.market_specs[at].tick;
                if self.on == DrawdownOn::Marks {
                    let before = self.holding.marks[at];
                    let extremes = [tick.f64(bar.extremes.low), tick.f64(bar.extremes.high)];
                    let worst = extremes.map(|mark| self.equity_at(setup, at, mark));
                    Self::push(&mut self.portfolio, now, worst[0].min(worst[1]));
                    let worst = extremes.map(|mark| self.curve_at(setup, at, mark));
                    Self::push(&mut self.instruments[at], now, worst[0].min(worst[1]));
                    self.holding.marks[at] = before;
                }
                if !is_on_path {
                    let close = tick.f64(bar.close);
                    let equity = self.equity_at(setup, at, close);
                    Self::push(&mut self.portfolio, now, equity);
                    let curve = self.curve_at(setup, at, close);
                    Self::push(&mut self.instruments[at], now, curve);
                }
            }
            if is_on_path {
                return;
            }
        }
    }

    /// The same where one instrument's bars are all there is, and equity is a line over its mark: bars that bring neither a new peak nor
    /// a deeper fall go by many at a time.
    fn straight(&mut self, track: &MarkTrack, bars: &Straight<'_>, line: (f64, f64), setup: &RunSetup, time: Nanos, is_on_path: bool) {
        let at = bars.instrument.index();
        let held = self.holding.held[at];
        let (whole, part) = (line, (self.start + held.gained, held.quantity));
        let tick = setup.market_specs[at].tick;
        let unit = tick.f64(1);
        // Which side is adverse, where it is the same for both.
        let is_long = (whole.1 * part.1 >= 0.0).then_some(whole.1 > 0.0 || part.1 > 0.0);
        let (mut low, mut high) = self.quiet_prices(at, unit, whole, part);
        while track.next(&mut self.cursor) <= time {
            let (from, end) = (self.cursor.at, track.end(&self.cursor, time));
            let offset = self.cursor.offset;
            self.cursor.at = end;
            // The bar whose path filled is the last one.
            let plain = if is_on_path && track.time_of(end - 1) + offset == time { end - 1 } else { end };
            let mut next = bars.find(from, plain, low, high);
            while next < end {
                let alike = if self.on == DrawdownOn::Marks { bars.deepest(next, plain, low, high, is_long) } else { None };
                if let Some((deepest, after)) = alike {
                    // In a fall, of bars that reach no peak only the deepest matters.
                    self.mark_bar(&bars.bars[deepest], track.time_of(deepest) + offset, tick, [whole, part], at, false);
                    next = after;
                } else {
                    self.mark_bar(&bars.bars[next], track.time_of(next) + offset, tick, [whole, part], at, next < plain);
                    next += 1;
                }
                (low, high) = self.quiet_prices(at, unit, whole, part);
                if next < plain {
                    next = bars.find(next, plain, low, high);
                }
            }
        }
    }

    /// A bar's adverse extreme, and its close.
    fn mark_bar(&mut self, bar: &StoredBar, now: Nanos, tick: Increment, lines: [(f64, f64); 2], at: usize, closes: bool) {
        let recorders = [&mut self.portfolio, &mut self.instruments[at]];
        for (recorder, (base, quantity)) in recorders.into_iter().zip(lines).filter(|(_, (_, quantity))| *quantity != 0.0) {
            if self.on == DrawdownOn::Marks {
                let adverse = if quantity > 0.0 { bar.low } else { bar.high };
                Self::push(recorder, now, base + quantity * tick.f64(adverse));
            }
            if closes {
                Self::push(recorder, now, base + quantity * tick.f64(bar.close));
            }
        }
    }

    /// Prices, in ticks, between which neither curve reaches its peak or its trough; where there are none, every price is beyond them.
    fn quiet_prices(&self, at: usize, unit: f64, whole: (f64, f64), part: (f64, f64)) -> (i64, i64) {
        let (mut low, mut high) = (f64::MIN, f64::MAX);
        for (recorder, (base, quantity)) in [(&self.portfolio, whole), (&self.instruments[at], part)] {
            if quantity == 0.0 {
                continue;
            }
            let Some((trough, peak)) = recorder.quiet() else { return (i64::MAX, i64::MIN) };
            let step = 1.0 / (quantity * unit);
            let (one, two) = ((trough - base) * step, (peak - base) * step);
            low = low.max(one.min(two));
            high = high.min(one.max(two));
        }
        // Some ticks more on either side, for what is lost in reckoning. (Far out, where they do not count, the cast saturates.)
        ((low as i64).saturating_add(2), (high as i64).saturating_sub(2))
    }

    fn seconds(&mut self, track: &MarkTrack, setup: &RunSetup, time: Nanos) {
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
                    holding.marks[at] = setup.market_specs[at].tick.f64(mark_twice) / 2.0;
                    missing -= 1;
                }
                missing == 0
            });
            MarkTrack::step(&mut self.cursor, 1);
            let equity = holding.exposure.worth(&setup.valuation, |id| holding.marks[id.index()]);
            Self::push(&mut self.portfolio, now, equity);
            for at in 0..self.positions.len() {
                if !self.positions[at].quantity.is_zero() {
                    let curve = self.curve_at(setup, at, self.holding.marks[at]);
                    Self::push(&mut self.instruments[at], now, curve);
                }
            }
        }
    }

    /// Equity with one instrument at this mark, where it stays.
    #[inline]
    fn equity_at(&mut self, setup: &RunSetup, at: usize, mark: f64) -> f64 {
        let holding = &mut self.holding;
        holding.marks[at] = mark;
        match holding.line {
            Some((cash, quantity)) => cash + quantity * mark,
            None => holding.exposure.worth(&setup.valuation, |id| holding.marks[id.index()]),
        }
    }

    /// The instrument's curve at this mark; NaN where it holds nothing.
    #[inline]
    fn curve_at(&self, setup: &RunSetup, at: usize, mark: f64) -> f64 {
        let held = &self.holding.held[at];
        if held.quantity == 0.0 {
            return f64::NAN;
        }
        let gained = held.gained + held.quantity * mark;
        if self.holding.line.is_some() {
            return self.start + gained;
        }
        let quote = setup.valuation.quote_of(InstrumentId(at as u16));
        let marks = &self.holding.marks;
        self.start + setup.valuation.worth_f64(quote, gained, |id| if id.index() == at { mark } else { marks[id.index()] })
    }
}
