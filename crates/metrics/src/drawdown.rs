//! Falls from a peak of equity: the curve, the single drawdowns, and their summary.
//!
//! A drawdown is a fraction of the peak and never positive (-0.25 is a quarter below it), as in empyrical and quantstats. It
//! may fall below -1 where equity falls below zero. While the highest equity so far is at or below zero it is zero.

use crate::finite;

/// Equity at one moment: at a boundary of the grid or at a fill.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EquitySample {
    /// Nanoseconds since the epoch; does not go back from sample to sample.
    pub time_ns: i64,
    /// Value of all balances, in the reporting asset.
    pub equity: f64,
}

/// One fall from a peak, up to the sample that reaches the peak again or to the end of the run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawdown {
    /// The last sample at the peak.
    pub peak_ns: i64,
    /// The first sample at the lowest equity.
    pub trough_ns: i64,
    /// The first sample back at the peak or above, or the last sample of the run.
    pub end_ns: i64,
    /// Whether the peak was reached again.
    pub recovered: bool,
    /// `lowest / peak - 1`: negative.
    pub depth: f64,
}

impl Drawdown {
    /// Nanoseconds from the peak to the end.
    pub const fn duration_ns(&self) -> i64 {
        self.end_ns.saturating_sub(self.peak_ns)
    }
}

/// Follows equity sample by sample, in constant memory.
#[derive(Clone, Debug, Default)]
pub struct DrawdownRecorder {
    peak: Option<EquitySample>,
    current: Option<Drawdown>,
    summary: Totals,
}

/// Sums over the drawdowns that have ended.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    count: u32,
    depth_sum: f64,
    duration_sum_ns: f64,
    longest_ns: i64,
    deepest: Option<Drawdown>,
}

impl Totals {
    fn add(&mut self, drawdown: Drawdown) {
        self.count += 1;
        self.depth_sum += drawdown.depth;
        self.duration_sum_ns += drawdown.duration_ns() as f64;
        self.longest_ns = self.longest_ns.max(drawdown.duration_ns());
        if self.deepest.is_none_or(|deepest| drawdown.depth < deepest.depth) {
            self.deepest = Some(drawdown);
        }
    }
}

/// All drawdowns of a run in figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DrawdownSummary {
    /// Number of drawdowns, with one that had not recovered at the end.
    pub count: u32,
    /// The deepest, and the first of several; `None` if equity never fell.
    pub deepest: Option<Drawdown>,
    /// Depth of the deepest; zero if equity never fell.
    pub max_drawdown: f64,
    /// Mean depth; zero if equity never fell.
    pub mean_drawdown: f64,
    /// Nanoseconds that the deepest lasted.
    pub max_drawdown_duration_ns: i64,
    /// Mean of the durations, nanoseconds.
    pub mean_drawdown_duration_ns: f64,
    /// Nanoseconds that the longest lasted, which need not be the deepest.
    pub longest_drawdown_duration_ns: i64,
}

impl DrawdownRecorder {
    /// Takes the next sample and returns how far it is below the peak.
    pub fn push(&mut self, sample: EquitySample) -> f64 {
        self.step(sample).0
    }

    /// The sample's drawdown, and the drawdown that ended with it, if one did.
    fn step(&mut self, sample: EquitySample) -> (f64, Option<Drawdown>) {
        let Some(peak) = self.peak else {
            self.peak = Some(sample);
            return (0.0, None);
        };
        if sample.equity >= peak.equity {
            self.peak = Some(sample);
            let ended = self.current.take().map(|current| Drawdown { end_ns: sample.time_ns, recovered: true, ..current });
            if let Some(ended) = ended {
                self.summary.add(ended);
            }
            return (0.0, ended);
        }
        if peak.equity <= 0.0 {
            return (0.0, None);
        }
        let depth = sample.equity / peak.equity - 1.0;
        let fresh = Drawdown { peak_ns: peak.time_ns, trough_ns: sample.time_ns, end_ns: sample.time_ns, recovered: false, depth };
        let current = self.current.get_or_insert(fresh);
        current.end_ns = sample.time_ns;
        if depth < current.depth {
            current.depth = depth;
            current.trough_ns = sample.time_ns;
        }
        (depth, None)
    }

    /// The drawdown that the last sample is in.
    pub const fn current(&self) -> Option<Drawdown> {
        self.current
    }

