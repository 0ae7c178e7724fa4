//! The sample's events as barter has them in memory.

use crate::Failure;
use barter_data::event::DataKind;
use barter_data::streams::consumer::MarketStreamEvent;
use barter_instrument::instrument::InstrumentIndex;
use chrono::{DateTime, TimeDelta, Utc};
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};

/// An event of the sample.
pub type Event = MarketStreamEvent<InstrumentIndex, DataKind>;

/// What one pass of the tiled sample lies behind the one before, in seconds: the same as in our rows.
const PERIOD_S: i64 = 185;

/// Reads JSON Lines, one event a line, in the order of the file.
pub fn read(path: &str) -> Result<Vec<Event>, Failure> {
    let file = File::open(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    let is_gzip = std::path::Path::new(path).extension().is_some_and(|extension| extension == "gz");
    let source: Box<dyn Read> = if is_gzip { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    BufReader::new(source).lines().map(|line| Ok(serde_json::from_str(&line?)?)).collect()
}

/// The events `passes` times, each pass 185 s after the one before.
pub fn tile(events: &[Event], passes: usize) -> Result<Vec<Event>, Failure> {
    let mut tiled = Vec::with_capacity(events.len().saturating_mul(passes));
    for pass in 0..passes {
        let seconds = i64::try_from(pass)?.checked_mul(PERIOD_S).ok_or("so many passes end beyond the calendar")?;
        let shift = TimeDelta::try_seconds(seconds).ok_or("so many passes end beyond the calendar")?;
        for event in events {
            let mut event = event.clone();
            if let MarketStreamEvent::Item(item) = &mut event {
                item.time_exchange += shift;
                item.time_received += shift;
                if let DataKind::OrderBookL1(book) = &mut item.kind {
                    book.last_update_time += shift;
                }
            }
            tiled.push(event);
        }
    }
    Ok(tiled)
}

/// Exchange time of the first event.
pub fn start(events: &[Event]) -> Result<DateTime<Utc>, Failure> {
    let first = events.iter().find_map(|event| if let MarketStreamEvent::Item(item) = event { Some(item.time_exchange) } else { None });
    first.ok_or_else(|| "the file has no event".into())
}
