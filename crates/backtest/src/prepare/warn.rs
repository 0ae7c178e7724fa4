//! What a user should know of data and config before trusting a result.

use super::Prepared;
use crate::summary::Warning;
use haggle_model::{BarFill, Depth, QueueModel};

impl Prepared {
    pub(super) fn warn(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let mut warn = |code, message: String| warnings.push(Warning { code, message });
        let report = &self.store.report;
        if let Some(lag) = report.aligned_lag {
            let lag = lag as f64 / 1e6;
            warn("ALIGNED", format!("half-stamped data: venue stamps were moved by {lag} ms so that prints and quotes share one clock"));
        }
        if report.crossed > 0 {
            warn("CROSSED_QUOTES", format!("{} crossed quotes were dropped", report.crossed));
        }
        if report.received_early > 0 {
            warn(
                "RECEIVED_EARLY",
                format!("{} rows were received before their exchange time and count as received at it", report.received_early),
            );
        }
        for (at, exchange) in self.constant.system.exchanges.iter().enumerate() {
            let (name, fills) = (&exchange.name, &exchange.execution.fills);
            if fills.depth == Depth::AllAtBest {
                warn("ALL_AT_BEST", format!("'{name}' fills any size at the best price, which flatters large orders"));
            }
            if fills.queue == QueueModel::None {
                warn("NO_QUEUE", format!("'{name}' fills resting orders at every print at their price, as if nobody were ahead"));
            }
            if fills.bar == BarFill::ThisClose && self.places.iter().any(|place| place.exchange == at && place.is_bars) {
                warn("THIS_CLOSE", format!("'{name}' fills at the close that a decision was taken on, which nobody can do"));
            }
        }
        for (at, asset) in self.constant.system.assets.iter().enumerate() {
            let held = self.constant.balances.iter().any(|(id, amount)| id.index() == at && !amount.is_zero());
            if held && self.valuation.assets[at].is_none() {
                warn("NO_VALUE", format!("{} has no price in {}, so it is left out of equity", asset.name, self.valuation.reporting_asset));
            }
        }
        warnings
    }
}
