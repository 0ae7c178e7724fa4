//! How the orders of a run ended, and why.

use crate::outcome::OrderRow;
use crate::warning::Warning;
use haggle_engine::OrderState;
use haggle_model::{Reason, ReasonCode};
use serde_json::{Value, json};

/// Orders that ended in one way for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Group {
    end: &'static str,
    code: ReasonCode,
    count: u64,
    /// Those of them of which nothing was filled though nothing but the market or the account stood against it.
    failed: u64,
}

/// Orders counted by how they ended.
#[derive(Clone, Debug, Default)]
pub struct OrderCounts {
    sent: u64,
    filled: u64,
    cancelled: u64,
    expired: u64,
    refused: u64,
    /// Neither: the run left them as they were.
    open: u64,
    /// The commonest first, then by the order of the first of them.
    groups: Vec<Group>,
}

/// Whether an order that ended so, and filled nothing, is one that somebody wanted and did not get: not one whose time was over, nor
/// one that came when the run was.
fn is_failure(end: &str, code: ReasonCode) -> bool {
    let is_over = matches!(
        code,
        ReasonCode::TimeInForceEnded
            | ReasonCode::DataEnded
            | ReasonCode::RunEnded
            | ReasonCode::TradingDisabled
            | ReasonCode::AccountClosed
    );
    end != "Cancelled" && !is_over
}

impl OrderCounts {
    /// Counts the orders of a run.
    pub fn of(orders: &[OrderRow]) -> Self {
        let mut counts = Self::default();
        for order in orders.iter().filter(|order| !order.is_closing) {
            counts.sent += 1;
            let end = match &order.state {
                OrderState::FullyFilled => {
                    counts.filled += 1;
                    continue;
                }
                OrderState::OpenInFlight | OrderState::Open => {
                    counts.open += 1;
                    continue;
                }
                OrderState::Cancelled => {
                    counts.cancelled += 1;
                    "Cancelled"
                }
                OrderState::Expired(_) => {
                    counts.expired += 1;
                    "Expired"
                }
                OrderState::OpenFailed(_) => {
                    counts.refused += 1;
                    "OpenFailed"
                }
            };
            counts.group(end, order);
        }
        // Stable: equal counts stay in the order of their first.
        counts.groups.sort_by_key(|group| std::cmp::Reverse(group.count));
        counts
    }

    fn group(&mut self, end: &'static str, order: &OrderRow) {
        let Some(Reason { code, .. }) = order.reason() else { return };
        let failed = u64::from(order.filled == 0 && is_failure(end, *code));
        match self.groups.iter_mut().find(|group| group.end == end && group.code == *code) {
            Some(group) => {
                group.count += 1;
                group.failed += failed;
            }
            None => self.groups.push(Group { end, code: *code, count: 1, failed }),
        }
    }

    /// As it stands in the summary.
    pub fn to_json(&self) -> Value {
        let group =
            |group: &Group| json!({ "end": group.end, "code": group.code.as_str(), "message": group.code.message(), "count": group.count });
        json!({
            "sent": self.sent,
            "filled": self.filled,
            "cancelled": self.cancelled,
            "expired": self.expired,
            "refused": self.refused,
            "open": self.open,
            "reasons": self.groups.iter().map(group).collect::<Vec<_>>(),
        })
    }

    /// A warning, where a tenth of the orders or more failed.
    pub fn warning(&self) -> Option<Warning> {
        let failed: u64 = self.groups.iter().map(|group| group.failed).sum();
        if failed == 0 || failed * 10 < self.sent {
            return None;
        }
        // The first of those with the most.
        let most = self.groups.iter().rev().max_by_key(|group| group.failed)?;
        let of_them = if most.failed == failed { "all".to_owned() } else { most.failed.to_string() };
        let mut message =
            format!("{failed} of {} orders failed, {of_them} of them because {} ({})", self.sent, most.code.message(), most.code.as_str());
        if let Some(help) = help(most.code) {
            message.push_str(": ");
            message.push_str(help);
        }
        Some(Warning { code: "ORDERS_REFUSED", message })
    }
}

/// What helps against a reason; `None` where nothing that is not said by the reason itself does.
const fn help(code: ReasonCode) -> Option<&'static str> {
    Some(match code {
        ReasonCode::BalanceInsufficient => {
            "give a size as a share of equity ({ equity: 0.5 }), start with more, or, to sell what is not held, use account: 'cash-settled'"
        }
        ReasonCode::BuyingPowerInsufficient => "give a size as a share of equity ({ equity: 0.5 }), or raise the leverage",
        ReasonCode::PriceOutOfRange | ReasonCode::QuantityOutOfRange | ReasonCode::NotionalOutOfRange => {
            "the instrument's filters stand in the system's config"
        }
        ReasonCode::QuantityZero => "send more, or set a finer lotSize",
        ReasonCode::PostOnlyWouldTake => "price it behind the other side of the market, or leave postOnly out",
        ReasonCode::ReduceOnlyWouldIncrease => "look at ctx.position first, or leave reduceOnly out",
        ReasonCode::FillOrKillUnfilled => "ImmediateOrCancel takes what there is",
        ReasonCode::LiquidityMissing => {
            "send less than is displayed, send limit orders, or let orders walk: fills: { l1: { walk: { ticks, share, levels } } }"
        }
        ReasonCode::BookMissing => "wait for the first quote, and for the one after a reconnect",
        ReasonCode::SelfTrade => "cancel the own order on the other side first",
        code if code.is_risk() => "the limits stand in the run's risk",
        _ => return None,
    })
}
