//! Every formula against the libraries it names, to 1e-9, on the series in `reference.json` (written by `reference.py`).
//!
//! Keys begin with the library: `ep_` empyrical, `qs_` quantstats, `scipy_`, `numpy_`. A key that begins with `other_` holds what
//! a library of that name means by the same word, and is shown to be another number.

use haggle_metrics as metrics;
use metrics::{EquitySample, Period};
use serde_json::Value;

const DAY: i64 = Period::DAY.nanoseconds();

struct Case {
    name: String,
    returns: Vec<f64>,
    benchmark: Vec<f64>,
    /// `n`.
    per_year: f64,
    /// Annual, and of one period.
    risk_free: f64,
    risk_free_period: f64,
    expected: Value,
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|number| number.as_f64().expect("a number")).collect()
}

fn cases() -> Vec<Case> {
    let document: Value = serde_json::from_str(include_str!("reference.json")).expect("reference.json is JSON");
    let risk_free = document["risk_free"].as_f64().expect("a number");
    let case = |case: &Value| {
        let per_year = case["returns_per_year"].as_f64().expect("a number");
        Case {
            name: case["name"].as_str().expect("a name").to_owned(),
            returns: numbers(&case["returns"]),
            benchmark: numbers(&case["benchmark"]),
            per_year,
            risk_free,
            risk_free_period: metrics::risk_free_per_return(risk_free, per_year).expect("three per cent have a root"),
            expected: case["expected"].clone(),
        }
    };
    let cases: Vec<Case> = document["cases"].as_array().expect("a list").iter().map(case).collect();
    assert_eq!(cases.len(), 3);
    cases
}

fn close(ours: f64, theirs: f64) -> bool {
    (ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0)
}

impl Case {
    fn theirs(&self, key: &str) -> f64 {
        self.expected[key].as_f64().unwrap_or_else(|| panic!("{key} is no number of {}", self.name))
    }

    fn agrees(&self, ours: Option<f64>, keys: &[&str]) {
        let ours = ours.unwrap_or_else(|| panic!("{}: {keys:?} is undefined", self.name));
        for key in keys {
            let theirs = self.theirs(key);
            assert!(close(ours, theirs), "{}: {key} is {theirs}, not {ours}", self.name);
        }
    }

    fn differs(&self, ours: Option<f64>, key: &str) {
        assert!(key.starts_with("other_"));
        let ours = ours.unwrap_or_else(|| panic!("{}: {key} is undefined", self.name));
        let theirs = self.theirs(key);
        assert!((ours - theirs).abs() > 1e-4 * theirs.abs(), "{}: {key} was to differ from {ours}", self.name);
    }

    /// Equity that starts at 10,000 and has these returns, a sample a day.
    fn equity(&self) -> Vec<EquitySample> {
        let mut equity = 10_000.0;
        let mut samples = vec![EquitySample { time_ns: 0, equity }];
        for (r, time_ns) in self.returns.iter().zip((1..).map(|day| day * DAY)) {
            equity *= 1.0 + r;
            samples.push(EquitySample { time_ns, equity });
        }
        samples
    }

    fn total_return(&self) -> f64 {
        let samples = self.equity();
        metrics::total_return(samples[0].equity, samples[samples.len() - 1].equity).expect("it starts at 10,000")
    }

    fn annual_return(&self) -> Option<f64> {
        metrics::annual_return(self.total_return(), self.returns.len(), self.per_year, DAY)
    }

    /// The time that as many returns take.
    fn cagr(&self) -> Option<f64> {
        let years = self.returns.len() as f64 / self.per_year;
        metrics::cagr(self.total_return(), ((years * 365.0 * DAY as f64).round() as i64).max(DAY))
    }

    fn max_drawdown(&self) -> Option<f64> {
        metrics::drawdowns(&self.equity()).iter().map(|drawdown| drawdown.depth).reduce(f64::min)
    }
}

#[test]
fn total_return_agrees_with_both() {
    for case in cases() {
        case.agrees(Some(case.total_return()), &["ep_total_return", "qs_total_return"]);
    }
}

#[test]
fn annual_return_agrees_with_what_both_call_cagr() {
    for case in cases() {
        case.agrees(case.annual_return(), &["ep_cagr", "qs_cagr"]);
    }
}

/// By the calendar it is the same where the calendar has no gaps.
#[test]
fn cagr_agrees_with_both_on_data_without_gaps() {
    for case in cases().iter().filter(|case| case.per_year <= 365.0) {
        case.agrees(case.cagr(), &["ep_cagr", "qs_cagr"]);
    }
}

#[test]
fn volatility_agrees_with_both() {
    for case in cases() {
        case.agrees(metrics::volatility(&case.returns, case.per_year), &["ep_volatility", "qs_volatility"]);
    }
}

#[test]
fn sharpe_without_a_risk_free_return_agrees_with_both() {
    for case in cases() {
        case.agrees(metrics::sharpe_ratio(&case.returns, 0.0, case.per_year.sqrt()), &["ep_sharpe", "qs_sharpe"]);
    }
}

