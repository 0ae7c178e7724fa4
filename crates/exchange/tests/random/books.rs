//! The money, reckoned anew from what was sent and told.

use crate::watch::{BASE, QUOTE, START, Seen, Watch, decimal};
use haggle_model::{AccountKind, AssetId, Decimal, FeeAsset, Fill, Liquidity, OrderEvent, OrderKind, SelfTrade, Side, Size};
use proptest::prelude::*;

type Checked = Result<(), TestCaseError>;

impl Watch {
    /// The money of a fill, reckoned anew.
    pub fn book(&mut self, event: &OrderEvent, fill: &Fill) -> Checked {
        let Some(order) = self.orders.get_mut(&event.order.0) else { return Ok(()) };
        let sign = decimal(order.request.side.sign());
        let (amount, notional) = (decimal(fill.quantity), decimal(fill.quantity) * decimal(fill.price));
        let is_spot = self.execution.account == AccountKind::Spot;
        self.position += sign * amount;
        self.cash -= sign * notional;
        if is_spot {
            self.totals[BASE] += sign * amount;
            self.totals[QUOTE] -= sign * notional;
        }
        self.totals[fill.fee_asset.index()] -= fill.fee;
        match fill.fee_asset.index() {
            BASE => self.position -= fill.fee,
            QUOTE => self.cash -= fill.fee,
            _ => {}
        }
        let fees = &self.execution.fees;
        let rate = if fill.liquidity == Liquidity::Taker { fees.taker } else { fees.maker };
        let flat = if fill.filled == fill.quantity { fees.per_order } else { Decimal::ZERO };
        let fee = notional * rate + amount * fees.per_contract + flat;
        prop_assert_eq!(fill.fee_quote, Some(fee), "the fee's worth");
        if fill.fee_asset.index() == QUOTE {
            prop_assert_eq!(fill.fee, fee);
        }
        order.cost += notional;
        if !is_spot || (order.request.side == Side::Buy && fees.charged_in == FeeAsset::Quote) {
            order.cost += fee;
        }
        // A limit sell may bring more than its amount: that is price improvement.
        if let Size::Quote(most) = order.request.size
            && (order.request.kind == OrderKind::Market || order.request.side == Side::Buy)
        {
            prop_assert!(order.cost <= most, "{} of an amount of {most}", order.cost);
        }
        Ok(())
    }

    pub fn judge_books(&self) -> Checked {
        self.exchange.check().map_err(|error| TestCaseError::fail(error.to_string()))?;
        let ledger = self.exchange.ledger();
        for at in 0..3 {
            let balance = ledger.balance(AssetId(at as u16));
            prop_assert_eq!(self.told[at], balance, "asset {} as the events tell it", at);
            if self.execution.account == AccountKind::Spot {
                prop_assert_eq!(self.totals[at].normalize(), balance.total, "asset {}", at);
                prop_assert!(!balance.free.is_sign_negative() || balance.free.is_zero(), "asset {at}: {balance:?}");
            }
        }
        let market = &self.exchange.markets()[0];
        self.shown.judge(market)?;
        prop_assert_eq!(market.position.quantity.normalize(), self.position.normalize());
        if self.execution.account == AccountKind::CashSettled && self.position.is_zero() {
            prop_assert_eq!(
                ledger.balance(AssetId(1)).total,
                (decimal(START[QUOTE]) + self.cash).normalize(),
                "realised profit is the cash"
            );
        }
        let best = [Side::Buy, Side::Sell].map(|side| market.resting[side as usize].first().map(|rest| rest.price));
        if let (Some(bid), Some(ask)) = (best[0], best[1]) {
            prop_assert!(bid < ask || self.execution.fills.self_trade == SelfTrade::None, "own orders cross: {bid} {ask}");
        }
        let working = self.orders.values().filter(|order| order.is_open && !order.is_over).count();
        let listed = market.resting.iter().map(Vec::len).sum::<usize>() + market.waiting.len();
        let in_flight = self.orders.values().filter(|order| !order.is_over && order.request.kind == OrderKind::Market).count();
        prop_assert_eq!(working + in_flight, listed, "every working order is in one list");
        self.judge_locked()
    }

    /// Locked is what the open orders need, reckoned from what was sent and told.
    fn judge_locked(&self) -> Checked {
        let is_known = |order: &&Seen| order.request.kind == OrderKind::Limit && order.is_open && !order.is_over;
        if self.execution.account == AccountKind::CashSettled || self.orders.values().filter(is_known).any(|order| order.quantity == 0) {
            return Ok(());
        }
        let fees = &self.execution.fees;
        let mut locked = [Decimal::ZERO; 3];
        for order in self.orders.values().filter(is_known) {
            let left = decimal(order.quantity - order.filled);
            if order.request.side == Side::Sell {
                locked[BASE] += left;
                continue;
            }
            let notional = left * decimal(order.request.price);
            locked[QUOTE] += notional;
            if fees.charged_in == FeeAsset::Quote {
                let flat = if order.filled == 0 { fees.per_order } else { Decimal::ZERO };
                locked[QUOTE] += notional * fees.maker.max(fees.taker).max(Decimal::ZERO) + left * fees.per_contract + flat;
            }
        }
        for (at, locked) in locked.iter().enumerate() {
            prop_assert_eq!(
                self.exchange.ledger().account(AssetId(at as u16)).locked.normalize(),
                locked.normalize(),
                "locked of asset {}",
                at
            );
        }
        Ok(())
    }
}
