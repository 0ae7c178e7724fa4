//! Half-stamped data: which stamp of a row is its exchange time.
//!
//! A recorder that finds no venue time in a message writes its own clock in its place. If a venue stamps its prints
//! and not its quotes (Binance spot), the two then differ by the whole latency, and prints run ahead of the quotes
//! they were made with. Detection looks at quotes (levels of books among them) and prints of one exchange and is
//! deliberately narrow; it holds only where all of this is true:
//!
//! - both kinds are there, and every row has both stamps;
//! - of one kind ("the recorder's") no row was received before its stamp and 99 % within 1 ms of it, and not all of
//!   its stamps are whole milliseconds;
//! - of the other ("the venue's") all stamps are whole milliseconds, and its least latency is at least 1 ms and at
//!   most a minute.

use crate::options::ExchangeTime;
use crate::row::RowKind;
use haggle_model::{
    Error, Result,
    time::{MILLISECOND, Nanos},
};

/// The unit of the venue's stamps, and the most that most of the recorder's rows may take.
const UNIT: Nanos = MILLISECOND;
/// A longer lag is a broken clock rather than a network.
const LAG_MAX: Nanos = crate::times::RANGE_MARGIN;

/// What decides: one row's exchange group, kind and stamps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub group: usize,
    pub kind: RowKind,
    pub exchange: Nanos,
    pub received: Nanos,
    /// Whether both stamps came with the row.
    pub both: bool,
}

/// How the rows of one exchange are to be aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Alignment {
    /// Whether the quotes carry the venue's stamps (else the prints do).
    pub quotes_stamped: bool,
    /// What is added to the venue's stamps.
    pub lag: Nanos,
}

impl Alignment {
    /// The aligned exchange time of a row.
    pub fn time(self, kind: RowKind, exchange: Nanos, received: Nanos) -> Nanos {
        let stamped = match kind {
            RowKind::Quote | RowKind::Snapshot | RowKind::Update => self.quotes_stamped,
            RowKind::Buy | RowKind::Sell => !self.quotes_stamped,
            RowKind::Bar | RowKind::Gap => return exchange,
        };
        if stamped { exchange + self.lag } else { received }
    }
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    rows: u64,
    both: bool,
    whole: bool,
    within_unit: u64,
    latency_min: Nanos,
}

impl Seen {
    const NOTHING: Self = Self { rows: 0, both: true, whole: true, within_unit: 0, latency_min: Nanos::MAX };

    fn add(&mut self, sample: Sample) {
        let latency = sample.received.saturating_sub(sample.exchange);
        self.rows += 1;
        self.both &= sample.both;
        self.whole &= sample.exchange % UNIT == 0;
        self.within_unit += u64::from((0..UNIT).contains(&latency));
        self.latency_min = self.latency_min.min(latency);
    }

    fn is_recorders(&self) -> bool {
        self.rows > 0 && self.both && !self.whole && self.latency_min >= 0 && self.within_unit * 100 >= self.rows * 99
    }

    fn is_venues(&self) -> bool {
        self.rows > 0 && self.both && self.whole && (UNIT..=LAG_MAX).contains(&self.latency_min)
    }
}

/// The alignment of each of `groups` exchanges; `None` where the data is not half-stamped.
pub(crate) fn detect(groups: usize, samples: impl Iterator<Item = Sample>) -> Vec<Option<Alignment>> {
    let mut seen = vec![[Seen::NOTHING; 2]; groups];
    for sample in samples {
        match sample.kind {
            RowKind::Quote | RowKind::Snapshot | RowKind::Update => seen[sample.group][0].add(sample),
            RowKind::Buy | RowKind::Sell => seen[sample.group][1].add(sample),
            RowKind::Bar | RowKind::Gap => {}
        }
    }
    seen.iter()
        .map(|[quotes, prints]| {
            let quotes_stamped = if quotes.is_recorders() && prints.is_venues() {
                false
            } else if prints.is_recorders() && quotes.is_venues() {
                true
            } else {
                return None;
            };
            let least = if quotes_stamped { quotes } else { prints }.latency_min;
            // Down to the stamps' unit, less one: the venue cut its stamps, so a row may be up to one unit younger.
            Some(Alignment { quotes_stamped, lag: (least / UNIT * UNIT - UNIT).max(0) })
        })
        .collect()
}

