//! What everything is worth at the venues, sampled at grid boundaries and fills.

use crate::account_view::AccountView;
use crate::falls::Falls;
use crate::setup::RunSetup;
use haggle_metrics::{Boundary, EquitySample, GridSamples, Mark, Period};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{AssetId, Contract, Decimal, Error, Exact, InstrumentId, Result, to_f64};

/// The mark of every instrument; before its first one, that first one.
pub fn marks<'a>(setup: &'a RunSetup, account: &'a impl AccountView) -> impl Iterator<Item = Option<Decimal>> + 'a {
    let ids = (0..setup.places.len()).map(|at| InstrumentId(at as u16));
    ids.map(|id| account.mark(id).or(setup.first_marks[id.index()]))
}

/// Profit or loss of an instrument so far in its quote: realised and unrealised, fees off.
fn pnl_of(account: &impl AccountView, instrument: InstrumentId, realised: Decimal, marks: &[Option<Decimal>]) -> Result<Exact> {
    let position = account.position(instrument);
    let open = marks[instrument.index()].map_or(Ok(Exact::ZERO), |mark| account.contract(instrument).pnl(position, mark.into()))?;
    Exact::from(realised).plus(open).ok_or_else(|| Error::overflow("a profit"))
}

/// All balances, free and locked, and positions that are settled in cash, in the reporting asset.
pub fn equity(setup: &RunSetup, account: &impl AccountView, marks: &[Option<Decimal>]) -> Result<Decimal> {
    let over = || Error::overflow("the equity");
    let valuation = &setup.valuation;
    let mut equity = Exact::ZERO;
    for at in 0..setup.constant.system.assets.len() {
        let id = AssetId(at as u16);
        let total = account.total(id);
        if !total.is_zero() {
            let worth = valuation.worth_exact(id, total.into(), marks)?.unwrap_or_default();
            equity = equity.plus(worth).ok_or_else(over)?;
        }
    }
    for (at, is_cash_settled) in valuation.cash_settled.iter().enumerate() {
        let id = InstrumentId(at as u16);
        if *is_cash_settled {
            let pnl = pnl_of(account, id, Decimal::ZERO, marks)?;
            let worth = valuation.worth_exact(valuation.quote_of(id), pnl, marks)?.unwrap_or_default();
            equity = equity.plus(worth).ok_or_else(over)?;
        }
    }
    Ok(equity.into())
}

/// The value curve of one instrument: the run's first equity plus the instrument's profit so far.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    /// At boundaries and the instrument's fills.
    pub samples: Vec<EquitySample>,
    /// At boundaries.
    pub boundaries: Vec<Boundary>,
    /// The most money that its positions needed at a time, what it had made before off.
    pub needed: Decimal,
}

/// Samples of equity as the run goes.
#[derive(Clone, Debug)]
pub struct Sampler {
    /// Next boundary of the grid; [`NEVER`] while no row has come after the last one, and once the data do not reach one.
    pub next: Nanos,
    /// A row up to here needs no call of [`Sampler::row`].
    pub due: Nanos,
    /// At the start, at boundaries, at fills and at the end.
    pub samples: Vec<EquitySample>,
    /// By instrument, for those that traded.
    pub curves: Vec<Option<Curve>>,
    /// Falls of equity, at samples and between them.
    pub falls: Falls,
    /// The instrument whose bar fills on its path just now.
    pub on_path: Option<InstrumentId>,
    /// First equity, exactly.
    pub start: Decimal,
    /// Last equity, exactly.
    pub end: Decimal,
    grid: Period,
    /// Time of the first market row; `None` before it.
    first: Option<Nanos>,
    /// Time of the last market row.
    last: Nanos,
    /// What the benchmark was worth at the first sample and at the last.
    benchmark: [Option<f64>; 2],
    boundaries: Vec<Boundary>,
    days: u32,
    /// Days since the last boundary: they count once there is another one.
    days_pending: u32,
    /// End of the last day with a row that was noted.
    day_end: Nanos,
    /// Memory for the marks of a sample.
    marks: Vec<Option<Decimal>>,
}

impl Sampler {
    /// A sampler before the first row.
    pub fn new(setup: &RunSetup) -> Self {
        Self {
            next: NEVER,
            due: Nanos::MIN,
            samples: Vec::new(),
            curves: vec![None; setup.places.len()],
            falls: Falls::new(setup),
            on_path: None,
            start: Decimal::ZERO,
            end: Decimal::ZERO,
            grid: setup.grid,
            first: None,
            benchmark: [None; 2],
            last: setup.last_times.iter().copied().max().unwrap_or(Nanos::MIN),
            boundaries: Vec::new(),
            days: 0,
            days_pending: 0,
            day_end: Nanos::MIN,
            marks: Vec::new(),
        }
    }

    /// Time of the last market row of the run.
    pub const fn last_row(&self) -> Nanos {
        self.last
    }

    /// Times of the first market row and the last.
    pub fn rows_span(&self) -> (Nanos, Nanos) {
        (self.first.unwrap_or(self.last), self.last)
    }

