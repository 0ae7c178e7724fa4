//! How an exchange treats orders: fees, latency, fill rules, kind of account.

use crate::time::Nanos;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What a fee is paid in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeeAsset {
    /// The quote asset, on both sides.
    Quote,
    /// What the fill brings: base for a buy, quote for a sell.
    Received,
    /// An asset by name; a fill whose fee it cannot pay pays in the asset received.
    Named(String),
}

/// Fees: fractions of the traded value, and flat amounts in quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fees {
    /// Rate for orders that rested; negative for a rebate.
    pub maker: Decimal,
    /// Rate for orders that took.
    pub taker: Decimal,
    /// What they are paid in.
    pub charged_in: FeeAsset,
    /// Flat amount of quote per order, charged with its first fill.
    pub per_order: Decimal,
    /// Flat amount of quote per unit of quantity.
    pub per_contract: Decimal,
}

/// How long messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Latency {
    /// A round trip: half each way, or, where exchange time is arrival (aligned data), all on the request.
    RoundTrip(Nanos),
    /// Each leg apart.
    Legs {
        /// Of a request that opens or amends.
        open: Nanos,
        /// Of a request that cancels.
        cancel: Nanos,
        /// Of an answer.
        response: Nanos,
        /// Largest seeded addition to each leg.
        jitter: Nanos,
    },
    /// A multiple of the latency of the last market row that had arrived, each way.
    Feed(Decimal),
}

/// What a taking order finds on L1 data beyond what is displayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Nothing: the displayed size of the best and no more.
    Displayed,
    /// Everything at the best price.
    AllAtBest,
    /// Assumed levels behind the best.
    Walk {
        /// Distance of one assumed level to the next, ticks.
        ticks: i64,
        /// Size of an assumed level as a share of what is displayed at the best.
        share: Decimal,
        /// How many.
        levels: u32,
    },
}

/// What moves an order forward in the queue at its price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueModel {
    /// Only prints at its price.
    RiskAverse,
    /// Prints, and of every other decrease the share ahead^n / (ahead^n + behind^n).
    Probabilistic(u32),
    /// There is no queue: any print at its price fills.
    None,
}

/// When market orders fill on bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BarFill {
    /// At the first open at or after arrival.
    NextOpen,
    /// At the close that the decision was taken on.
    ThisClose,
}

/// In which order a bar's path reaches several orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BarPath {
    /// The one worse for the account first.
    Worst,
    /// Open, the extreme nearer to the open, the other one, close.
    Nearest,
}

/// How much worse than the market a taker fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slippage {
    /// A number of ticks.
    Ticks(i64),
    /// A fraction of the price, rounded to the worse tick.
    Fraction(Decimal),
}

/// Which of two opposite orders of one account goes when they would meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelfTrade {
    /// The resting one.
    ExpireMaker,
    /// The arriving one.
    ExpireTaker,
    /// Neither.
    None,
}

/// Which fills an exchange grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FillRules {
    /// L1: what a taking order finds.
    pub depth: Depth,
    /// Queue ahead of a resting order.
    pub queue: QueueModel,
    /// Bars: when market orders fill.
    pub bar: BarFill,
    /// Bars: which order is reached first.
    pub path: BarPath,
    /// Bars: whether a touch of its price fills a limit order.
    pub touch: bool,
    /// Bars: whether a limit order that the open jumps over fills at the open instead of at its limit.
    pub gap_at_open: bool,
    /// L1: a quote older than this is no book.
    pub quote_age_max: Option<Nanos>,
    /// Largest share of a displayed level, a print or a bar's volume that own orders get together.
    pub volume_share: Decimal,
    /// Taker slippage.
    pub slippage: Slippage,
    /// Trades only: assumed spread, ticks.
    pub spread: i64,
    /// Own orders that would meet.
    pub self_trade: SelfTrade,
}

/// What an account holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountKind {
    /// Every asset is held; no balance goes negative.
    Spot,
    /// One currency is held; positions are signed.
    CashSettled,
}

/// How one exchange treats orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Execution {
    /// Fees.
    pub fees: Fees,
    /// Latency.
    pub latency: Latency,
    /// Fill rules.
    pub fills: FillRules,
    /// Kind of account.
    pub account: AccountKind,
    /// Cash-settled: buying power per unit of equity.
    pub leverage: Decimal,
}

impl Default for Execution {
    /// What holds where a config is silent: the choices that flatter a strategy least.
    fn default() -> Self {
        let rate = Decimal::new(1, 3);
        Self {
            fees: Fees { maker: rate, taker: rate, charged_in: FeeAsset::Quote, per_order: Decimal::ZERO, per_contract: Decimal::ZERO },
            latency: Latency::RoundTrip(100 * crate::time::MILLISECOND),
            fills: FillRules {
                depth: Depth::Displayed,
                queue: QueueModel::RiskAverse,
                bar: BarFill::NextOpen,
                path: BarPath::Worst,
                touch: false,
                gap_at_open: false,
                quote_age_max: None,
                volume_share: Decimal::ONE,
                slippage: Slippage::Ticks(0),
                spread: 1,
                self_trade: SelfTrade::ExpireMaker,
            },
            account: AccountKind::Spot,
            leverage: Decimal::ONE,
        }
    }
}
