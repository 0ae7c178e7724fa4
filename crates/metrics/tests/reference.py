"""Writes reference.json: what empyrical, quantstats and scipy say about three fixed series of returns.

    pip install empyrical-reloaded==0.7.1 quantstats==0.0.86 scipy
    python reference.py        # from anywhere; needs shared/data/goog_daily.csv beside the repository

Every series is stored with the values, so that the Rust tests need neither Python nor the data.
"""

import csv
import importlib.metadata
import json
import math
import warnings
from pathlib import Path

import empyrical as ep
import numpy as np
import pandas as pd
import quantstats.stats as qs
import scipy.stats as st

HERE = Path(__file__).resolve().parent
GOOG = HERE.parents[2].parent / "shared" / "data" / "goog_daily.csv"
RISK_FREE = 0.03  # a year


def normal(seed):
    """Roughly normal numbers: twelve uniform ones of a linear congruential generator (Knuth's MMIX constants) less six."""
    state = seed
    while True:
        total = 0.0
        for _ in range(12):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            total += (state >> 11) / 2**53
        yield total - 6.0


def series():
    noise, market = normal(1), normal(2)
    benchmark = [0.0004 + 0.011 * next(market) for _ in range(500)]
    strategy = [0.0002 + 0.6 * m + 0.008 * next(noise) for m in benchmark]
    yield "lcg", strategy, benchmark, 365
    with GOOG.open() as file:
        closes = [float(row["Close"]) for row in csv.DictReader(file)][:302]
    goog = [after / before - 1 for before, after in zip(closes, closes[1:])]
    yield "goog", goog, benchmark[: len(goog)], 252
    yield "short", [0.02, -0.01, 0.0, 0.03, -0.04, 0.01, 0.0, -0.005], [0.01, 0.01, -0.02, 0.02, -0.03, 0.0, 0.01, -0.01], 8760


def figures(returns, benchmark, n):
    """By name: [value by the library that agrees, ...] and, under `other_`, those that mean something else."""
    index = pd.date_range("2020-01-01", periods=len(returns), freq="D")
    r, m = pd.Series(returns, index=index), pd.Series(benchmark, index=index)
    period_rf = math.expm1(math.log1p(RISK_FREE) / n)
    details = qs.drawdown_details(qs.to_drawdown_series(r))
    return {
        "ep_total_return": ep.cum_returns_final(r),
        "qs_total_return": qs.comp(r),
        "ep_cagr": ep.annual_return(r, annualization=n),
        "qs_cagr": qs.cagr(r, periods=n),
        "ep_volatility": ep.annual_volatility(r, annualization=n),
        "qs_volatility": qs.volatility(r, periods=n),
        "ep_sharpe": ep.sharpe_ratio(r, annualization=n),
        "qs_sharpe": qs.sharpe(r, periods=n),
        "ep_sharpe_period_rf": ep.sharpe_ratio(r, risk_free=period_rf, annualization=n),
        "qs_sharpe_annual_rf": qs.sharpe(r, rf=RISK_FREE, periods=n),
        "other_ep_sharpe_annual_rf": ep.sharpe_ratio(r, risk_free=RISK_FREE, annualization=n),
        "ep_sortino": ep.sortino_ratio(r, annualization=n),
        "qs_sortino": qs.sortino(r, periods=n),
        "ep_sortino_period_rf": ep.sortino_ratio(r, required_return=period_rf, annualization=n),
        "qs_sortino_annual_rf": qs.sortino(r, rf=RISK_FREE, periods=n),
        "other_ep_sortino_annual_rf": ep.sortino_ratio(r, required_return=RISK_FREE, annualization=n),
        "ep_calmar": ep.calmar_ratio(r, annualization=n),
        "qs_calmar": qs.calmar(r, periods=n),
        "ep_max_drawdown": ep.max_drawdown(r),
        "qs_max_drawdown": qs.max_drawdown(r),
        "qs_drawdown_curve": list(qs.to_drawdown_series(r)),
        "qs_drawdown_days": [int(days) for days in details["days"]],
        "qs_drawdown_depths": [depth / 100 for depth in details["max drawdown"]],
        "ep_value_at_risk": ep.value_at_risk(r),
        "other_qs_value_at_risk": qs.value_at_risk(r),
        "ep_conditional_value_at_risk": ep.conditional_value_at_risk(r),
        "other_qs_conditional_value_at_risk": qs.conditional_value_at_risk(r),
        "qs_skewness": qs.skew(r),
        "scipy_skewness": st.skew(returns, bias=False),
        "other_scipy_skewness_biased": st.skew(returns),
        "qs_kurtosis": qs.kurtosis(r),
        "scipy_kurtosis": st.kurtosis(returns, bias=False),
        "other_scipy_kurtosis_biased": st.kurtosis(returns),
        "ep_beta": ep.beta(r, m, risk_free=period_rf),
        "qs_beta": qs.greeks(r, m, periods=n)["beta"],
        "ep_alpha": ep.alpha(r, m, annualization=n),
        "ep_alpha_period_rf": ep.alpha(r, m, risk_free=period_rf, annualization=n),
        "other_qs_alpha": qs.greeks(r, m, periods=n)["alpha"],
        "qs_win_rate": qs.win_rate(r),
        "qs_profit_factor": qs.profit_factor(r),
        "qs_average_win": qs.avg_win(r),
        "qs_average_loss": qs.avg_loss(r),
        "qs_kelly": qs.kelly_criterion(r),
        "qs_geometric_mean": qs.geometric_mean(r),
        "numpy_sqn": math.sqrt(len(returns)) * np.mean(returns) / np.std(returns, ddof=1),
    }


def plain(value):
    return value if isinstance(value, list) else float(value)


def main():
    warnings.simplefilter("ignore")
    versions = {name: importlib.metadata.version(name) for name in ("empyrical-reloaded", "quantstats", "scipy", "numpy", "pandas")}
    cases = [
        {
            "name": name,
            "returns_per_year": n,
            "returns": returns,
            "benchmark": benchmark,
            "expected": {key: plain(value) for key, value in figures(returns, benchmark, n).items()},
        }
        for name, returns, benchmark, n in series()
    ]
    document = {"versions": versions, "risk_free": RISK_FREE, "cases": cases}
    # One number a line would be five thousand lines.
    text = json.dumps(document, indent=1, allow_nan=False)
    compact = "".join(json.dumps(case) + (",\n" if case is not cases[-1] else "\n") for case in cases)
    head = text[: text.index('"cases"')]
    (HERE / "reference.json").write_text(head + '"cases": [\n' + compact + "]}\n")


if __name__ == "__main__":
    main()
