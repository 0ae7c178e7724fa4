//! What everything is worth at the exchanges, sampled at grid boundaries and fills.

use crate::prepare::Prepared;
use haggle_exchange::{Exchange, Market};
use haggle_metrics::{Boundary, EquitySample, GridSamples, Mark, Period};
use haggle_model::time::{DAY, NEVER, Nanos};
use haggle_model::{AssetId, Decimal, Error, InstrumentId, Result, to_f64};

/// The market of an instrument at its exchange.
pub fn market_of<'a>(prepared: &Prepared, exchanges: &'a [Exchange], instrument: InstrumentId) -> &'a Market {
    let place = prepared.places[instrument.index()];
    &exchanges[place.exchange].markets()[place.market]
}

/// The mark of every instrument; before its first one, that first one.
pub fn marks(prepared: &Prepared, exchanges: &[Exchange]) -> Vec<Option<Decimal>> {
    let ids = (0..prepared.places.len()).map(|at| InstrumentId(at as u16));
    ids.map(|id| market_of(prepared, exchanges, id).mark().or(prepared.first_marks[id.index()])).collect()
}

/// Profit or loss of an instrument so far in its quote: realised and unrealised, fees off.
fn pnl_of(prepared: &Prepared, exchanges: &[Exchange], instrument: InstrumentId, realised: Decimal, marks: &[Option<Decimal>]) -> Result<Decimal> {
    let market = market_of(prepared, exchanges, instrument);
    let open = marks[instrument.index()].map_or(Ok(Decimal::ZERO), |mark| market.position.pnl_at(mark))?;
    realised.checked_add(open).ok_or_else(|| Error::overflow("a profit"))
}

/// All balances, free and locked, and cash-settled positions, in the reporting asset.
pub fn equity(prepared: &Prepared, exchanges: &[Exchange], marks: &[Option<Decimal>]) -> Result<Decimal> {
    let over = || Error::overflow("the equity");
    let valuation = &prepared.valuation;
    let mut equity = Decimal::ZERO;
    for (at, asset) in prepared.constant.system.assets.iter().enumerate() {
        let id = AssetId(at as u16);
        let total = exchanges[asset.exchange.index()].ledger().account(id).total;
        if !total.is_zero() {
            let worth = valuation.worth(id, total, marks)?.unwrap_or_default();
            equity = equity.checked_add(worth).ok_or_else(over)?;
        }
    }
    for (at, is_cash_settled) in valuation.cash_settled.iter().enumerate() {
        let id = InstrumentId(at as u16);
        if *is_cash_settled {
            let pnl = pnl_of(prepared, exchanges, id, Decimal::ZERO, marks)?;
            let worth = valuation.worth(valuation.quote_of(id), pnl, marks)?.unwrap_or_default();
            equity = equity.checked_add(worth).ok_or_else(over)?;
        }
    }
    Ok(equity)
}

/// The value curve of one instrument: the run's first equity plus the instrument's profit so far.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    /// At boundaries and the instrument's fills.
    pub samples: Vec<EquitySample>,
    /// At boundaries.
    pub boundaries: Vec<Boundary>,
}

/// Samples of equity as the run goes.
#[derive(Clone, Debug)]
pub struct Sampler {
    /// Next boundary of the grid; [`NEVER`] while no row has come after the last one.
    pub next: Nanos,
    /// At the start, at boundaries, at fills and at the end.
    pub samples: Vec<EquitySample>,
    /// By instrument, for those that traded.
    pub curves: Vec<Option<Curve>>,
    /// First equity, exactly.
    pub start: Decimal,
    /// Last equity, exactly.
    pub end: Decimal,
    grid: Period,
    step: Period,
    boundaries: Vec<Boundary>,
    days: u32,
    day: Nanos,
    has_row: bool,
}

impl Sampler {
    /// A sampler before the first row.
    pub fn new(prepared: &Prepared) -> Self {
        Self {
            next: NEVER,
            samples: Vec::new(),
            curves: vec![None; prepared.places.len()],
            start: Decimal::ZERO,
            end: Decimal::ZERO,
            grid: prepared.grid,
            // Days are counted even where the grid is wider than a day.
            step: if prepared.grid.nanoseconds() < DAY { prepared.grid } else { Period::DAY },
            boundaries: Vec::new(),
            days: 0,
            day: Nanos::MIN,
            has_row: false,
        }
    }

