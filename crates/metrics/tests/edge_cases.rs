//! Whole runs at the edges: every statistic is a number or `None`, never an infinity, and which of them are is written down.

use haggle_metrics::{
    Boundary, DrawdownRecorder, EquityInput, EquitySample, EquityStatistics, FillTotals, GridSamples, Mark, Period, SummaryInterval,
    grid_returns,
};

const DAY: i64 = Period::DAY.nanoseconds();

/// Statistics of a run with this equity, one sample and boundary a step, and a benchmark that rises by one each step.
fn statistics(equity: &[f64], grid: Period, summary_interval: SummaryInterval) -> EquityStatistics {
    let step = grid.nanoseconds();
    let samples: Vec<EquitySample> = equity.iter().zip(0..).map(|(&equity, i)| EquitySample { time_ns: i * step, equity }).collect();
    let boundaries: Vec<Boundary> = samples
        .iter()
        .zip(100..)
        .map(|(s, m)| Boundary { time_ns: s.time_ns, mark: Mark { equity: s.equity, benchmark: Some(f64::from(m)) }, has_row: true })
        .collect();
    let days_with_data = u32::try_from((equity.len().max(1) as i64 - 1) * step / DAY).expect("few days").max(1);
    let returns = grid_returns(&GridSamples { grid, boundaries, days_with_data, start: None, end: None });
    let mut recorder = DrawdownRecorder::default();
    for sample in &samples {
        recorder.push(*sample);
    }
    EquityStatistics::compute(&EquityInput {
        samples: &samples,
        drawdown: recorder.summary(0.0),
        marks_ns: (0, (samples.len() as i64 - 1) * step),
        returns: &returns,
        returns_per_year: None,
        summary_interval,
        risk_free_return: 0.02,
        position_spans_ns: &[],
        fills: &FillTotals::default(),
    })
}

fn daily(equity: &[f64]) -> EquityStatistics {
    statistics(equity, Period::DAY, SummaryInterval::Annual365)
}

/// Everything that is computed from returns.
fn of_returns(s: &EquityStatistics) -> [Option<f64>; 10] {
    [
        s.annual_return,
        s.volatility,
        s.sharpe_ratio,
        s.sortino_ratio,
        s.value_at_risk,
        s.conditional_value_at_risk,
        s.skewness,
        s.excess_kurtosis,
        s.alpha,
        s.beta,
    ]
}

fn everything(s: &EquityStatistics) -> Vec<Option<f64>> {
    let others = [
        s.total_return,
        s.cagr,
        s.calmar_ratio,
        s.drawdown,
        s.max_drawdown,
        s.mean_drawdown,
        s.mean_drawdown_duration_ns,
        s.exposure,
        s.turnover,
        s.slippage,
    ];
    of_returns(s).into_iter().chain(others).collect()
}

#[test]
fn no_samples() {
    let found = daily(&[]);
    assert_eq!((found.returns, found.start_equity, found.end_equity), (0, None, None));
    assert_eq!((found.max_drawdown_duration_ns, found.longest_drawdown_duration_ns), (None, None));
    assert!(everything(&found).iter().all(Option::is_none));
    let trading_days = statistics(&[], Period::DAY, SummaryInterval::Annual252);
    assert_eq!(trading_days.returns_per_year, None);
    assert!(everything(&trading_days).iter().all(Option::is_none));
}

#[test]
fn one_sample_is_no_return() {
    let found = daily(&[100.0]);
    assert_eq!((found.returns, found.total_return, found.max_drawdown), (0, Some(0.0), Some(0.0)));
    assert_eq!((found.exposure, found.turnover), (None, Some(0.0)));
    assert_eq!(of_returns(&found), [None; 10]);
}

#[test]
fn one_return_is_too_few() {
    let found = daily(&[100.0, 90.0]);
    assert_eq!((found.returns, found.max_drawdown_duration_ns), (1, Some(DAY)));
    assert!(found.total_return.is_some_and(|total| (total + 0.1).abs() < 1e-12));
    assert!(found.max_drawdown.is_some_and(|depth| (depth + 0.1).abs() < 1e-12));
    assert_eq!(of_returns(&found), [None; 10]);
    // Growth is counted by time: a day is enough for it.
    assert!(found.cagr.is_some_and(|rate| (rate - (0.9_f64.powi(365) - 1.0)).abs() < 1e-12));
}