/// quantstats takes an annual risk-free return, as we do; empyrical that of a period, so it has to be given ours.
#[test]
fn sharpe_with_a_risk_free_return_agrees_with_quantstats() {
    for case in cases() {
        let ours = metrics::sharpe_ratio(&case.returns, case.risk_free_period, case.per_year.sqrt());
        case.agrees(ours, &["qs_sharpe_annual_rf", "ep_sharpe_period_rf"]);
        case.differs(ours, "other_ep_sharpe_annual_rf");
    }
}

#[test]
fn sortino_without_a_risk_free_return_agrees_with_both() {
    for case in cases() {
        case.agrees(metrics::sortino_ratio(&case.returns, 0.0, case.per_year.sqrt()), &["ep_sortino", "qs_sortino"]);
    }
}

#[test]
fn sortino_with_a_risk_free_return_agrees_with_quantstats() {
    for case in cases() {
        let ours = metrics::sortino_ratio(&case.returns, case.risk_free_period, case.per_year.sqrt());
        case.agrees(ours, &["qs_sortino_annual_rf", "ep_sortino_period_rf"]);
        case.differs(ours, "other_ep_sortino_annual_rf");
    }
}

#[test]
fn calmar_agrees_with_both() {
    for case in cases() {
        case.agrees(metrics::calmar_ratio(case.annual_return(), case.max_drawdown()), &["ep_calmar", "qs_calmar"]);
    }
}

#[test]
fn max_drawdown_agrees_with_both() {
    for case in cases() {
        case.agrees(case.max_drawdown(), &["ep_max_drawdown", "qs_max_drawdown"]);
    }
}

#[test]
fn drawdown_curve_agrees_with_quantstats() {
    for case in cases() {
        let ours = metrics::drawdown_curve(&case.equity());
        let theirs = numbers(&case.expected["qs_drawdown_curve"]);
        // Ours begins with the start, before the first return.
        assert_eq!(ours.len(), theirs.len() + 1);
        assert!(ours[1..].iter().zip(&theirs).all(|(a, b)| close(*a, *b)), "{}", case.name);
    }
}

/// quantstats counts days below the peak, the first and the last included; we measure from the peak to the recovery.
#[test]
fn single_drawdowns_and_their_mean_agree_with_quantstats() {
    for case in cases() {
        let ours = metrics::drawdowns(&case.equity());
        let depths = numbers(&case.expected["qs_drawdown_depths"]);
        let days = numbers(&case.expected["qs_drawdown_days"]);
        assert_eq!(ours.len(), depths.len(), "{}", case.name);
        for ((drawdown, depth), days) in ours.iter().zip(&depths).zip(&days) {
            assert!(close(drawdown.depth, *depth));
            let to_recovery = if drawdown.recovered { 1.0 } else { 0.0 };
            assert!(close(drawdown.duration_ns() as f64 / DAY as f64, days + to_recovery), "{drawdown:?} lasted {days} days");
        }
        let mut recorder = metrics::DrawdownRecorder::default();
        for sample in case.equity() {
            recorder.push(sample);
        }
        let summary = recorder.summary(0.0).expect("there are samples");
        assert!(close(summary.mean_drawdown, depths.iter().sum::<f64>() / depths.len() as f64));
        assert_eq!(Some(summary.max_drawdown), case.max_drawdown());
    }
}

#[test]
fn value_at_risk_agrees_with_empyrical_not_with_quantstats() {
    for case in cases() {
        let ours = metrics::value_at_risk(&case.returns);
        case.agrees(ours, &["ep_value_at_risk"]);
        case.differs(ours, "other_qs_value_at_risk");
    }
}

#[test]
fn conditional_value_at_risk_agrees_with_empyrical_not_with_quantstats() {
    for case in cases() {
        let ours = metrics::conditional_value_at_risk(&case.returns);
        case.agrees(ours, &["ep_conditional_value_at_risk"]);
        case.differs(ours, "other_qs_conditional_value_at_risk");
    }
}

/// empyrical has neither skewness nor kurtosis; scipy's default is the biased one.
#[test]
fn skewness_and_kurtosis_agree_with_quantstats() {
    for case in cases() {
        let skewness = metrics::skewness(&case.returns);
        case.agrees(skewness, &["qs_skewness", "scipy_skewness"]);
        case.differs(skewness, "other_scipy_skewness_biased");
        let kurtosis = metrics::excess_kurtosis(&case.returns);
        case.agrees(kurtosis, &["qs_kurtosis", "scipy_kurtosis"]);
        case.differs(kurtosis, "other_scipy_kurtosis_biased");
    }
}

#[test]
fn beta_agrees_with_both() {
    for case in cases() {
        case.agrees(metrics::beta(&case.returns, &case.benchmark), &["ep_beta", "qs_beta"]);
    }
}