    /// All drawdowns so far, with the one under way; `None` without a sample.
    pub fn summary(&self) -> Option<DrawdownSummary> {
        self.peak?;
        let mut totals = self.summary;
        if let Some(current) = self.current {
            totals.add(current);
        }
        let count = f64::from(totals.count.max(1));
        Some(DrawdownSummary {
            count: totals.count,
            deepest: totals.deepest,
            max_drawdown: finite(totals.deepest.map_or(0.0, |deepest| deepest.depth))?,
            mean_drawdown: finite(totals.depth_sum / count)?,
            max_drawdown_duration_ns: totals.deepest.map_or(0, |deepest| deepest.duration_ns()),
            mean_drawdown_duration_ns: totals.duration_sum_ns / count,
            longest_drawdown_duration_ns: totals.longest_ns,
        })
    }
}

/// How far each sample is below the highest before it: the `drawdown` column of the equity table. Same length as the input.
pub fn drawdown_curve(samples: &[EquitySample]) -> Vec<f64> {
    let mut recorder = DrawdownRecorder::default();
    samples.iter().map(|&sample| recorder.push(sample)).collect()
}

/// All drawdowns in time order; one under way at the end comes last.
pub fn drawdowns(samples: &[EquitySample]) -> Vec<Drawdown> {
    let mut recorder = DrawdownRecorder::default();
    let mut list: Vec<Drawdown> = samples.iter().filter_map(|&sample| recorder.step(sample).1).collect();
    list.extend(recorder.current());
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(equity: &[f64]) -> Vec<EquitySample> {
        equity.iter().zip(0..).map(|(&equity, i)| EquitySample { time_ns: 10 * i, equity }).collect()
    }

    fn summary(equity: &[f64]) -> Option<DrawdownSummary> {
        let mut recorder = DrawdownRecorder::default();
        for sample in samples(equity) {
            recorder.push(sample);
        }
        recorder.summary()
    }

    #[test]
    fn curve_and_drawdowns_by_hand() {
        let equity = [100.0, 100.0, 90.0, 75.0, 95.0, 100.0, 200.0, 150.0, 180.0];
        assert_eq!(drawdown_curve(&samples(&equity)), [0.0, 0.0, 0.9 - 1.0, -0.25, 0.95 - 1.0, 0.0, 0.0, -0.25, 0.9 - 1.0]);
        let first = Drawdown { peak_ns: 10, trough_ns: 30, end_ns: 50, recovered: true, depth: -0.25 };
        let second = Drawdown { peak_ns: 60, trough_ns: 70, end_ns: 80, recovered: false, depth: -0.25 };
        assert_eq!(drawdowns(&samples(&equity)), [first, second]);
        let expected = DrawdownSummary {
            count: 2,
            deepest: Some(first),
            max_drawdown: -0.25,
            mean_drawdown: -0.25,
            max_drawdown_duration_ns: 40,
            mean_drawdown_duration_ns: 30.0,
            longest_drawdown_duration_ns: 40,
        };
        assert_eq!(summary(&equity), Some(expected));
    }

    #[test]
    fn the_deepest_need_not_be_the_longest() {
        let found = summary(&[100.0, 50.0, 100.0, 99.0, 98.0, 99.0, 101.0]).expect("there are samples");
        assert_eq!((found.max_drawdown_duration_ns, found.longest_drawdown_duration_ns), (20, 40));
        assert!((found.max_drawdown + 0.5).abs() < 1e-12 && (found.mean_drawdown + 0.26).abs() < 1e-12);
    }

    #[test]
    fn constant_or_rising_equity_never_falls() {
        for equity in [&[100.0, 100.0, 100.0][..], &[1.0, 2.0, 3.0], &[5.0]] {
            let found = summary(equity).expect("there are samples");
            assert_eq!((found.count, found.deepest, found.max_drawdown, found.mean_drawdown), (0, None, 0.0, 0.0));
            assert_eq!((found.max_drawdown_duration_ns, found.longest_drawdown_duration_ns), (0, 0));
        }
        assert_eq!(summary(&[]), None);
        assert!(drawdown_curve(&[]).is_empty());
    }

    #[test]
    fn at_and_below_zero() {
        assert_eq!(drawdown_curve(&samples(&[100.0, 0.0, -50.0])), [0.0, -1.0, -1.5]);
        assert_eq!(drawdown_curve(&samples(&[0.0, -1.0, 0.0, 4.0, 3.0])), [0.0, 0.0, 0.0, 0.0, -0.25]);
    }
}
