//! What all runs over the same data and config share: names matched, grids joined, checks made, once.

mod join;
mod survey;
mod warn;

pub use survey::mark_twice;

use crate::args::Constant;
use crate::clock::Tiling;
use crate::hash;
use crate::latency::Legs;
use crate::run::Needs;
use crate::summary::{self, Warning};
use haggle_data::Store;
use haggle_engine::{MarketSpec, Valuation};
use haggle_exchange::{Feed, Spec};
use haggle_metrics::Period;
use haggle_model::time::Nanos;
use haggle_model::{AccountKind, Decimal, Error, InstrumentId, Result};
use join::{check_digits, match_instruments, regrid, spec_of};
use std::sync::Arc;
use survey::{bar_instruments, bar_periods, check_tiling, first_marks, grid_of, mark_ranges, tiling_span};

/// Where an instrument trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Place of its exchange.
    pub exchange: usize,
    /// Place among that exchange's markets.
    pub market: usize,
    /// Its place in the config.
    pub instrument: InstrumentId,
    /// Whether its marks come from quotes.
    pub has_quotes: bool,
    /// Whether its data are bars alone.
    pub is_bars: bool,
}

/// Data and config, joined and checked.
#[derive(Debug)]
pub struct Prepared {
    /// What was asked for.
    pub constant: Constant,
    /// The data, on the config's grids.
    pub store: Arc<Store>,
    /// How often the data repeats.
    pub tiling: Tiling,
    /// By instrument of the config: where it trades.
    pub places: Vec<Place>,
    /// By instrument of the data: the same.
    pub routes: Vec<Place>,
    /// By instrument of the data: what its market at the exchange comes from.
    pub needs: Vec<Needs>,
    /// By instrument of the data: twice the lowest and the highest mark, in ticks.
    pub mark_ranges: Vec<(i64, i64)>,
    /// Whether the data are bars, and nothing else.
    pub is_bars_only: bool,
    /// By bar: the instrument of the data it belongs to.
    pub bar_instruments: Vec<u16>,
    /// By instrument: its bars in a whole run.
    pub bar_counts: Vec<u64>,
    /// By exchange: its markets.
    pub specs: Vec<Vec<Spec>>,
    /// By exchange: time of its last row.
    pub last_times: Vec<Nanos>,
    /// Whether exchange time stands for arrival in this data.
    pub is_arrival: bool,
    /// By instrument: its shortest bar, where its data are bars alone.
    pub bar_periods: Vec<Option<Nanos>>,
    /// By instrument: what the engine knows of it.
    pub market_specs: Vec<MarketSpec>,
    /// How balances count.
    pub valuation: Valuation,
    /// By instrument: its first mark in the data.
    pub first_marks: Vec<Option<Decimal>>,
    /// Grid of returns.
    pub grid: Period,
    /// What a user should know of data and config.
    pub warnings: Vec<Warning>,
    /// Hash of the data's values.
    pub data_hash: String,
    /// Hash of what was asked for.
    pub config_hash: String,
    /// Settings on which the config was silent, and what held there.
    pub defaults: serde_json::Value,
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
        let mut specs: Vec<Vec<Spec>> = vec![Vec::new(); constant.system.exchanges.len()];
        let mut places = Vec::with_capacity(count);
        let mut market_specs = Vec::with_capacity(count);
        for (at, instrument) in constant.system.instruments.iter().enumerate() {
            let data = by_instrument[at];
            let spec = spec_of(&constant, at, data.map(|data| (&store.instruments[data], kinds[data])))
                .map_err(|error| error.at(format!("system.instruments[{at}]")))?;
            let exchange = instrument.exchange.index();
            places.push(Place {
                exchange,
                market: specs[exchange].len(),
                instrument: InstrumentId(at as u16),
                has_quotes: spec.feed == Feed::Quotes,
                is_bars: spec.feed == Feed::Bars,
            });
            market_specs.push(MarketSpec {
                tick: spec.tick,
                lot: spec.lot,
                base: spec.base,
                quote: spec.quote,
                notional_min: spec.notional_min(),
                is_cash_settled: constant.system.exchanges[exchange].execution.account == AccountKind::CashSettled,
            });
            specs[exchange].push(spec);
        }
        check_digits(&constant, &store, &market_specs, &by_instrument)?;
        let routes: Vec<Place> = matched.iter().map(|instrument| places[instrument.index()]).collect();
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
        let mut prepared = Self {
            mark_ranges: mark_ranges(&store, &routes),
            first_marks: first_marks(&store, &routes, &market_specs),
            is_bars_only: store.bars.len() == store.rows.len(),
            bar_instruments: bar_instruments(&store),
            bar_counts: by_instrument.iter().map(|data| data.map_or(0, |data| kinds[data].bars * u64::from(tiling.passes))).collect(),
            bar_periods: bar_periods(&store, &routes, count),
            grid: constant.sample_interval.unwrap_or_else(|| grid_of(&store, tiling)),
            is_arrival,
            warnings: Vec::new(),
            config_hash: hash::of_text(&format!("{constant:?} {tiling:?}")),
            defaults: summary::defaults(&constant.system, is_arrival),
            constant,
            store,
            tiling,
            places,
            routes,
            needs,
            specs,
            last_times,
            market_specs,
            valuation,
            data_hash,
        };
        prepared.warnings = prepared.warn();
        Ok(prepared)
    }

    /// Market rows of a whole run.
    pub fn rows(&self) -> u64 {
        self.store.rows.len() as u64 * u64::from(self.tiling.passes)
    }
}
