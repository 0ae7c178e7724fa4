//! `backtest`
