//! What a user should know of data and config before trusting a result.

use crate::venue::Venue;
use crate::warning::Warning;
use haggle_data::LoadReport;
use haggle_model::{BarFill, Depth, QueueModel};

/// `report` is what loading the data noticed.
pub fn warnings(venue: &Venue, report: &LoadReport) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |code, message: String| warnings.push(Warning { code, message });
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
    for (at, exchange) in venue.constant.system.exchanges.iter().enumerate() {
        let (name, fills) = (&exchange.name, &exchange.execution.fills);
        // The option is one for L1: where there is a book, its levels are what there is.
        let is_l1 = |place: &crate::venue::Place| place.exchange == at && !place.has_book;
        if fills.depth == Depth::AllAtBest && venue.places.iter().any(is_l1) {
            warn("ALL_AT_BEST", format!("'{name}' fills any size at the best price, which flatters large orders"));
        }
        if fills.queue == QueueModel::None {
            warn("NO_QUEUE", format!("'{name}' fills resting orders at every print at their price, as if nobody were ahead"));
        }
        if fills.bar == BarFill::ThisClose && venue.places.iter().any(|place| place.exchange == at && place.is_bars) {
            warn("THIS_CLOSE", format!("'{name}' fills at the close that a decision was taken on, which nobody can do"));
        }
    }
    for (at, asset) in venue.constant.system.assets.iter().enumerate() {
        let held = venue.constant.balances.iter().any(|(id, amount)| id.index() == at && !amount.is_zero());
        if held && venue.valuation.assets[at].is_none() {
            warn("NO_VALUE", format!("{} has no price in {}, so it is left out of equity", asset.name, venue.valuation.reporting_asset));
        }
    }
    warnings
}
