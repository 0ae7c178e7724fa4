//! The fee of a fill: price x quantity x rate, exact.

use crate::market::Spec;
use haggle_model::{AssetId, Decimal, Error, Exact, FeeAsset, Fees, Liquidity, Result, Side, normal};
use rust_decimal::RoundingStrategy;

/// Decimals of a fee that a division gives. Enough for a millionth of a cent in any asset, few enough that a balance with
/// sixteen integer digits stays exact.
const SCALE: u32 = 12;

/// A fee, and what it is paid in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fee {
    /// Amount of `asset`; negative for a rebate.
    pub amount: Decimal,
    /// What it is paid in.
    pub asset: AssetId,
    /// Its worth in quote at the fill price.
    pub quote: Option<Decimal>,
}

fn mul(a: Decimal, b: Decimal) -> Result<Decimal> {
    // Digits were checked when the run was prepared, so the product is exact; None is beyond 28 digits.
    Exact::from(a).times(b.into()).map(|fee| normal(fee.into())).ok_or_else(|| Error::overflow("a fee"))
}

/// `amount x part / whole`, up to the next unit of the last decimal: a fee is never rounded to the account's favour.
pub fn convert(amount: Decimal, part: Decimal, whole: Decimal) -> Option<Decimal> {
    let value = amount.checked_mul(part)?.checked_div(whole)?;
    Some(value.round_dp_with_strategy(SCALE, RoundingStrategy::ToPositiveInfinity).normalize())
}

/// Whether a fee may be larger than what the fill brings.
pub fn may_exceed(fees: &Fees) -> bool {
    !fees.per_order.is_zero() || !fees.per_contract.is_zero() || fees.maker.max(fees.taker) > Decimal::ONE
}

/// The rate for a side of the book.
pub fn rate(fees: &Fees, liquidity: Liquidity) -> Decimal {
    match liquidity {
        Liquidity::Maker => fees.maker,
        Liquidity::Taker => fees.taker,
    }
}

/// A fee reckoned in quote: rate, per unit, and flat once per order.
pub fn in_quote(fees: &Fees, rate: Decimal, notional: Decimal, quantity: Decimal, flat: bool) -> Result<Decimal> {
    let mut fee = mul(notional, rate)?;
    if !fees.per_contract.is_zero() {
        fee += mul(fees.per_contract, quantity)?;
    }
    if flat {
        fee += fees.per_order;
    }
    Ok(fee)
}

/// What a limit buy has to set aside for fees: at the larger of its two rates, nothing for a rebate, nothing if the fee is
/// not paid in quote.
pub fn reserve(fees: &Fees, notional: Decimal, quantity: Decimal, flat: bool) -> Result<Decimal> {
    if fees.charged_in != FeeAsset::Quote {
        return Ok(Decimal::ZERO);
    }
    let rate = fees.maker.max(fees.taker).max(Decimal::ZERO);
    in_quote(fees, rate, notional, quantity, flat)
}

/// The fee of a fill that is not paid in a third asset.
pub fn of_fill(
    fees: &Fees,
    spec: &Spec,
    side: Side,
    liquidity: Liquidity,
    notional: Decimal,
    quantity: Decimal,
    flat: bool,
) -> Result<Fee> {
    let rate = rate(fees, liquidity);
    let quote = in_quote(fees, rate, notional, quantity, flat)?;
    let received = fees.charged_in != FeeAsset::Quote;
    if received && side == Side::Buy {
        // The rate of the quantity; flat parts come at the fill price.
        let mut amount = mul(quantity, rate)?;
        let flat_quote = quote - mul(notional, rate)?;
        if !flat_quote.is_zero() {
            amount += convert(flat_quote, quantity, notional).ok_or_else(|| Error::overflow("a fee"))?;
        }
        return Ok(Fee { amount, asset: spec.base, quote: Some(quote) });
    }
    Ok(Fee { amount: quote, asset: spec.quote, quote: Some(quote) })
}