    /// A market row comes at `time`: the period it lies in will be sampled at its end, if the data reach it.
    pub fn row(&mut self, time: Nanos) {
        self.first.get_or_insert(time);
        let boundary = self.grid.boundary_at_or_after(time);
        // What lies after the last boundary is a part of a period, which ends with the run.
        self.next = if boundary <= self.last { boundary } else { NEVER };
        if time > self.day_end {
            // (midnight, midnight]; a day before the first boundary is part of no return.
            self.day_end = Period::DAY.boundary_at_or_after(time);
            self.days_pending += u32::from(!self.boundaries.is_empty());
        }
        self.due = boundary.min(self.day_end);
        if self.falls.wants_seconds() {
            let second = Period::SECOND.boundary_at_or_after(time);
            self.due = self.due.min(second);
            if second < self.next && second <= self.last {
                self.next = second;
            }
        }
    }

    /// No row comes after `time`: the run ends before its data.
    pub const fn stop(&mut self, time: Nanos) {
        self.last = time;
        if self.next > time {
            self.next = NEVER;
        }
    }

    fn sample(&mut self, time: Nanos, setup: &RunSetup, account: &impl AccountView, marks: &[Option<Decimal>]) -> Result<f64> {
        self.end = equity(setup, account, marks)?;
        if self.samples.is_empty() {
            self.start = self.end;
        }
        let equity = to_f64(self.end);
        let sample = EquitySample { time_ns: time, equity };
        self.samples.push(sample);
        self.falls.portfolio.push(sample);
        Ok(equity)
    }

    /// The first instrument's mark in the reporting asset: any multiple of its price serves as a benchmark.
    fn benchmark(setup: &RunSetup, marks: &[Option<Decimal>]) -> Result<Option<f64>> {
        let Some(mark) = marks.first().copied().flatten() else { return Ok(None) };
        Ok(setup.valuation.worth(setup.valuation.quote_of(InstrumentId(0)), mark, marks)?.map(to_f64))
    }

    /// Takes the first sample.
    pub fn begin(&mut self, time: Nanos, setup: &RunSetup, account: &impl AccountView) -> Result<()> {
        let marks = self.look(setup, account);
        let start = self.sample(time, setup, account, &marks)?;
        self.benchmark[0] = Self::benchmark(setup, &marks)?;
        self.falls.begin(start);
        self.falls.hold(setup, account, &[], &marks, None);
        self.marks = marks;
        Ok(())
    }

    /// Takes a sample after an exchange action that traded this instrument.
    pub fn fill(
        &mut self,
        time: Nanos,
        setup: &RunSetup,
        account: &impl AccountView,
        realised: &[Decimal],
        traded: InstrumentId,
    ) -> Result<()> {
        let marks = self.look(setup, account);
        self.falls.before_fill(setup, account, time, self.on_path);
        self.sample(time, setup, account, &marks)?;
        let at = traded.index();
        if self.curves[at].is_none() {
            self.begin_curve(at);
        }
        self.curve_sample(at, time, setup, account, realised, &marks)?;
        self.note_need(traded, setup, account, realised[at], &marks)?;
        self.falls.hold(setup, account, realised, &marks, Some(traded));
        self.marks = marks;
        Ok(())
    }

    /// What the position of an instrument cost, less what the instrument had made before: the most of it over the run is what the
    /// instrument would have needed alone.
    fn note_need(
        &mut self,
        traded: InstrumentId,
        setup: &RunSetup,
        account: &impl AccountView,
        realised: Decimal,
        marks: &[Option<Decimal>],
    ) -> Result<()> {
        let Some(curve) = &mut self.curves[traded.index()] else { return Ok(()) };
        let (cost, exchange) = (account.position(traded).cost, setup.places[traded.index()].exchange);
        let leverage = setup.constant.system.exchanges[exchange].execution.leverage;
        // A short on spot is what was sold of an inventory, which costs nothing.
        let bound = match account.contract(traded) {
            Contract::Spot => cost.max(Decimal::ZERO),
            Contract::Linear { .. } if leverage == Decimal::ONE => cost.abs(),
            Contract::Linear { .. } => cost.abs().checked_div(leverage).unwrap_or_default(),
        };
        let need = Exact::from(bound).minus(realised.into()).ok_or_else(|| Error::overflow("a profit"))?;
        let need = setup.valuation.worth_exact(setup.valuation.quote_of(traded), need, marks)?.unwrap_or_default();
        curve.needed = curve.needed.max(need.into());
        Ok(())
    }

    /// Takes the last sample, of every curve.
    pub fn finish(&mut self, time: Nanos, setup: &RunSetup, account: &impl AccountView, realised: &[Decimal]) -> Result<()> {
        let marks = self.look(setup, account);
        self.falls.until(setup, account, time);
        self.sample(time, setup, account, &marks)?;
        self.benchmark[1] = Self::benchmark(setup, &marks)?;
        for at in 0..self.curves.len() {
            self.curve_sample(at, time, setup, account, realised, &marks)?;
        }
        self.marks = marks;
        Ok(())
    }

