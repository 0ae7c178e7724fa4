//! Barter's engine alone: `Engine::process` for every event.

use crate::Failure;
use crate::config::{self, State};
use crate::events::{self, Event};
use barter::EngineEvent;
use barter::engine::clock::HistoricalClock;
use barter::engine::execution_tx::MultiExchangeTxMap;
use barter::engine::{Engine, Processor as _};
use barter::risk::DefaultRiskManager;
use barter::strategy::DefaultStrategy;
use barter_instrument::exchange::ExchangeId;
use barter_instrument::index::IndexedInstruments;
use barter_integration::channel::mpsc_unbounded;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Hands every event to a fresh engine; events are cloned before the clock starts.
pub fn run(rows: &[Event]) -> Result<Duration, Failure> {
    let instruments = IndexedInstruments::new(config::system()?.instruments);
    let start = events::start(rows)?;
    // Barter's default strategy sends nothing, so no listener is needed.
    let (requests, _kept) = mpsc_unbounded();
    let mut engine = Engine::new(
        HistoricalClock::new(start),
        config::state(&instruments, start),
        MultiExchangeTxMap::from_iter([(ExchangeId::BinanceSpot, Some(requests))]),
        DefaultStrategy::<State>::default(),
        DefaultRiskManager::<State>::default(),
    );
    let rows: Vec<EngineEvent> = rows.iter().cloned().map(EngineEvent::Market).collect();
    let clock = Instant::now();
    for row in rows {
        black_box(engine.process(row));
    }
    let elapsed = clock.elapsed();
    black_box(&engine);
    Ok(elapsed)
}
