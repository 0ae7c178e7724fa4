//! Which bars fill orders, where an instrument has bars of several timeframes.

use crate::row::RowKind;
use crate::store::Store;
use haggle_model::time::Nanos;
use std::collections::BTreeMap;

impl Store {
    /// By bar: whether it only informs, since a finer bar of its instrument covers a part of its span. Of several timeframes the finest
    /// fills orders there. Empty where no bar is of that kind.
    pub fn informing_bars(&self) -> Vec<bool> {
        let mut by_instrument: Vec<Vec<usize>> = vec![Vec::new(); self.instruments.len()];
        for row in self.rows.iter().filter(|row| row.kind == RowKind::Bar) {
            by_instrument[usize::from(row.instrument)].push(row.a as usize);
        }
        // The close of a bar is the time of its row.
        let mut closes: Vec<Nanos> = vec![0; self.bars.len()];
        for row in self.rows.iter().filter(|row| row.kind == RowKind::Bar) {
            closes[row.a as usize] = row.time;
        }
        let span = |bar: usize| (self.bars[bar].time_open, closes[bar]);
        let mut informing = Vec::new();
        for bars in &mut by_instrument {
            bars.sort_by_key(|bar| span(*bar));
            if bars.windows(2).all(|pair| span(pair[1]).0 >= span(pair[0]).1) {
                // One timeframe.
                continue;
            }
            bars.sort_by_key(|bar| span(*bar).1 - span(*bar).0);
            let mut covered = Covered::default();
            for alike in bars.chunk_by(|a, b| span(*a).1 - span(*a).0 == span(*b).1 - span(*b).0) {
                for bar in alike.iter().filter(|bar| covered.overlaps(span(**bar))) {
                    informing.resize(self.bars.len(), false);
                    informing[*bar] = true;
                }
                for bar in alike {
                    covered.insert(span(*bar));
                }
            }
        }
        informing
    }
}

/// Spans without overlaps, ends by starts.
#[derive(Default)]
struct Covered(BTreeMap<Nanos, Nanos>);

impl Covered {
    fn overlaps(&self, (start, end): (Nanos, Nanos)) -> bool {
        self.0.range(..end).next_back().is_some_and(|(_, last)| *last > start)
    }

    fn insert(&mut self, (mut start, mut end): (Nanos, Nanos)) {
        while let Some((first, last)) = self.0.range(..=end).next_back().map(|(first, last)| (*first, *last)).filter(|span| span.1 >= start)
        {
            self.0.remove(&first);
            (start, end) = (start.min(first), end.max(last));
        }
        self.0.insert(start, end);
    }
}

#[cfg(test)]
mod tests {
    use crate::{BuildOptions, Builder, Num};
    use haggle_model::time::{DAY, Nanos};

    const HOUR: Nanos = DAY / 24;

    fn informing(spans: &[(&str, Nanos, Nanos)]) -> Vec<Nanos> {
        let mut builder = Builder::new(BuildOptions::default());
        for (symbol, open, close) in spans {
            let place = builder.instrument(symbol, None).expect("an instrument");
            let one = Num::new(1, 0).expect("a number");
            builder.bar(place, *open, *close, [one; 5]).expect("a bar");
        }
        let store = builder.finish().expect("good data");
        let marked = store.informing_bars();
        let opens = marked.iter().zip(&store.bars).filter(|(informs, _)| **informs).map(|(_, bar)| bar.time_open);
        let mut opens: Vec<Nanos> = opens.collect();
        opens.sort_unstable();
        opens
    }

    #[test]
    fn the_finest_that_covers_a_span_fills_it() {
        assert_eq!(informing(&[("A/B", 0, DAY), ("A/B", DAY, 2 * DAY)]), [] as [Nanos; 0]);
        // Hours for the second day only.
        let hours: Vec<_> = (24..48).map(|hour| ("A/B", hour * HOUR, (hour + 1) * HOUR)).collect();
        let days = [("A/B", 0, DAY), ("A/B", DAY, 2 * DAY), ("A/B", 2 * DAY, 3 * DAY), ("C/D", DAY, 2 * DAY)];
        assert_eq!(informing(&[&days[..], &hours].concat()), [DAY]);
        let week = [("A/B", 0, 7 * DAY)];
        assert_eq!(informing(&[&days[..], &hours, &week].concat()), [0, DAY]);
    }
}