    /// Closes the period that ends now.
    pub fn boundary(&mut self, setup: &RunSetup, account: &impl AccountView, realised: &[Decimal]) -> Result<()> {
        let time = std::mem::replace(&mut self.next, NEVER);
        let marks = self.look(setup, account);
        if self.grid.boundary_at_or_after(time) != time {
            self.second(time, setup, account, realised, &marks)?;
            self.marks = marks;
            return Ok(());
        }
        self.falls.until(setup, account, time);
        let equity = self.sample(time, setup, account, &marks)?;
        let benchmark = Self::benchmark(setup, &marks)?;
        if self.boundaries.is_empty() {
            // The next row's day is noted in any case.
            self.day_end = Nanos::MIN;
        }
        self.days += std::mem::take(&mut self.days_pending);
        self.boundaries.push(Boundary { time_ns: time, mark: Mark { equity, benchmark }, has_row: true });
        for at in 0..self.curves.len() {
            let equity = self.curve_sample(at, time, setup, account, realised, &marks)?;
            if let Some((curve, equity)) = self.curves[at].as_mut().zip(equity) {
                curve.boundaries.push(Boundary { time_ns: time, mark: Mark { equity, benchmark }, has_row: true });
            }
        }
        self.marks = marks;
        Ok(())
    }

    /// The end of a second between boundaries: a sample for falls, and for nothing else.
    fn second(
        &mut self,
        time_ns: Nanos,
        setup: &RunSetup,
        account: &impl AccountView,
        realised: &[Decimal],
        marks: &[Option<Decimal>],
    ) -> Result<()> {
        self.falls.portfolio.push(EquitySample { time_ns, equity: to_f64(equity(setup, account, marks)?) });
        for at in (0..self.curves.len()).filter(|at| self.curves[*at].is_some()) {
            let equity = self.curve_at(at, setup, account, realised, marks)?;
            self.falls.instruments[at].push(EquitySample { time_ns, equity });
        }
        Ok(())
    }

    /// The marks of now, in memory that goes back into `self.marks`.
    fn look(&mut self, setup: &RunSetup, account: &impl AccountView) -> Vec<Option<Decimal>> {
        let mut marks = std::mem::take(&mut self.marks);
        marks.clear();
        marks.extend(self::marks(setup, account));
        marks
    }

    /// Until its first fill, an instrument's curve is flat.
    fn begin_curve(&mut self, at: usize) {
        let start = to_f64(self.start);
        let boundaries = self.boundaries.iter().map(|boundary| Boundary { mark: Mark { equity: start, ..boundary.mark }, ..*boundary });
        let mut curve = Curve { boundaries: boundaries.collect(), ..Curve::default() };
        // From the first sample to the last one before that fill.
        let before = self.samples.split_last().map_or(&[][..], |(_, before)| before);
        for sample in before.first().into_iter().chain(before.last()) {
            let sample = EquitySample { equity: start, ..*sample };
            curve.samples.push(sample);
            self.falls.instruments[at].push(sample);
        }
        self.curves[at] = Some(curve);
    }

    /// Adds a sample to an instrument's curve, where it has one.
    fn curve_sample(
        &mut self,
        at: usize,
        time: Nanos,
        setup: &RunSetup,
        account: &impl AccountView,
        realised: &[Decimal],
        marks: &[Option<Decimal>],
    ) -> Result<Option<f64>> {
        if self.curves[at].is_none() {
            return Ok(None);
        }
        let equity = self.curve_at(at, setup, account, realised, marks)?;
        let sample = EquitySample { time_ns: time, equity };
        self.falls.instruments[at].push(sample);
        if let Some(curve) = &mut self.curves[at] {
            curve.samples.push(sample);
        }
        Ok(Some(equity))
    }

    /// An instrument's curve now: the first equity and its profit so far.
    fn curve_at(
        &self,
        at: usize,
        setup: &RunSetup,
        account: &impl AccountView,
        realised: &[Decimal],
        marks: &[Option<Decimal>],
    ) -> Result<f64> {
        let instrument = InstrumentId(at as u16);
        let pnl = pnl_of(account, instrument, realised[at], marks)?;
        let worth = setup.valuation.worth_exact(setup.valuation.quote_of(instrument), pnl, marks)?.unwrap_or_default();
        Ok(Exact::from(self.start).plus(worth).ok_or_else(|| Error::overflow("the equity"))?.to_f64())
    }

    /// The boundaries of the run, for returns, `more` added to equity; `samples` has what it began and ended with.
    pub fn grid_samples(&self, samples: &[EquitySample], boundaries: &[Boundary], more: f64) -> GridSamples {
        let lift = |mark: Mark| Mark { equity: mark.equity + more, ..mark };
        let ends = [samples.first(), samples.last()];
        let [start, end] = [0, 1].map(|at| ends[at].map(|sample| lift(Mark { equity: sample.equity, benchmark: self.benchmark[at] })));
        let boundaries = boundaries.iter().map(|boundary| Boundary { mark: lift(boundary.mark), ..*boundary }).collect();
        GridSamples { grid: self.grid, boundaries, days_with_data: self.days, start, end }
    }

    /// The portfolio's own boundaries.
    pub fn boundaries(&self) -> &[Boundary] {
        &self.boundaries
    }
}
