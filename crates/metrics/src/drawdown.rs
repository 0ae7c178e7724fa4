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

/// A fall this small against its peak is noise of rounding: the same worth, reckoned in two ways.
const NOISE: f64 = 1e-12;

/// A fall in money.
#[derive(Clone, Copy, Debug)]
struct Fall {
    peak: EquitySample,
    trough: EquitySample,
    end_ns: i64,
    recovered: bool,
}

impl Fall {
    /// As a fraction of its peak, both of them `more` higher; `None` where the peak is at or below zero.
    fn drawdown(&self, more: f64) -> Option<Drawdown> {
        let (peak, trough) = (self.peak.equity + more, self.trough.equity + more);
        (peak > 0.0).then(|| Drawdown {
            peak_ns: self.peak.time_ns,
            trough_ns: self.trough.time_ns,
            end_ns: self.end_ns,
            recovered: self.recovered,
            depth: trough / peak - 1.0,
        })
    }
}

/// Follows equity sample by sample. It keeps each fall in money, so that what equity is measured against may become known at the end.
#[derive(Clone, Debug, Default)]
pub struct DrawdownRecorder {
    peak: Option<EquitySample>,
    last: f64,
    current: Option<Fall>,
    ended: Vec<Fall>,
}

/// All drawdowns of a run in figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DrawdownSummary {
    /// Number of drawdowns, with one that had not recovered at the end.
    pub count: u32,
    /// The deepest, and the first of several; `None` if equity never fell.
    pub deepest: Option<Drawdown>,
    /// How far the last sample is below its peak; zero at the peak.
    pub current: f64,
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
    /// Takes the next sample.
    #[inline]
    pub fn push(&mut self, sample: EquitySample) {
        self.last = sample.equity;
        let Some(peak) = &mut self.peak else {
            self.peak = Some(sample);
            return;
        };
        if sample.equity >= peak.equity - NOISE * peak.equity.abs() {
            *peak = EquitySample { time_ns: sample.time_ns, equity: peak.equity.max(sample.equity) };
            self.ended.extend(self.current.take().map(|fall| Fall { end_ns: sample.time_ns, recovered: true, ..fall }));
            return;
        }
        let fresh = Fall { peak: *peak, trough: sample, end_ns: sample.time_ns, recovered: false };
        let current = self.current.get_or_insert(fresh);
        current.end_ns = sample.time_ns;
        if sample.equity < current.trough.equity {
            current.trough = sample;
        }
    }

    /// Bounds within which samples change nothing but the end of the fall that the last sample is in: its trough, and its peak.
    /// `None` at a peak.
    pub fn quiet(&self) -> Option<(f64, f64)> {
        self.current.map(|fall| (fall.trough.equity, fall.peak.equity - NOISE * fall.peak.equity.abs()))
    }

    /// All drawdowns in time order, one under way last, of equity that is `more` than what was pushed.
    pub fn drawdowns(&self, more: f64) -> impl Iterator<Item = Drawdown> + '_ {
        self.ended.iter().chain(&self.current).filter_map(move |fall| fall.drawdown(more))
    }

    /// The same in figures; `None` without a sample.
    pub fn summary(&self, more: f64) -> Option<DrawdownSummary> {
        let peak = self.peak?.equity + more;
        let mut deepest: Option<Drawdown> = None;
        let (mut count, mut depth_sum, mut duration_sum_ns, mut longest_ns) = (0u32, 0.0, 0.0, 0);
        for drawdown in self.drawdowns(more) {
            count += 1;
            depth_sum += drawdown.depth;
            duration_sum_ns += drawdown.duration_ns() as f64;
            longest_ns = longest_ns.max(drawdown.duration_ns());
            if deepest.is_none_or(|deepest| drawdown.depth < deepest.depth) {
                deepest = Some(drawdown);
            }
        }
        let share = f64::from(count.max(1));
        let is_fallen = self.current.is_some() && peak > 0.0;
        Some(DrawdownSummary {
            count,
            deepest,
            current: if is_fallen { finite((self.last + more) / peak - 1.0)? } else { 0.0 },
            max_drawdown: finite(deepest.map_or(0.0, |deepest| deepest.depth))?,
            mean_drawdown: finite(depth_sum / share)?,
            max_drawdown_duration_ns: deepest.map_or(0, |deepest| deepest.duration_ns()),
            mean_drawdown_duration_ns: duration_sum_ns / share,
            longest_drawdown_duration_ns: longest_ns,
        })
    }
}

/// How far each sample is below the highest before it: the `drawdown` column of the equity table. Same length as the input.
pub fn drawdown_curve(samples: &[EquitySample]) -> Vec<f64> {
    let mut peak = 0.0_f64;
    let depth = |sample: &EquitySample| {
        peak = peak.max(sample.equity);
        // Equity that was never above zero has no peak to fall from.
        if peak > 0.0 && sample.equity < peak { sample.equity / peak - 1.0 } else { 0.0 }
    };
    samples.iter().map(depth).collect()
}

/// All drawdowns in time order; one under way at the end comes last.
pub fn drawdowns(samples: &[EquitySample]) -> Vec<Drawdown> {
    let mut recorder = DrawdownRecorder::default();
    for &sample in samples {
        recorder.push(sample);
    }
    recorder.drawdowns(0.0).collect()
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
        recorder.summary(0.0)
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
            current: 0.9 - 1.0,
            max_drawdown: -0.25,
            mean_drawdown: -0.25,
            max_drawdown_duration_ns: 40,
            mean_drawdown_duration_ns: 30.0,
            longest_drawdown_duration_ns: 40,
        };
        assert_eq!(summary(&equity), Some(expected));
    }

    #[test]
    fn what_is_pushed_may_be_a_part_of_what_is_measured() {
        let mut recorder = DrawdownRecorder::default();
        // Alone the first fall is the deeper one, a quarter; against 900 more the second.
        for sample in samples(&[100.0, 75.0, 200.0, 170.0, 180.0]) {
            recorder.push(sample);
        }
        let (alone, among) = (recorder.summary(0.0).expect("samples"), recorder.summary(900.0).expect("samples"));
        assert_eq!((alone.max_drawdown, alone.current), (-0.25, 0.9 - 1.0));
        assert_eq!(alone.deepest.map(|deepest| deepest.peak_ns), Some(0));
        assert_eq!((among.max_drawdown, among.current), (1_070.0 / 1_100.0 - 1.0, 1_080.0 / 1_100.0 - 1.0));
        assert_eq!(among.deepest.map(|deepest| deepest.peak_ns), Some(20));
        assert_eq!(recorder.quiet(), Some((170.0, 200.0 - 200.0 * 1e-12)));
    }

    #[test]
    fn noise_of_rounding_is_no_fall() {
        let found = summary(&[10_000.0, 10_000.0 - 2e-12, 10_000.0, 9_999.0, 10_000.0 - 2e-12]).expect("samples");
        assert_eq!((found.count, found.longest_drawdown_duration_ns, found.current), (1, 20, 0.0));
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