#[test]
fn two_returns_are_enough_for_all_but_the_higher_moments() {
    let found = daily(&[100.0, 90.0, 99.0]);
    assert!(
        [found.cagr, found.annual_return, found.volatility, found.sharpe_ratio, found.sortino_ratio, found.calmar_ratio]
            .iter()
            .all(Option::is_some)
    );
    assert!([found.value_at_risk, found.conditional_value_at_risk, found.beta].iter().all(Option::is_some));
    assert_eq!((found.skewness, found.excess_kurtosis), (None, None));
}

#[test]
fn constant_equity_has_no_ratio() {
    let found = daily(&[100.0; 40]);
    assert_eq!((found.total_return, found.cagr, found.volatility), (Some(0.0), Some(0.0), Some(0.0)));
    assert_eq!((found.max_drawdown, found.mean_drawdown), (Some(0.0), Some(0.0)));
    assert_eq!((found.sharpe_ratio, found.calmar_ratio, found.skewness), (None, None, None));
    assert_eq!((found.value_at_risk, found.conditional_value_at_risk), (Some(0.0), Some(0.0)));
    assert_eq!(found.beta, Some(0.0));
    // Short of the risk-free return by the same every day: mean and downside deviation are equal, and that is no zero.
    assert!(found.sortino_ratio.is_some_and(|ratio| (ratio + 365.0_f64.sqrt()).abs() < 1e-9));
}

#[test]
fn steady_growth_has_no_ratio_either() {
    let equity: Vec<f64> = (0..40).map(|i| 100.0 * 1.01_f64.powi(i)).collect();
    let found = daily(&equity);
    assert_eq!((found.volatility, found.sharpe_ratio, found.sortino_ratio, found.calmar_ratio), (Some(0.0), None, None, None));
    assert!(found.cagr.is_some_and(|rate| (rate / (1.01_f64.powi(365) - 1.0) - 1.0).abs() < 1e-9));
}

#[test]
fn a_run_under_a_day_has_no_annual_rate() {
    let equity: Vec<f64> = (0..180).map(|i| 100.0 + f64::from(i % 7)).collect();
    let found = statistics(&equity, Period::SECOND, SummaryInterval::Daily);
    assert_eq!((found.cagr, found.annual_return, found.calmar_ratio), (None, None, None));
    assert!(found.sharpe_ratio.is_some() && found.volatility.is_some() && found.max_drawdown.is_some());
}

#[test]
fn runs_that_end_at_or_below_zero() {
    for (last, total) in [(0.0, -1.0), (-50.0, -1.5)] {
        let found = daily(&[100.0, 110.0, 50.0, last]);
        assert_eq!((found.total_return, found.cagr, found.calmar_ratio), (Some(total), None, None));
        assert!(found.max_drawdown.is_some_and(|depth| depth <= -1.0));
        assert!(found.sharpe_ratio.is_some_and(|ratio| ratio < 0.0));
        assert!(everything(&found).into_iter().flatten().all(f64::is_finite));
    }
}

#[test]
fn a_run_that_starts_with_nothing() {
    let found = daily(&[0.0, 0.0, 0.0]);
    assert_eq!((found.returns, found.total_return, found.cagr, found.max_drawdown), (0, None, None, Some(0.0)));
    assert_eq!(found.turnover, None);
}

#[test]
fn an_explosion_is_no_infinity() {
    let found = statistics(&[1e-300, 1.0, 1e300, 1e308], Period::DAY, SummaryInterval::Annual365);
    assert!(everything(&found).into_iter().flatten().all(f64::is_finite));
    assert_eq!(found.total_return, None, "beyond the largest number");
}

#[test]
fn the_summary_interval_scales_sharpe_and_sortino_alone() {
    let equity = [100.0, 103.0, 99.0, 104.0, 102.0, 108.0];
    let annual = statistics(&equity, Period::HOUR, SummaryInterval::Annual365);
    for (interval, hours) in
        [(SummaryInterval::Daily, 24.0), (SummaryInterval::Duration(Period::DAY), 24.0), (SummaryInterval::Duration(Period::HOUR), 1.0)]
    {
        let found = statistics(&equity, Period::HOUR, interval);
        let factor = (hours / 8_760.0_f64).sqrt();
        for (scaled, of_a_year) in [(found.sharpe_ratio, annual.sharpe_ratio), (found.sortino_ratio, annual.sortino_ratio)] {
            let expected = of_a_year.expect("defined") * factor;
            assert!(scaled.is_some_and(|ratio| (ratio / expected - 1.0).abs() < 1e-12));
        }
        assert_eq!((found.volatility, found.alpha, found.max_drawdown), (annual.volatility, annual.alpha, annual.max_drawdown));
    }
}
