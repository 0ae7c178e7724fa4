//! How an account carries an instrument: what an order reserves, what has to be paid, what a fill moves, whether equity is left.
//!
//! The kind is chosen per instrument, by [`Spec::account`](crate::Spec), so that one exchange can have several. All that kinds differ
//! in is asked here: another kind (margin) is an arm of each match, and a file of its own beside `spot` and `cash_settled`.

mod cash_settled;
mod spot;

use crate::exchange::Exchange;
use crate::order::Order;
use haggle_model::{AccountKind, AssetId, Decimal, Error, FeeAsset, Liquidity, Reason, ReasonCode, Result, Side, normal, position::Change};

pub(crate) fn over() -> Error {
    Error::overflow("the cost of an order")
}

/// Lots at these prices, to be taken at once: what an account has to bear.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    /// Their value.
    pub notional: Decimal,
    /// How much of base.
    pub amount: Decimal,
    /// Whether the flat fee is charged with them.
    pub flat: bool,
    /// Which fee rate.
    pub liquidity: Liquidity,
}

/// A size as an amount of quote, and the lots it may come to at most.
pub(crate) struct Budget {
    pub amount: Decimal,
    pub most: i64,
}

impl Exchange {
    fn kind(&self, market: usize) -> AccountKind {
        self.markets[market].spec.account
    }

    /// What the rest of a limit order sets aside. Market orders set nothing aside: they are priced when they fill.
    pub(crate) fn to_reserve(&self, order: &Order) -> Result<Decimal> {
        if order.limit().is_none() || order.left() == 0 {
            return Ok(Decimal::ZERO);
        }
        match self.kind(order.market) {
            AccountKind::Spot => self.spot_reserve(order),
            AccountKind::CashSettled => Ok(Decimal::ZERO),
        }
    }

    /// Whether money for an order is set aside, so that its fills need not be priced as a whole.
    pub(crate) fn is_reserved(&self, order: &Order) -> bool {
        match self.kind(order.market) {
            AccountKind::Spot => order.limit().is_some(),
            AccountKind::CashSettled => false,
        }
    }

    /// What a limit order's rest would set aside, or why the account does not take it on. What it has set aside before counts.
    pub(crate) fn admit(&self, order: &Order) -> Result<Result<Decimal, Reason>> {
        match self.kind(order.market) {
            AccountKind::Spot => {
                let keep = self.to_reserve(order)?;
                let need = keep - order.locked;
                let asset = self.markets[order.market].spec.pays(order.request.side);
                let free = self.ledger.account(asset).free();
                Ok(if free < need { Err(self.short_of(asset, need, free)) } else { Ok(keep) })
            }
            AccountKind::CashSettled => {
                let parts = [(order.request.price, order.left())];
                let paid = self.can_pay(order.market, order.request.side, &parts, !order.flat_fee_paid, Liquidity::Taker)?;
                Ok(paid.map(|()| Decimal::ZERO))
            }
        }
    }

    /// Whether the account can pay for lots at these prices (price, lots), taken at once.
    pub(crate) fn can_pay(
        &self,
        market: usize,
        side: Side,
        parts: &[(i64, i64)],
        flat: bool,
        liquidity: Liquidity,
    ) -> Result<Result<(), Reason>> {
        let spec = &self.markets[market].spec;
        let mut notional = Decimal::ZERO;
        let mut lots = 0i64;
        for (price, quantity) in parts {
            notional = notional.checked_add(spec.notional(*price, *quantity)?).ok_or_else(over)?;
            lots = lots.checked_add(*quantity).ok_or_else(over)?;
        }
        let taken = Taken { notional, amount: spec.lot.decimal(lots), flat, liquidity };
        match spec.account {
            AccountKind::Spot => self.spot_can_pay(market, side, &taken),
            AccountKind::CashSettled => self.cash_can_carry(market, side, &taken),
        }
    }

