//! backtesting.py 0.6.6's published run (SMA cross 10/20 on daily GOOG): its trades and equity curve by arithmetic alone, then
//! every statistic of it, by that library's definitions and by this crate's.
//!
//! The data lie beside the repository; without them the test says so and passes.

use haggle_metrics as metrics;
use metrics::geometric_annual::{GeometricAnnual, geometric_mean};
use metrics::{
    Boundary, DrawdownRecorder, EquityInput, EquitySample, EquityStatistics, FillTotals, GridSamples, Mark, Period, SummaryInterval,
};

struct Bar {
    /// Midnight UTC after the bar's date: a daily bar is known at its close.
    close_ns: i64,
    open: f64,
    close: f64,
}

struct Trade {
    pnl: f64,
    pnl_return: f64,
}

/// Days since the epoch of a date of the Gregorian calendar.
fn days_since_epoch(date: &str) -> i64 {
    let mut parts = date.split('-').map(|part| part.parse::<i64>().expect("a date is three numbers"));
    let mut next = || parts.next().expect("a date has three parts");
    let (year, month, day) = (next(), next(), next());
    // Years that begin in March, so that the leap day is their last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468
}

fn bars() -> Option<Vec<Bar>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/goog_daily.csv");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: no {}", path.display());
        return None;
    };
    let bar = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |i: usize| fields[i].parse::<f64>().expect("prices are numbers");
        Bar { close_ns: (days_since_epoch(fields[0]) + 1) * Period::DAY.nanoseconds(), open: number(1), close: number(4) }
    };
    Some(text.lines().skip(1).map(bar).collect())
}

/// The mean of the `length` closes up to a bar.
fn average(bars: &[Bar], last: usize, length: usize) -> f64 {
    bars[last + 1 - length..=last].iter().map(|bar| bar.close).sum::<f64>() / length as f64
}

/// Equity at each close, and the closed trades.
fn run(bars: &[Bar]) -> (Vec<f64>, Vec<Trade>) {
    let rate = 0.002;
    let (mut cash, mut size, mut entry) = (10_000.0, 0.0_f64, 0.0);
    let (mut equity, mut trades) = (Vec::new(), Vec::new());
    let mut signal = 0.0;
    for (i, bar) in bars.iter().enumerate() {
        if signal != 0.0 {
            if size != 0.0 {
                let exit_fee = rate * size.abs() * bar.open;
                let fees = exit_fee + rate * size.abs() * entry;
                cash += size * (bar.open - entry) - exit_fee;
                let pnl_return = size.signum() * (bar.open / entry - 1.0) - fees / (size.abs() * entry);
                trades.push(Trade { pnl: size * (bar.open - entry) - fees, pnl_return });
            }
            let units = (cash * (1.0 - f64::EPSILON) / (bar.open * (1.0 + rate))).floor();
            size = signal * units;
            entry = bar.open;
            cash -= rate * units * entry;
            signal = 0.0;
        }
        equity.push(cash + size * (bar.close - entry));
        if i >= 20 {
            let (before, now) = (average(bars, i - 1, 10) - average(bars, i - 1, 20), average(bars, i, 10) - average(bars, i, 20));
            if before < 0.0 && now > 0.0 {
                signal = 1.0;
            } else if before > 0.0 && now < 0.0 {
                signal = -1.0;
            }
        }
    }
    (equity, trades)
}

/// Within half a unit of the last published digit, and a little.
fn published(what: &str, ours: Option<f64>, theirs: f64, half_digit: f64) {
    let ours = ours.unwrap_or_else(|| panic!("{what} is undefined"));
    assert!((ours - theirs).abs() <= 1.02 * half_digit, "{what}: {theirs}, not {ours}");
}