/// quantstats multiplies by the periods of a year instead of compounding.
#[test]
fn alpha_agrees_with_empyrical_not_with_quantstats() {
    for case in cases() {
        let ours = metrics::alpha(&case.returns, &case.benchmark, 0.0, case.per_year);
        case.agrees(ours, &["ep_alpha"]);
        case.differs(ours, "other_qs_alpha");
        case.agrees(metrics::alpha(&case.returns, &case.benchmark, case.risk_free_period, case.per_year), &["ep_alpha_period_rf"]);
    }
}

/// With the returns as trades. quantstats leaves zeros out of its win rate, and so of Kelly's fraction.
#[test]
fn trade_statistics_agree_with_quantstats() {
    for case in cases() {
        let trades = &case.returns;
        case.agrees(metrics::profit_factor(trades), &["qs_profit_factor"]);
        case.agrees(metrics::average_win(trades), &["qs_average_win"]);
        case.agrees(metrics::average_loss(trades), &["qs_average_loss"]);
        case.agrees(metrics::system_quality_number(trades), &["numpy_sqn"]);
        let decided: Vec<f64> = trades.iter().copied().filter(|&x| x != 0.0).collect();
        case.agrees(metrics::win_rate(&decided), &["qs_win_rate"]);
        case.agrees(metrics::kelly_fraction(&decided), &["qs_kelly"]);
        if case.name == "short" {
            // Three of eight won, two were zero: 3/8 of all, 3/6 of the decided.
            assert_eq!(metrics::win_rate(trades), Some(0.375));
            assert_eq!(metrics::win_rate(&decided), Some(0.5));
            assert!(metrics::kelly_fraction(trades) < metrics::kelly_fraction(&decided));
        }
    }
}

#[test]
fn geometric_mean_agrees_with_quantstats() {
    for case in cases() {
        case.agrees(metrics::geometric_annual::geometric_mean(&case.returns), &["qs_geometric_mean"]);
    }
}

/// The aggregate is made of the same numbers.
#[test]
fn the_aggregate_holds_what_the_functions_give() {
    for case in cases() {
        let samples = case.equity();
        let returns = metrics::GridReturns {
            grid: Period::DAY,
            returns: case.returns.clone(),
            whole: case.returns.len(),
            span_ns: case.returns.len() as i64 * DAY,
            benchmark: Some(case.benchmark.clone()),
            days_with_data: case.returns.len() as u32,
        };
        let mut fills = metrics::FillTotals::default();
        fills.add(&metrics::FillInput {
            side: metrics::Side::Buy,
            liquidity: metrics::Liquidity::Taker,
            price: 102.0,
            quantity: 50.0,
            fee: 1.0,
            arrival_mid: Some(100.0),
        });
        let mut recorder = metrics::DrawdownRecorder::default();
        for sample in &samples {
            recorder.push(*sample);
        }
        let statistics = metrics::EquityStatistics::compute(&metrics::EquityInput {
            samples: &samples,
            drawdown: recorder.summary(0.0),
            marks_ns: (0, (samples.len() as i64 - 1) * DAY),
            returns: &returns,
            returns_per_year: None,
            summary_interval: metrics::SummaryInterval::Annual252,
            risk_free_return: case.risk_free,
            position_spans_ns: &[(0, DAY)],
            fills: &fills,
        });
        let risk_free = metrics::risk_free_per_return(case.risk_free, 252.0).expect("three per cent have a root");
        let scale = 252.0_f64.sqrt();
        assert_eq!((statistics.returns, statistics.returns_per_year), (case.returns.len(), Some(252.0)));
        assert_eq!(statistics.sharpe_ratio, metrics::sharpe_ratio(&case.returns, risk_free, scale));
        assert_eq!(statistics.sortino_ratio, metrics::sortino_ratio(&case.returns, risk_free, scale));
        assert_eq!(statistics.volatility, metrics::volatility(&case.returns, 252.0));
        let days = samples.len() as i64 - 1;
        assert_eq!(statistics.cagr, metrics::cagr(case.total_return(), days * DAY));
        assert_eq!(statistics.annual_return, metrics::annual_return(case.total_return(), case.returns.len(), 252.0, days * DAY));
        assert_eq!(statistics.calmar_ratio, metrics::calmar_ratio(statistics.cagr, case.max_drawdown()));
        assert_eq!(statistics.alpha, metrics::alpha(&case.returns, &case.benchmark, risk_free, 252.0));
        case.agrees(statistics.beta, &["ep_beta"]);
        case.agrees(statistics.total_return, &["ep_total_return"]);
        case.agrees(statistics.max_drawdown, &["ep_max_drawdown"]);
        case.agrees(statistics.value_at_risk, &["ep_value_at_risk"]);
        case.agrees(statistics.conditional_value_at_risk, &["ep_conditional_value_at_risk"]);
        case.agrees(statistics.skewness, &["scipy_skewness"]);
        case.agrees(statistics.excess_kurtosis, &["scipy_kurtosis"]);
        assert_eq!(statistics.exposure, Some(1.0 / days as f64));
        assert_eq!(statistics.slippage, Some(0.02));
        let mean = metrics::mean_equity(&samples).expect("there are samples");
        assert_eq!(statistics.turnover, Some(5_100.0 / mean));
    }
}
