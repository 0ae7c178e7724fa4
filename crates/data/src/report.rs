//! What loading noticed, as warnings.

use crate::store::LoadReport;

impl LoadReport {
    /// Adds what another load noticed; of two lags the larger one is named.
    pub(crate) fn add(&mut self, other: &Self) {
        self.crossed += other.crossed;
        self.unordered_exchange += other.unordered_exchange;
        self.unordered_received += other.unordered_received;
        self.received_early += other.received_early;
        self.aligned_lag = self.aligned_lag.max(other.aligned_lag);
        self.is_arrival |= other.is_arrival;
        self.duplicates += other.duplicates;
        self.conflicts += other.conflicts;
        self.bad_rows += other.bad_rows;
        self.first_bad = self.first_bad.take().or_else(|| other.first_bad.clone());
        self.empty_bars += other.empty_bars;
        self.rounded += other.rounded;
        self.clock_jumps += other.clock_jumps;
        self.missing_bars += other.missing_bars;
        self.sparse = self.sparse.or(other.sparse);
        self.bands |= other.bands;
    }

    /// What a user should know before trusting a result: a code and a sentence each.
    pub fn warnings(&self) -> Vec<(&'static str, String)> {
        let mut warnings = Vec::new();
        let mut warn = |code, message: String| warnings.push((code, message));
        if let Some(lag) = self.aligned_lag {
            let lag = lag as f64 / 1e6;
            warn("ALIGNED", format!("half-stamped data: venue stamps were moved by {lag} ms so that prints and quotes share one clock"));
        }
        if self.crossed > 0 {
            warn("CROSSED_QUOTES", format!("{} crossed quotes were dropped", self.crossed));
        }
        if self.received_early > 0 {
            let rows = self.received_early;
            warn("RECEIVED_EARLY", format!("{rows} rows were received before their exchange time and count as received at it"));
        }
        if self.bad_rows > 0 {
            let first = self.first_bad.as_deref().unwrap_or_default();
            warn("BAD_ROWS", format!("{} rows could not be read and were left out; the first: {first}", self.bad_rows));
        }
        if self.duplicates > 0 {
            let differing = match self.conflicts {
                0 => String::new(),
                count => format!("; of {count} the values differed, and the later one stayed"),
            };
            warn("DUPLICATES", format!("{} rows were there twice and went{differing}", self.duplicates));
        }
        if self.empty_bars > 0 {
            warn("EMPTY_BARS", format!("{} bars without any price were left out", self.empty_bars));
        }
        if self.rounded > 0 {
            warn("ROUNDED", format!("the noise of floats was taken from {} numbers (decimals: 'exact' keeps every digit)", self.rounded));
        }
        if self.clock_jumps > 0 {
            warn("CLOCK_JUMPS", format!("in {} places time goes back by more than a minute; the rows were sorted", self.clock_jumps));
        }
        if self.missing_bars > 0 {
            warn("GAPS", format!("{} bars are missing between others (holes() tells where)", self.missing_bars));
        }
        if let Some((timeframe, apart)) = self.sparse {
            let (timeframe, apart) = (duration(timeframe), duration(apart));
            warn("TIMEFRAME", format!("bars of {timeframe} whose opens are at least {apart} apart: is the timeframe {apart}?"));
        }
        if self.bands {
            warn("BANDS", "the book was told in bands around the middle: each is one level at its average price".to_owned());
        }
        warnings
    }
}

/// `1 m`, `60 ms`: in the largest unit that divides it.
pub(crate) fn duration(nanos: i64) -> String {
    const UNITS: [(i64, &str); 7] = [
        (86_400_000_000_000, "d"),
        (3_600_000_000_000, "h"),
        (60_000_000_000, "m"),
        (1_000_000_000, "s"),
        (1_000_000, "ms"),
        (1_000, "us"),
        (1, "ns"),
    ];
    let (unit, name) = UNITS.into_iter().find(|(unit, _)| nanos % unit == 0).unwrap_or((1, "ns"));
    format!("{} {name}", nanos / unit)
}
