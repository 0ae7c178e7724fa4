//! What all runs over the same data and config share: names matched, grids joined, checks made, once.

mod join;
mod live;
mod needs;
mod survey;
mod warn;

pub use survey::marks_twice;

use crate::clock::Tiling;
use crate::config_hash::config_hash;
use crate::constant::Constant;
use crate::defaults::defaults;
use crate::mark_track::MarkTrack;
use crate::setup::{Route, RunSetup, lay_out};
use haggle_data::Store;
use haggle_engine::{Interest, Valuation};
use haggle_exchange::Legs;
use haggle_model::time::Nanos;
use haggle_model::{Error, Result};
pub use join::match_instruments;
use join::{check_digits, regrid, spec_of};
pub use needs::Needs;
use std::sync::Arc;
use survey::{bar_instruments, bar_periods, check_tiling, first_marks, grid_of, mark_ranges, tiling_span};

/// Data and config, joined and checked.
#[derive(Debug)]
pub struct Prepared {
    /// What does not depend on where the rows come from.
    pub setup: Arc<RunSetup>,
    /// The data, on the config's grids.
    pub store: Arc<Store>,
    /// How often the data repeats.
    pub tiling: Tiling,
    /// By instrument of the data: where it trades.
    pub routes: Vec<Route>,
    /// What drawdowns between samples are taken from.
    pub track: Option<Arc<MarkTrack>>,
    /// By instrument of the data: what its market at the exchange comes from.
    pub needs: Vec<Needs>,
    /// By instrument of the data: twice the lowest and the highest mark, in ticks.
    pub mark_ranges: Vec<(i64, i64)>,
    /// Whether the data are bars, and nothing else.
    pub is_bars_only: bool,
    /// By bar: whether it only informs, since a finer one covers its span; empty where all fill.
    pub informing: Vec<bool>,
    /// By bar: the instrument of the data it belongs to.
    pub bar_instruments: Vec<u16>,
    /// By instrument: its bars in a whole run.
    pub bar_counts: Vec<u64>,
}

impl Prepared {
    /// Joins data and config.
    pub fn new(constant: Constant, store: Arc<Store>, tiling: Tiling) -> Result<Self> {
        check_tiling(&store, tiling)?;
        let is_arrival = store.report.is_arrival;
        for exchange in &constant.system.exchanges {
            Legs::new(exchange.execution.latency, is_arrival, 0, 0)?;
        }
        let data_hash = store.data_hash();
        let matched = match_instruments(&constant, &store)?;
        let store = regrid(&constant, store, &matched)?;
        let kinds = store.kinds();
        let count = constant.system.instruments.len();

        let mut by_instrument: Vec<Option<usize>> = vec![None; count];
        for (data, instrument) in matched.iter().enumerate() {
            by_instrument[instrument.index()] = Some(data);
        }
        let mut specs = Vec::with_capacity(count);
        for (at, data) in by_instrument.iter().enumerate() {
            let spec = spec_of(&constant, at, data.map(|data| (&store.instruments[data], kinds[data])))
                .map_err(|error| error.at(format!("system.instruments[{at}]")))?;
            specs.push(spec);
        }
        let (places, specs, market_specs) = lay_out(&constant, specs);
        check_digits(&constant, &store, &market_specs, &by_instrument)?;
        let routes: Vec<Route> = matched.iter().map(|instrument| places[instrument.index()]).collect();
        let needs = routes.iter().zip(&kinds).map(|(place, kinds)| Needs {
            book: kinds.quotes > 0,
            last: kinds.trades > 0 || place.is_bars,
            open: place.is_bars,
        });
        let needs = needs.collect();
        let marked: Vec<bool> = by_instrument.iter().map(Option::is_some).collect();
        let valuation = Valuation::new(&constant.system, &constant.reporting_asset, &marked)?;

        let span = tiling_span(tiling)?;
        let mut last_times = vec![Nanos::MIN; specs.len()];
        for row in &store.rows {
            let last = &mut last_times[routes[usize::from(row.instrument)].exchange];
            *last = (*last).max(row.time);
        }
        for last in &mut last_times {
            *last = last.checked_add(span).ok_or_else(|| Error::overflow("the time of the last row"))?;
        }
        let mut setup = RunSetup {
            first_marks: first_marks(&store, &routes, &market_specs),
            bar_periods: bar_periods(&store, &routes, count),
            grid: constant.sample_interval.unwrap_or_else(|| grid_of(&store, tiling, &routes)),
            is_arrival,
            rows: Some(Interest {
                trades: kinds.iter().any(|kinds| kinds.trades > 0),
                books: kinds.iter().any(|kinds| kinds.quotes + kinds.books > 0),
                bars: kinds.iter().any(|kinds| kinds.bars > 0),
            }),
            warnings: Vec::new(),
            config_hash: config_hash(&constant, tiling),
            defaults: defaults(&constant.system, is_arrival),
            constant,
            places,
            specs,
            last_times,
            market_specs,
            valuation,
            data_hash,
        };
        setup.warnings = warn::warnings(&setup, &store.report);
        Ok(Self {
            mark_ranges: mark_ranges(&store, &routes),
            track: MarkTrack::new(&store, tiling, &routes).map(Arc::new),
            is_bars_only: store.bars.len() == store.rows.len(),
            informing: store.informing_bars(),
            bar_instruments: bar_instruments(&store),
            bar_counts: by_instrument.iter().map(|data| data.map_or(0, |data| kinds[data].bars * u64::from(tiling.passes))).collect(),
            setup: Arc::new(setup),
            store,
            tiling,
            routes,
            needs,
        })
    }

    /// Whether a bar only informs: a finer one of its instrument fills orders there.
    #[inline]
    pub fn informs(&self, bar: usize) -> bool {
        !self.informing.is_empty() && self.informing[bar]
    }

    /// Market rows of a whole run.
    pub fn rows(&self) -> u64 {
        self.store.rows.len() as u64 * u64::from(self.tiling.passes)
    }
}
