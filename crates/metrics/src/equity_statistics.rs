//! All equity statistics of a run at once.

use crate::{
    DrawdownSummary, EquitySample, FillTotals, GridReturns, Period, SummaryInterval, alpha, annual_return, beta, cagr, calmar_ratio,
    conditional_value_at_risk, excess_kurtosis, exposure, mean_equity, risk_free_per_return, sharpe_ratio, skewness, sortino_ratio,
    total_return, turnover, value_at_risk, volatility,
};

/// What equity statistics are computed from.
#[derive(Clone, Copy, Debug)]
pub struct EquityInput<'a> {
    /// Equity at the start, at grid boundaries, at fills and at the end, in time order. Total return, turnover and the duration of
    /// the run come from these.
    pub samples: &'a [EquitySample],
    /// Falls of equity.
    pub drawdown: Option<DrawdownSummary>,
    /// Time of the first mark and of the last, nanoseconds: growth is counted over the years between them.
    pub marks_ns: (i64, i64),
    /// Returns on the grid, and the benchmark's.
    pub returns: &'a GridReturns,
    /// Returns that make a year, where they are not to be counted from the data.
    pub returns_per_year: Option<f64>,
    /// Period that ratios are expressed in.
    pub summary_interval: SummaryInterval,
    /// Risk-free return of a year, as a fraction.
    pub risk_free_return: f64,
    /// Spans of time with a position, `(opened, closed)` in nanoseconds; see [`exposure`].
    pub position_spans_ns: &'a [(i64, i64)],
    /// Sums over all fills.
    pub fills: &'a FillTotals,
}

/// Statistics of an equity curve, and the sample they came from. Returns, drawdowns and shares are fractions, durations
/// nanoseconds; `None` is undefined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EquityStatistics {
    /// Equity of the first sample.
    pub start_equity: Option<f64>,
    /// Equity of the last sample.
    pub end_equity: Option<f64>,
    /// Grid of the returns.
    pub sample_interval: Period,
    /// Period that the Sharpe and Sortino ratios are expressed in.
    pub summary_interval: SummaryInterval,
    /// Number of returns on the grid.
    pub returns: usize,
    /// Returns that make a year.
    pub returns_per_year: Option<f64>,
    /// `end / start - 1`.
    pub total_return: Option<f64>,
    /// Compound annual growth rate, by time.
    pub cagr: Option<f64>,
    /// Annual return by the number of returns.
    pub annual_return: Option<f64>,
    /// Annual volatility.
    pub volatility: Option<f64>,
    /// Sharpe ratio per summary interval.
    pub sharpe_ratio: Option<f64>,
    /// Sortino ratio per summary interval.
    pub sortino_ratio: Option<f64>,
    /// CAGR over the maximum drawdown.
    pub calmar_ratio: Option<f64>,
    /// Drawdown at the end, never positive.
    pub drawdown: Option<f64>,
    /// Deepest drawdown, never positive.
    pub max_drawdown: Option<f64>,
    /// When the deepest drawdown began and ended, nanoseconds; `None` if equity never fell.
    pub max_drawdown_span_ns: Option<(i64, i64)>,
    /// How long the deepest drawdown lasted.
    pub max_drawdown_duration_ns: Option<i64>,
    /// Mean depth of all drawdowns, never positive.
    pub mean_drawdown: Option<f64>,
    /// Mean duration of all drawdowns.
    pub mean_drawdown_duration_ns: Option<f64>,
    /// How long the longest drawdown lasted.
    pub longest_drawdown_duration_ns: Option<i64>,
    /// 5 % percentile of returns.
    pub value_at_risk: Option<f64>,
    /// Mean of the worst 5 % of returns.
    pub conditional_value_at_risk: Option<f64>,
    /// Bias-corrected skewness of returns.
    pub skewness: Option<f64>,
    /// Bias-corrected excess kurtosis of returns.
    pub excess_kurtosis: Option<f64>,
    /// Annual return beyond the benchmark's.
    pub alpha: Option<f64>,
    /// Sensitivity to the benchmark.
    pub beta: Option<f64>,
    /// Share of time with a position.
    pub exposure: Option<f64>,
    /// Traded value over mean equity.
    pub turnover: Option<f64>,
    /// Slippage of taker fills against the mid on arrival, as a fraction of their value.
    pub slippage: Option<f64>,
}

impl EquityStatistics {
    /// Statistics of a finished run.
    pub fn compute(input: &EquityInput<'_>) -> Self {
        let returns = &input.returns.returns;
        let benchmark = input.returns.benchmark.as_deref();
        let ends = input.samples.first().zip(input.samples.last());
        let duration_ns = input.marks_ns.1.saturating_sub(input.marks_ns.0);

        let per_year = input.returns_per_year.or_else(|| input.summary_interval.returns_per_year(input.returns));
        let scale = per_year.map(|n| input.summary_interval.ratio_scale(n));
        let risk_free = per_year.and_then(|n| risk_free_per_return(input.risk_free_return, n));

        let total_return = ends.and_then(|(first, last)| total_return(first.equity, last.equity));
        let cagr = total_return.and_then(|total| cagr(total, duration_ns));
        let drawdown = input.drawdown;
        let max_drawdown = drawdown.map(|summary| summary.max_drawdown);
        Self {
            start_equity: ends.map(|(first, _)| first.equity),
            end_equity: ends.map(|(_, last)| last.equity),
            sample_interval: input.returns.grid,
            summary_interval: input.summary_interval,
            returns: returns.len(),
            returns_per_year: per_year,
            total_return,
            cagr,
            annual_return: total_return.zip(per_year).and_then(|(total, n)| annual_return(total, returns.len(), n, duration_ns)),
            volatility: per_year.and_then(|n| volatility(returns, n)),
            sharpe_ratio: risk_free.zip(scale).and_then(|(f, scale)| sharpe_ratio(returns, f, scale)),
            sortino_ratio: risk_free.zip(scale).and_then(|(f, scale)| sortino_ratio(returns, f, scale)),
            calmar_ratio: calmar_ratio(cagr, max_drawdown),
            drawdown: drawdown.map(|summary| summary.current),
            max_drawdown,
            max_drawdown_span_ns: drawdown.and_then(|summary| summary.deepest).map(|deepest| (deepest.peak_ns, deepest.end_ns)),
            max_drawdown_duration_ns: drawdown.map(|summary| summary.max_drawdown_duration_ns),
            mean_drawdown: drawdown.map(|summary| summary.mean_drawdown),
            mean_drawdown_duration_ns: drawdown.map(|summary| summary.mean_drawdown_duration_ns),
            longest_drawdown_duration_ns: drawdown.map(|summary| summary.longest_drawdown_duration_ns),
            value_at_risk: value_at_risk(returns),
            conditional_value_at_risk: conditional_value_at_risk(returns),
            skewness: skewness(returns),
            excess_kurtosis: excess_kurtosis(returns),
            alpha: benchmark.zip(risk_free).zip(per_year).and_then(|((m, f), n)| alpha(returns, m, f, n)),
            beta: benchmark.and_then(|m| beta(returns, m)),
            exposure: ends.and_then(|(first, last)| exposure(input.position_spans_ns, first.time_ns, last.time_ns)),
            turnover: mean_equity(input.samples).and_then(|mean| turnover(input.fills.traded_value(), mean)),
            slippage: input.fills.slippage(),
        }
    }
}