    /// Why an order cannot be filled with these lots, though its money is set aside or (`is_priced`) it was just priced as a whole: on spot a
    /// fee may be larger than what the fill brings, and without either the buying power has to be there now.
    pub(crate) fn cannot_bear(
        &self,
        slot: u32,
        price: i64,
        quantity: i64,
        liquidity: Liquidity,
        is_priced: bool,
    ) -> Result<Option<Reason>> {
        let order = self.orders.get(slot);
        match self.kind(order.market) {
            AccountKind::Spot => self.spot_fee_exceeds(slot, price, quantity, liquidity),
            AccountKind::CashSettled if is_priced => Ok(None),
            AccountKind::CashSettled => {
                Ok(self.can_pay(order.market, order.request.side, &[(price, quantity)], !order.flat_fee_paid, liquidity)?.err())
            }
        }
    }

    /// Moves what a fill trades.
    pub(crate) fn settle(&mut self, market: usize, side: Side, amount: Decimal, notional: Decimal, change: &Change) -> Result<()> {
        let spec = &self.markets[market].spec;
        let (base, quote) = (spec.base, spec.quote);
        match spec.account {
            AccountKind::Spot => {
                let (gain, pay) = if side == Side::Buy { ((base, amount), (quote, notional)) } else { ((quote, notional), (base, amount)) };
                self.ledger.trade(gain.0, gain.1)?;
                self.ledger.trade(pay.0, -pay.1)
            }
            AccountKind::CashSettled => {
                self.ledger.trade(quote, normal(change.pnl.into()))?;
                self.forget_safe_marks();
                Ok(())
            }
        }
    }

    /// Whether fees are paid in quote, no matter what the config says: cash-settled there is nothing else to pay them in.
    pub(crate) fn pays_fees_in_cash(&self, market: usize) -> bool {
        self.kind(market) == AccountKind::CashSettled
    }

    /// Whether an amount of quote has to cover the fee, too.
    pub(crate) fn amount_covers_fee(&self, market: usize, side: Side) -> bool {
        self.pays_fees_in_cash(market) || (self.execution.fees.charged_in == FeeAsset::Quote && side == Side::Buy)
    }

    /// A share of the equity as an amount, cut to what the account could pay.
    pub(crate) fn budget_of_share(&self, market: usize, side: Side, share: Decimal) -> Result<Budget> {
        let over = || Error::overflow("a share of equity");
        let amount = self.equity_in_quote(market)?.checked_mul(share).ok_or_else(over)?;
        let spec = &self.markets[market].spec;
        Ok(match (spec.account, side) {
            (AccountKind::CashSettled, _) => Budget { amount: amount.min(self.buying_power(market)?), most: i64::MAX },
            (AccountKind::Spot, Side::Buy) => Budget { amount: amount.min(self.ledger.account(spec.quote).free()), most: i64::MAX },
            (AccountKind::Spot, Side::Sell) => {
                Budget { amount, most: spec.lot.floor(self.ledger.account(spec.base).free()).ok_or_else(over)? }
            }
        })
    }

    /// All that the account holds that has a mark in this market's quote, in that quote.
    pub(crate) fn equity_in_quote(&self, market: usize) -> Result<Decimal> {
        let over = || Error::overflow("the equity");
        let quote = self.markets[market].spec.quote;
        let mut equity = self.ledger.account(quote).total;
        for other in self.markets.iter().filter(|other| other.spec.quote == quote) {
            let Some(mark) = other.mark() else { continue };
            let worth = match other.spec.account {
                AccountKind::Spot => self.ledger.account(other.spec.base).total.checked_mul(mark).ok_or_else(over)?,
                AccountKind::CashSettled => other.position.pnl_at(mark)?,
            };
            equity = equity.checked_add(worth).ok_or_else(over)?;
        }
        Ok(equity)
    }

    /// Whether a position may be below zero. On spot what was sold beyond the fills was inventory, and no position.
    pub(crate) fn may_be_short(&self, market: usize) -> bool {
        self.kind(market) == AccountKind::CashSettled
    }

    /// Whether the balance of an asset may be below zero: the cash of positions may, between a mark and their end.
    pub(crate) fn may_owe(&self, asset: AssetId) -> bool {
        self.markets.iter().any(|market| market.spec.account == AccountKind::CashSettled && market.spec.quote == asset)
    }

    pub(crate) fn short_of(&self, asset: AssetId, need: Decimal, free: Decimal) -> Reason {
        Reason::from(ReasonCode::BalanceInsufficient).with_text("asset", &self.assets[asset.index()]).with("need", need).with("free", free)
    }
}