    /// A market row comes at `time`: the period it lies in will be sampled at its end.
    #[inline]
    pub fn row(&mut self, time: Nanos) {
        if self.next == NEVER {
            self.next = self.step.boundary_at_or_after(time);
        }
    }

    /// Takes a sample outside of the grid: at the start, a fill, the end.
    pub fn sample(&mut self, time: Nanos, prepared: &Prepared, exchanges: &[Exchange], realised: &[Decimal], traded: Option<InstrumentId>) -> Result<f64> {
        let marks = marks(prepared, exchanges);
        self.end = equity(prepared, exchanges, &marks)?;
        if self.samples.is_empty() {
            self.start = self.end;
        }
        let value = to_f64(self.end);
        self.samples.push(EquitySample { time_ns: time, equity: value });
        if let Some(instrument) = traded {
            if self.curves[instrument.index()].is_none() {
                self.curves[instrument.index()] = Some(self.curve_so_far());
            }
            let value = self.curve_value(instrument, prepared, exchanges, realised, &marks)?;
            if let Some(curve) = &mut self.curves[instrument.index()] {
                curve.samples.push(EquitySample { time_ns: time, equity: value });
            }
        }
        Ok(value)
    }

    /// Until its first fill, an instrument's curve is flat.
    fn curve_so_far(&self) -> Curve {
        let start = to_f64(self.start);
        let first = self.samples.first().map(|sample| EquitySample { equity: start, ..*sample });
        let boundaries = self.boundaries.iter().map(|boundary| Boundary { mark: Mark { equity: start, ..boundary.mark }, ..*boundary });
        Curve { samples: first.into_iter().collect(), boundaries: boundaries.collect() }
    }

    fn curve_value(&self, instrument: InstrumentId, prepared: &Prepared, exchanges: &[Exchange], realised: &[Decimal], marks: &[Option<Decimal>]) -> Result<f64> {
        let pnl = pnl_of(prepared, exchanges, instrument, realised[instrument.index()], marks)?;
        let worth = prepared.valuation.worth(prepared.valuation.quote_of(instrument), pnl, marks)?.unwrap_or_default();
        Ok(to_f64(self.start) + to_f64(worth))
    }

    /// Closes the period that ends now.
    pub fn boundary(&mut self, prepared: &Prepared, exchanges: &[Exchange], realised: &[Decimal]) -> Result<()> {
        let time = self.next;
        self.next = NEVER;
        self.has_row = true;
        // (midnight, midnight]: the day that a boundary closes or lies in.
        let day = Period::DAY.boundary_at_or_after(time);
        if day != self.day && !self.boundaries.is_empty() {
            self.days += 1;
            self.day = day;
        }
        if time.rem_euclid(self.grid.nanoseconds()) != 0 {
            return Ok(());
        }
        let value = self.sample(time, prepared, exchanges, realised, None)?;
        let marks = marks(prepared, exchanges);
        let benchmark = marks[0].map(to_f64);
        self.boundaries.push(Boundary { time_ns: time, mark: Mark { equity: value, benchmark }, has_row: self.has_row });
        self.has_row = false;
        for at in 0..self.curves.len() {
            if self.curves[at].is_some() {
                let value = self.curve_value(InstrumentId(at as u16), prepared, exchanges, realised, &marks)?;
                if let Some(curve) = &mut self.curves[at] {
                    curve.samples.push(EquitySample { time_ns: time, equity: value });
                    curve.boundaries.push(Boundary { time_ns: time, mark: Mark { equity: value, benchmark }, has_row: true });
                }
            }
        }
        Ok(())
    }

    /// The boundaries of the run, for returns.
    pub fn grid_samples(&self, boundaries: &[Boundary]) -> GridSamples {
        GridSamples { grid: self.grid, boundaries: boundaries.to_vec(), days_with_data: self.days }
    }

    /// The portfolio's own boundaries.
    pub fn boundaries(&self) -> &[Boundary] {
        &self.boundaries
    }
}
