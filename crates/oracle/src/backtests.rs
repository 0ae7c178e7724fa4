//! Barter's back-tests: runs through `run_backtests`, with its mock exchange, channels and summary.

use crate::Failure;
use crate::config::{self, State};
use crate::events::{self, Event};
use barter::backtest::market_data::MarketDataInMemory;
use barter::backtest::{BacktestArgsConstant, BacktestArgsDynamic, run_backtests};
use barter::risk::DefaultRiskManager;
use barter::statistic::time::Daily;
use barter::strategy::DefaultStrategy;
use barter_data::event::DataKind;
use barter_instrument::index::IndexedInstruments;
use rust_decimal::Decimal;
use smol_str::ToSmolStr as _;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// What all its runs share, and the threads they run on.
pub struct Backtests {
    runtime: Runtime,
    constant: Arc<BacktestArgsConstant<MarketDataInMemory<DataKind>, Daily, State>>,
}

impl Backtests {
    /// Events in memory, a thread per core.
    pub fn new(rows: Arc<Vec<Event>>) -> Result<Self, Failure> {
        let system = config::system()?;
        let instruments = IndexedInstruments::new(system.instruments);
        let engine_state = config::state(&instruments, events::start(&rows)?);
        let constant = BacktestArgsConstant {
            instruments,
            executions: system.executions,
            market_data: MarketDataInMemory::new(rows),
            summary_interval: Daily,
            engine_state,
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        Ok(Self { runtime, constant: Arc::new(constant) })
    }

    /// So many runs in one call, by the clock of the wall.
    pub fn run(&self, count: usize) -> Result<Duration, Failure> {
        let dynamics = (0..count).map(|number| BacktestArgsDynamic {
            id: number.to_smolstr(),
            risk_free_return: Decimal::ZERO,
            strategy: DefaultStrategy::<State>::default(),
            risk: DefaultRiskManager::<State>::default(),
        });
        let clock = Instant::now();
        let summary = self.runtime.block_on(run_backtests(Arc::clone(&self.constant), dynamics));
        let elapsed = clock.elapsed();
        black_box(summary.map_err(|error| error.to_string())?);
        Ok(elapsed)
    }
}
