//! What a user should know of data and config before trusting a result.

use crate::setup::RunSetup;
use crate::warning::Warning;
use haggle_data::LoadReport;
use haggle_model::{BarFill, Depth, QueueModel};

/// `report` is what loading the data noticed.
pub fn warnings(setup: &RunSetup, report: &LoadReport) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |code, message: String| warnings.push(Warning { code, message });
    for (code, message) in report.warnings() {
        warn(code, message);
    }
    for (at, exchange) in setup.constant.system.exchanges.iter().enumerate() {
        let (name, fills) = (&exchange.name, &exchange.execution.fills);
        // The option is one for L1: where there is a book, its levels are what there is.
        let is_l1 = |place: &crate::setup::Route| place.exchange == at && !place.has_book;
        if fills.depth == Depth::AllAtBest && setup.places.iter().any(is_l1) {
            warn("ALL_AT_BEST", format!("'{name}' fills any size at the best price, which flatters large orders"));
        }
        if fills.queue == QueueModel::None {
            warn("NO_QUEUE", format!("'{name}' fills resting orders at every print at their price, as if no order were ahead"));
        }
        if fills.bar == BarFill::ThisClose && setup.places.iter().any(|place| place.exchange == at && place.is_bars) {
            warn("THIS_CLOSE", format!("'{name}' fills at the close that a decision was taken on, which no real order can do"));
        }
    }
    for (at, asset) in setup.constant.system.assets.iter().enumerate() {
        let held = setup.constant.balances.iter().any(|(id, amount)| id.index() == at && !amount.is_zero());
        if held && setup.valuation.assets[at].is_none() {
            warn("NO_VALUE", format!("{} has no price in {}, so it is left out of equity", asset.name, setup.valuation.reporting_asset));
        }
    }
    warnings
}
