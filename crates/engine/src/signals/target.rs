//! Bringing a position to a target.

use crate::context::{Context, Draft};
use haggle_model::{Decimal, Error, Result, Side, Size};

/// A position to be had, signed. Flat is `Units(0)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Lots.
    Units(i64),
    /// Worth in quote.
    Quote(Decimal),
    /// Worth as a share of equity.
    Equity(Decimal),
}

impl Target {
    pub(super) fn is_short(self) -> bool {
        self.sign() < 0
    }

    fn sign(self) -> i64 {
        match self {
            Self::Units(lots) => lots.signum(),
            Self::Quote(amount) | Self::Equity(amount) => match amount {
                amount if amount.is_zero() => 0,
                amount if amount.is_sign_negative() => -1,
                _ => 1,
            },
        }
    }
}

/// Sends what brings the current market's position to `target`, as far as the `close` (ticks) of the bar tells. What is
/// opened or added as an amount becomes a quantity at the fill, so that its fees are covered; what is taken off is counted
/// in lots at the close. A position on the other side is closed first.
pub(super) fn trade(ctx: &mut Context<'_>, target: &Target, close: i64) -> Result<()> {
    let held = ctx.market().position_lots;
    let sign = target.sign();
    if sign == 0 || held.signum() == -sign {
        ctx.close_position();
    }
    if sign == 0 {
        return Ok(());
    }
    let side = if sign > 0 { Side::Buy } else { Side::Sell };
    if held.signum() == sign {
        return adjust(ctx, side, target, close);
    }
    let size = match *target {
        Target::Units(lots) => Size::Lots(lots.abs()),
        Target::Quote(amount) => Size::Quote(amount.abs()),
        Target::Equity(share) => Size::Equity(share.abs()),
    };
    ctx.submit(Draft::market(ctx.instrument, side, size));
    Ok(())
}

/// Adds to a position on `side`, or takes some of it off.
fn adjust(ctx: &mut Context<'_>, side: Side, target: &Target, close: i64) -> Result<()> {
    let over = || Error::overflow("a target position");
    let market = ctx.market();
    let (tick, lot, held) = (market.spec.tick, market.spec.lot, market.position_lots.abs());
    let price = tick.decimal(close);
    let worth = price.checked_mul(lot.decimal(held)).ok_or_else(over)?;
    // What is still to be added as an amount; whole lots to be held, as of the close.
    let (missing, lots) = match *target {
        Target::Units(lots) => (None, lots.abs()),
        Target::Quote(amount) => (Some(Size::Quote(amount.abs() - worth)), lots_of(amount.abs(), price, lot)?),
        Target::Equity(share) => {
            let equity = ctx.engine.equity_in_quote_of(ctx.instrument)?;
            if equity <= Decimal::ZERO {
                return Ok(());
            }
            let amount = equity.checked_mul(share.abs()).ok_or_else(over)?;
            let rest = (amount - worth).checked_div(equity).ok_or_else(over)?;
            (Some(Size::Equity(rest)), lots_of(amount, price, lot)?)
        }
    };
    let draft = match lots - held {
        0 => return Ok(()),
        more if more > 0 => Draft::market(ctx.instrument, side, missing.unwrap_or(Size::Lots(more))),
        less => Draft { reduce_only: true, ..Draft::market(ctx.instrument, side.opposite(), Size::Lots(-less)) },
    };
    ctx.submit(draft);
    Ok(())
}

/// Whole lots that an amount of quote is worth at a price.
fn lots_of(amount: Decimal, price: Decimal, lot: haggle_model::Increment) -> Result<i64> {
    amount.checked_div(price).and_then(|quantity| lot.floor(quantity)).ok_or_else(|| Error::overflow("a target position"))
}
