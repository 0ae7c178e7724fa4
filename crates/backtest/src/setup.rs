//! What a run knows of its exchanges before the first row: config, grids, places. Back-tests take grids and feeds from their data,
//! live systems from the config alone.

use crate::constant::Constant;
use crate::warning::Warning;
use haggle_engine::{Interest, MarketSpec, Valuation};
use haggle_exchange::Spec;
use haggle_metrics::Period;
use haggle_model::time::Nanos;
use haggle_model::{AccountKind, Decimal, Feed, InstrumentId};

/// Where an instrument trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// Place of its exchange.
    pub exchange: usize,
    /// Place among that exchange's markets.
    pub market: usize,
    /// Its place in the config.
    pub instrument: InstrumentId,
    /// Whether its data have a book of levels.
    pub has_book: bool,
    /// Whether its marks come from quotes, or from a book.
    pub has_quotes: bool,
    /// Whether its data are bars alone.
    pub is_bars: bool,
}

/// Exchanges, instruments and settings, joined and checked; it knows no market data.
#[derive(Clone, Debug)]
pub struct RunSetup {
    /// What was asked for.
    pub constant: Constant,
    /// By instrument of the config: where it trades.
    pub places: Vec<Route>,
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
    /// Which hooks the data have rows for; `None` where it is not known.
    pub rows: Option<Interest>,
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

/// Where every instrument trades, and what the engine knows of it; `specs` are given by instrument, and come back by exchange.
pub fn lay_out(constant: &Constant, specs: Vec<Spec>) -> (Vec<Route>, Vec<Vec<Spec>>, Vec<MarketSpec>) {
    let system = &constant.system;
    let mut by_exchange: Vec<Vec<Spec>> = vec![Vec::new(); system.exchanges.len()];
    let mut places = Vec::with_capacity(specs.len());
    let mut market_specs = Vec::with_capacity(specs.len());
    for spec in specs {
        let exchange = system.instrument(spec.instrument).exchange.index();
        places.push(Route {
            exchange,
            market: by_exchange[exchange].len(),
            instrument: spec.instrument,
            has_book: spec.feed == Feed::Book,
            has_quotes: spec.feed.has_quotes(),
            is_bars: spec.feed == Feed::Bars,
        });
        market_specs.push(MarketSpec {
            tick: spec.tick,
            lot: spec.lot,
            base: spec.base,
            quote: spec.quote,
            exchange: system.instrument(spec.instrument).exchange,
            notional_min: spec.notional_min(),
            feed: spec.feed,
            is_cash_settled: spec.account == AccountKind::CashSettled,
        });
        by_exchange[exchange].push(spec);
    }
    (places, by_exchange, market_specs)
}
