//! A netted position: quantity and cost, both exact; an average only for show.

use crate::{Error, Result, Side};
use rust_decimal::Decimal;

/// Decimals of a share of cost, unless prices and quantities together have more: a millionth of a cent is wide of every use.
const COST_SCALE: u32 = 12;

/// What one fill did to a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Change {
    /// Quantity taken off the position, unsigned.
    pub closed: Decimal,
    /// Cost that went with it, signed as the position was.
    pub cost_closed: Decimal,
    /// Profit or loss of the closed quantity before fees, in quote.
    pub pnl: Decimal,
    /// Quantity put on, unsigned (after a flip: the rest).
    pub opened: Decimal,
}

/// A netted position in one instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Position {
    /// Signed quantity in base.
    pub quantity: Decimal,
    /// Signed cost in quote: quantity x average entry price.
    pub cost: Decimal,
}

impl Position {
    /// Average entry price (28 digits, half-even); zero when flat.
    pub fn entry_price(&self) -> Decimal {
        self.cost.checked_div(self.quantity).unwrap_or_default()
    }

    /// Profit or loss at `price`, before fees.
    pub fn pnl_at(&self, price: Decimal) -> Result<Decimal> {
        let value = self.quantity.checked_mul(price);
        value.and_then(|value| value.checked_sub(self.cost)).ok_or_else(|| Error::overflow("the value of a position"))
    }

    /// Applies a fill. A reduction takes cost x closed / quantity, the last one all that is left, so that realised
    /// profits sum to the cash that changed hands.
    pub fn apply(&mut self, side: Side, quantity: Decimal, price: Decimal) -> Result<Change> {
        self.fill(side, quantity, price).ok_or_else(|| Error::overflow("the cost of a position"))
    }

    fn fill(&mut self, side: Side, quantity: Decimal, price: Decimal) -> Option<Change> {
        // A share with all 28 digits would leave none for the balance that takes the profit: costs stay on a grid, so that
        // every later sum is exact.
        let decimals = self.cost.scale().max(COST_SCALE);
        // Where a fee in base is more than the fill brings, the fill works the other way.
        let side = if quantity.is_sign_negative() { side.opposite() } else { side };
        let quantity = quantity.abs();
        let signed = if side == Side::Buy { quantity } else { -quantity };
        let mut change = Change { opened: quantity, ..Change::default() };
        if !self.quantity.is_zero() && (self.quantity.is_sign_negative() != signed.is_sign_negative()) {
            let held = self.quantity.abs();
            change.closed = quantity.min(held);
            change.opened = quantity.checked_sub(change.closed)?;
            change.cost_closed = if change.closed == held { self.cost } else { share(self.cost, change.closed, held)?.round_dp(decimals) };
            let proceeds = signed_as(change.closed.checked_mul(price)?, self.quantity);
            change.pnl = proceeds.checked_sub(change.cost_closed)?;
            self.quantity = self.quantity.checked_sub(signed_as(change.closed, self.quantity))?;
            self.cost = self.cost.checked_sub(change.cost_closed)?;
        }
        if !change.opened.is_zero() {
            let opened = signed_as(change.opened, signed);
            self.quantity = self.quantity.checked_add(opened)?;
            self.cost = self.cost.checked_add(opened.checked_mul(price)?)?;
        }
        Some(change)
    }
}

fn signed_as(value: Decimal, sign: Decimal) -> Decimal {
    if sign.is_sign_negative() { -value } else { value }
}

/// `total x part / whole`, at 28 digits.
pub fn share(total: Decimal, part: Decimal, whole: Decimal) -> Option<Decimal> {
    match total.checked_mul(part) {
        Some(product) => product.checked_div(whole),
        None => part.checked_div(whole)?.checked_mul(total),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(value: i64) -> Decimal {
        Decimal::from(value)
    }

    #[test]
    fn reduces_and_flips() {
        let mut position = Position::default();
        position.apply(Side::Buy, d(2), d(100)).expect("ok");
        position.apply(Side::Buy, d(1), d(130)).expect("ok");
        assert_eq!(position.entry_price(), d(110));
        let change = position.apply(Side::Sell, d(1), d(120)).expect("ok");
        assert_eq!((change.pnl, position.quantity, position.cost), (d(10), d(2), d(220)));
        let change = position.apply(Side::Sell, d(5), d(100)).expect("ok");
        assert_eq!((change.pnl, change.opened, position.quantity, position.cost), (d(-20), d(3), d(-3), d(-300)));
        let change = position.apply(Side::Buy, d(3), d(90)).expect("ok");
        assert_eq!((change.pnl, position), (d(30), Position::default()));
    }

    #[test]
    fn a_share_of_cost_leaves_digits_for_the_balance() {
        let mut position = Position::default();
        for price in [100, 101, 101] {
            position.apply(Side::Buy, d(1), d(price)).expect("ok");
        }
        let change = position.apply(Side::Sell, d(1), d(105)).expect("ok");
        assert_eq!((change.pnl.to_string(), position.cost.to_string()), ("4.333333333333".into(), "201.333333333333".into()));
        let change = position.apply(Side::Sell, d(2), d(105)).expect("ok");
        assert_eq!((change.pnl.to_string(), position.cost), ("8.666666666667".into(), d(0)));
    }

    #[test]
    fn realised_sums_to_the_cash() {
        let mut position = Position::default();
        let mut cash = Decimal::ZERO;
        let mut realised = Decimal::ZERO;
        for (side, quantity, price) in [(Side::Buy, 3, 100), (Side::Sell, 1, 101), (Side::Sell, 1, 99), (Side::Sell, 1, 107)] {
            let change = position.apply(side, d(quantity), d(price)).expect("ok");
            realised += change.pnl;
            cash -= d(side.sign() * quantity * price);
        }
        assert_eq!(realised, cash);
    }
}