/// What to do about the exchange times of a load.
pub(crate) enum Plan {
    /// Leave them.
    Keep,
    /// Replace them by the arrivals.
    Received,
    /// Align these exchanges.
    Align(Vec<Option<Alignment>>),
}

/// Decides by the caller's wish and what was detected. Where data has been aligned already, a lag of zero is left.
pub(crate) fn plan(wish: Option<ExchangeTime>, groups: usize, samples: impl Iterator<Item = Sample>) -> Result<Plan> {
    match wish {
        Some(ExchangeTime::Venue) => Ok(Plan::Keep),
        Some(ExchangeTime::Received) => Ok(Plan::Received),
        Some(ExchangeTime::Aligned) => {
            let found = detect(groups, samples);
            if found.iter().all(Option::is_none) {
                return Err(Error::data("the data is not half-stamped, so there is nothing to align").at("exchangeTime").hint(
                    "leave exchangeTime out: aligning needs quotes and prints with both stamps, of which one kind carries the recorder's clock",
                ));
            }
            Ok(Plan::Align(found))
        }
        None => {
            let mut found = detect(groups, samples);
            for alignment in &mut found {
                *alignment = alignment.filter(|alignment| alignment.lag > 0);
            }
            Ok(if found.iter().all(Option::is_none) { Plan::Keep } else { Plan::Align(found) })
        }
    }
}

/// The largest lag of all exchanges: what the load report names.
pub(crate) fn lag(alignments: &[Option<Alignment>]) -> Option<Nanos> {
    alignments.iter().flatten().map(|alignment| alignment.lag).max()
}

/// For each instrument the number of its exchange, and how many exchanges there are.
pub(crate) fn groups<'a>(exchanges: impl Iterator<Item = Option<&'a str>>) -> (Vec<usize>, usize) {
    let mut known: Vec<Option<&str>> = Vec::new();
    let places = exchanges
        .map(|exchange| {
            known.iter().position(|k| *k == exchange).unwrap_or_else(|| {
                known.push(exchange);
                known.len() - 1
            })
        })
        .collect();
    (places, known.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(kind: RowKind, exchange: Nanos, latency: Nanos) -> Sample {
        Sample { group: 0, kind, exchange, received: exchange + latency, both: true }
    }

    fn detected(samples: &[Sample]) -> Option<Alignment> {
        detect(1, samples.iter().copied())[0]
    }

    #[test]
    fn only_the_clear_case_counts() {
        let quote = sample(RowKind::Quote, 5_000_123_456, 900);
        let print = sample(RowKind::Buy, 4_000 * MILLISECOND, 130_758_413);
        let found = Some(Alignment { quotes_stamped: false, lag: 129 * MILLISECOND });
        assert_eq!(detected(&[quote, print]), found);
        let late = sample(RowKind::Quote, 6_000_123_456, 40 * MILLISECOND);
        let mut many = vec![quote; 99];
        many.extend([late, print]);
        assert_eq!(detected(&many), found, "one in a hundred may be slow");
        let one_stamp = Sample { both: false, ..quote };
        let finer = sample(RowKind::Sell, 4_000 * MILLISECOND + 1, 140_000_000);
        let early = sample(RowKind::Quote, 5_000_123_456, -1);
        for samples in [
            vec![quote],
            vec![print],
            vec![quote, late, print],
            vec![one_stamp, print],
            vec![quote, print, finer],
            vec![quote, early, print],
            vec![sample(RowKind::Quote, 5_000 * MILLISECOND, 900), print],
            vec![quote, sample(RowKind::Buy, 0, 999_999)],
            vec![quote, sample(RowKind::Buy, 0, LAG_MAX + 1)],
        ] {
            assert_eq!(detected(&samples), None, "{samples:?}");
        }
        let quotes_stamped = [sample(RowKind::Quote, 0, 2_500_000), sample(RowKind::Sell, 123, 10)];
        assert_eq!(detected(&quotes_stamped), Some(Alignment { quotes_stamped: true, lag: MILLISECOND }));
    }
}
