//! What a finished run hands over: rows, samples, and a summary.

use crate::round_trips::RoundTrip;
use haggle_engine::OrderState;
use haggle_model::time::Nanos;
use haggle_model::{AssetId, Decimal, InstrumentId, Liquidity, OrderKind, OrderNumber, Reason, Side, TimeInForce};
use std::fmt::Write as _;

/// An own execution, at the exchange.
#[derive(Clone, Debug, PartialEq)]
pub struct FillRow {
    /// Trade id.
    pub id: u64,
    /// Its order.
    pub order: OrderNumber,
    /// What was traded.
    pub instrument: InstrumentId,
    /// Direction.
    pub side: Side,
    /// Ticks.
    pub price: i64,
    /// Lots.
    pub quantity: i64,
    /// Lots of the order filled so far.
    pub filled: i64,
    /// Fee in `fee_asset`.
    pub fee: Decimal,
    /// What it was paid in.
    pub fee_asset: AssetId,
    /// Maker or taker.
    pub liquidity: Liquidity,
    /// Exchange time.
    pub time: Nanos,
    /// The fee's worth in quote.
    pub fee_quote: Decimal,
    /// The mark at the moment of the fill.
    pub mark: Option<f64>,
}

/// An order, as it ended or stood at the end.
#[allow(clippy::struct_excessive_bools, reason = "flags of an order as a venue has them")]
#[derive(Clone, Debug, PartialEq)]
pub struct OrderRow {
    /// What to trade.
    pub instrument: InstrumentId,
    /// Direction.
    pub side: Side,
    /// Market or limit.
    pub kind: OrderKind,
    /// Limit in ticks; 0 for a market order.
    pub price: i64,
    /// Lots; 0 where the size was an amount and nothing was filled.
    pub quantity: i64,
    /// Lots filled.
    pub filled: i64,
    /// Traded value in quote.
    pub value: Decimal,
    /// How long it was to work.
    pub time_in_force: TimeInForce,
    /// As sent.
    pub post_only: bool,
    /// As sent.
    pub reduce_only: bool,
    /// Where it stands.
    pub state: OrderState,
    /// Whether a cancel was under way at the end.
    pub is_cancelling: bool,
    /// Whether the end of the run sent it, not the strategy.
    pub is_closing: bool,
    /// When the engine sent it.
    pub time: Nanos,
    /// When it reached the exchange; `None` where it did not, or the exchange has not said anything of it.
    pub arrived: Option<Nanos>,
    /// When the exchange took it in.
    pub opened: Option<Nanos>,
    /// When its state was reached, at the exchange; `None` before it said anything.
    pub state_time: Option<Nanos>,
    /// Why it was cancelled.
    pub cancelled: Option<Reason>,
}

impl OrderRow {
    /// Why it was cancelled, expired, or never opened.
    pub fn reason(&self) -> Option<&Reason> {
        self.cancelled.as_ref().or_else(|| self.state.reason())
    }

    /// When it ended: at the exchange, or at the engine, where that refused it.
    pub fn ended(&self) -> Option<Nanos> {
        self.state.is_terminal().then(|| self.state_time.unwrap_or(self.time))
    }
}

/// A closed trade.
pub type ClosedTradeRow = RoundTrip;

/// A sample of equity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EquityRow {
    /// When.
    pub time: Nanos,
    /// In the reporting asset.
    pub value: f64,
    /// Distance from the highest value before, as a fraction, never positive.
    pub drawdown: f64,
}

/// Everything a finished run leaves.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Own executions.
    pub fills: Vec<FillRow>,
    /// Orders, by number.
    pub orders: Vec<OrderRow>,
    /// Closed trades.
    pub closed_trades: Vec<ClosedTradeRow>,
    /// Samples of equity.
    pub equity: Vec<EquityRow>,
    /// The result hash.
    pub result_hash: String,
    /// Market rows that the engine was told of.
    pub events: u64,
    /// The summary, in the `snake_case` shape of the JSON.
    pub summary: serde_json::Value,
}

impl Outcome {
    /// The summary as JSON, with the time that the run took.
    pub fn summary_text(&self, duration_ms: f64) -> String {
        let mut text = self.summary.to_string();
        // The last field: a copy of all the others only to add it would cost as much as writing them.
        text.truncate(text.len() - 1);
        // To a string nothing can fail.
        let _ = write!(text, ",\"duration_ms\":{}}}", (duration_ms * 1e3).round() / 1e3);
        text
    }
}