#[test]
fn every_figure_of_the_published_run() {
    let Some(bars) = bars() else { return };
    assert_eq!(bars.len(), 2_148);
    let (equity, trades) = run(&bars);

    let pnl: Vec<f64> = trades.iter().map(|trade| trade.pnl).collect();
    let trade_returns: Vec<f64> = trades.iter().map(|trade| trade.pnl_return).collect();
    let per_cent = |value: Option<f64>| value.map(|x| 100.0 * x);
    assert_eq!(trades.len(), 93);
    published("final equity", equity.last().copied(), 56_263.519_34, 5e-6);
    published("win rate", per_cent(metrics::win_rate(&pnl)), 52.688_172, 5e-7);
    published("profit factor on returns", metrics::profit_factor(&trade_returns), 1.993_488, 5e-7);
    published("profit factor by money", metrics::profit_factor(&pnl), 1.658_981, 5e-7);
    published("expectancy on returns", per_cent(metrics::expectancy(&trade_returns)), 2.290_43, 5e-6);
    published("average trade", per_cent(geometric_mean(&trade_returns)), 1.758_14, 5e-6);
    published("SQN", metrics::system_quality_number(&pnl), 1.584_392, 5e-7);
    published("best", per_cent(trade_returns.iter().copied().reduce(f64::max)), 56.918_681, 5e-7);
    published("worst", per_cent(trade_returns.iter().copied().reduce(f64::min)), -16.829_432, 5e-7);

    // The grid is what a back-test would choose, and equity reaches it as a back-test would give it.
    let times: Vec<i64> = bars.iter().map(|bar| bar.close_ns).collect();
    let grid = metrics::default_grid(times[0], times[times.len() - 1], Period::DAY, || times.iter().copied());
    assert_eq!(grid, Period::DAY);
    // Every close is a midnight, so a boundary; the first closes no period between two of them.
    let boundary =
        |(bar, &equity): (&Bar, &f64)| Boundary { time_ns: bar.close_ns, mark: Mark { equity, benchmark: Some(bar.close) }, has_row: true };
    let boundaries: Vec<Boundary> = bars.iter().zip(&equity).map(boundary).collect();
    let days_with_data = boundaries.len() as u32 - 1;
    let returns = metrics::grid_returns(&GridSamples { grid, boundaries, days_with_data, start: None, end: None });
    assert_eq!((returns.returns.len(), returns.days_with_data), (2_147, 2_147));

    let samples: Vec<EquitySample> = times.iter().zip(&equity).map(|(&time_ns, &equity)| EquitySample { time_ns, equity }).collect();
    let mut recorder = DrawdownRecorder::default();
    for sample in &samples {
        recorder.push(*sample);
    }
    let ours = EquityStatistics::compute(&EquityInput {
        samples: &samples,
        drawdown: recorder.summary(0.0),
        marks_ns: (times[0], times[times.len() - 1]),
        returns: &returns,
        returns_per_year: None,
        summary_interval: SummaryInterval::Annual252,
        risk_free_return: 0.0,
        position_spans_ns: &[],
        fills: &FillTotals::default(),
    });
    assert_eq!(ours.returns_per_year, Some(252.0));
    published("total return", per_cent(ours.total_return), 462.635_193, 5e-7);
    published("max drawdown", per_cent(ours.max_drawdown), -33.931_592, 5e-7);
    published("volatility", per_cent(ours.volatility), 29.897_438, 5e-7);
    published("Sharpe", ours.sharpe_ratio, 0.826_801, 5e-7);
    published("Sortino", ours.sortino_ratio, 1.259_287, 5e-7);

    let theirs = GeometricAnnual::compute(&returns.returns, 252.0, ours.max_drawdown.expect("it has one"));
    published("annual return", per_cent(theirs.annual_return), 22.477_536, 5e-7);
    published("annual volatility", per_cent(theirs.annual_volatility), 37.416_415, 5e-7);
    published("their Sharpe", theirs.sharpe_ratio, 0.600_74, 5e-6);
    published("their Sortino", theirs.sortino_ratio, 1.145_087, 5e-7);
    published("their Calmar", theirs.calmar_ratio, 0.662_437, 5e-7);
    // One rate, two ways: the root of the whole is the geometric mean. By the calendar, 3,116 days, it is
    // 5.62635193^(365 / 3116) - 1.
    published("CAGR", per_cent(ours.cagr), 22.427_673, 5e-7);
    assert!((ours.annual_return.expect("eight years") - theirs.annual_return.expect("eight years")).abs() < 1e-12);
}
