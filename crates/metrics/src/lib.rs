//! Statistics over equity and trades. Nothing else in the project knows a formula.
//!
//! `f64` in, `f64` out; `None` where a statistic is undefined, and never a NaN or an infinity. No clock, no state outside of
//! the recorders, and no haggle type: callers convert their exact money first. Sums run in the order of the input and every
//! function beyond `sqrt` comes from the `libm` crate, so the same input gives the same bits on every machine.
//!
//! # Returns
//!
//! Returns are taken on a grid whose boundaries are the multiples of its [`Period`] since the epoch, UTC. Equity at a boundary
//! is the last mark at or before it; a period `(boundary before, boundary]` without a market row makes no return. The parts of a
//! period before the first and after the last boundary are returns of their own if equity changed in them. [`default_grid`] picks the
//! grid, and [`grid_returns`] turns the samples of a run at its boundaries into returns `r_1 .. r_N`.
//!
//! `n` is the number of returns a year as the data had them: whole periods with a return over the years from the first boundary to
//! the last (`365 d / grid` without gaps). Under [`SummaryInterval::Annual252`] it is 252 on a grid of a day, and
//! `252 x returns / days with data` on a finer one. Sharpe and Sortino are expressed per summary interval: scaled by `sqrt(n)` for
//! the annual ones, by `sqrt(n x interval / 365 d)` for the others. CAGR, annual return, Calmar, volatility and alpha are annual under
//! every interval.
//!
//! # Formulas
//!
//! `e` empyrical-reloaded 0.7.1, `q` quantstats 0.0.86, `b` backtesting.py 0.6.6: libraries that give the same number for the
//! same returns, to 1e-9, as this crate's tests show. `f = (1 + rf)^(1/n) - 1` is the risk-free return of one period, from the
//! annual `rf`; `s` the scale of the interval; `T` the total return; `E` equity; `x` PnL of trades.
//!
//! | statistic | formula | agrees with | differs |
//! |---|---|---|---|
//! | [`total_return`] | `E_last / E_first - 1` | e `cum_returns_final`, q `comp` | |
//! | [`cagr`] | `(1 + T)^(1 / years) - 1`, years from the first mark to the last | | e and q count returns, as below |
//! | [`annual_return`] | `(1 + T)^(n/N) - 1` | e `annual_return`, q `cagr` | |
//! | [`volatility`] | `std(r, ddof 1) sqrt(n)` | e `annual_volatility`, q `volatility` | |
//! | [`sharpe_ratio`] | `s mean(r - f) / std(r - f, ddof 1)` | q `sharpe` with `rf`, e `sharpe_ratio` with `f` | e with `rf`: takes it as one period's |
//! | [`sortino_ratio`] | `s mean(r - f) / sqrt(mean(min(r - f, 0)^2))` | q `sortino` with `rf`, e `sortino_ratio` with `f` | as above |
//! | [`calmar_ratio`] | `CAGR / abs(max drawdown)` | e `calmar_ratio`, q `calmar` on data without gaps | |
//! | [`drawdown_curve`] | `E / running max(E) - 1`, never positive | q `to_drawdown_series` | |
//! | maximum drawdown | least value of the curve | e and q `max_drawdown` | |
//! | mean drawdown | mean depth of all [`drawdowns`] | q `drawdown_details` | |
//! | [`value_at_risk`] | 5 % percentile of `r`, linear | e `value_at_risk` | q: of a fitted normal |
//! | [`conditional_value_at_risk`] | mean of the `floor(0.05 (N - 1)) + 1` worst `r` | e `conditional_value_at_risk` | q: of a fitted normal |
//! | [`skewness`] | `sqrt(N (N - 1)) / (N - 2) x m3 / m2^1.5` | q `skew`, scipy `skew(bias=False)` | |
//! | [`excess_kurtosis`] | `(N - 1) / ((N - 2)(N - 3)) x ((N + 1)(m4 / m2^2 - 3) + 6)` | q `kurtosis`, scipy `kurtosis(bias=False)` | |
//! | [`beta`] | `cov(r, m) / var(m)`, `m` the benchmark's returns | e `beta`, q `greeks` | |
//! | [`alpha`] | `(1 + mean((r - f) - beta (m - f)))^n - 1` | e `alpha` with `f` | q: `n` times the mean, no risk-free return |
//! | [`exposure`] | time with a position / time of the run | | q and b count samples |
//! | [`turnover`] | traded value / time-weighted mean of `E` | | |
//! | slippage | taker price against the mid on arrival, [`FillTotals`] | | |
//! | [`win_rate`] | trades with `x > 0` / all trades | b | q: leaves out zeros |
//! | [`profit_factor`] | `sum(x > 0) / -sum(x < 0)` | q `profit_factor` on the same series | b: on returns |
//! | [`expectancy`] | `mean(x)`, in money | | b: mean of returns |
//! | [`system_quality_number`] | `sqrt(trades) mean(x) / std(x, ddof 1)` | b | |
//! | [`kelly_fraction`] | `w - (1 - w) / (mean win / mean loss)` | b; q without zeros | |
//!
//! A standard deviation at or below `1e-12 x max(abs(r))` is rounding noise and counts as zero; a ratio over zero is `None`.
//! Statistics of returns need two of them (skewness three, kurtosis four). CAGR and Calmar are `None` for runs shorter than a
//! day or ending at or below zero.
//!
//! The annual figures that backtesting.py prints come from the geometric mean instead; [`geometric_annual`] has them, for
//! comparison with its published tables only.

// PnL is a word of the trade, not the name of an item.
#![allow(clippy::doc_markdown)]

mod alpha_beta;
mod boundary;
mod drawdown;
mod equity_statistics;
mod exposure;
mod fills;
pub mod geometric_annual;
mod grid;
mod growth;
mod interval;
mod moments;
mod period;
mod sharpe;
mod sortino;
mod tail;
mod trade_statistics;
mod trades;
mod turnover;

pub use alpha_beta::{alpha, beta};
pub use boundary::{Boundary, GridReturns, GridSamples, Mark, grid_returns};
pub use drawdown::{Drawdown, DrawdownRecorder, DrawdownSummary, EquitySample, drawdown_curve, drawdowns};
pub use equity_statistics::{EquityInput, EquityStatistics};
pub use exposure::exposure;
pub use fills::{FillInput, FillTotals, Liquidity, Side};
pub use grid::{RETURNS_WANTED, count_returns, default_grid};
pub use growth::{annual_return, cagr, calmar_ratio, total_return};
pub use interval::{SummaryInterval, risk_free_per_return};
pub use moments::{excess_kurtosis, mean, skewness, standard_deviation, volatility};
pub use period::Period;
pub use sharpe::sharpe_ratio;
pub use sortino::{downside_deviation, sortino_ratio};
pub use tail::{conditional_value_at_risk, value_at_risk};
pub use trade_statistics::{TradeInput, TradeStatistics};
pub use trades::{
    average_loss, average_win, expectancy, gross_loss, gross_profit, kelly_fraction, profit_factor, system_quality_number, win_rate,
};
pub use turnover::{mean_equity, turnover};

/// The value, if it is a number: what every ratio passes through last, so that no overflow leaves as an infinity.
fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
