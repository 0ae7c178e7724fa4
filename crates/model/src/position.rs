//! A netted position: quantity and cost, both exact; an average only for show.

pub use crate::exact::share;
use crate::{Error, Exact, Result, Side};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Decimals of a share of cost, unless prices and quantities together have more: a millionth of a cent is wide of every use.
const COST_SCALE: u32 = 12;

/// What one fill did to a position.
#[derive(Clone, Copy, Debug, Default)]
pub struct Change {
    /// Quantity taken off the position, unsigned.
    pub closed: Exact,
    /// Profit or loss of the closed quantity before fees, in quote.
    pub pnl: Exact,
    /// Quantity put on, unsigned (after a flip: the rest).
    pub opened: Exact,
}

/// A netted position in one instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Position {
    /// Signed quantity in base.
    #[serde(with = "crate::packed")]
    pub quantity: Decimal,
    /// Signed cost in quote: quantity x average entry price.
    #[serde(with = "crate::packed")]
    pub cost: Decimal,
}

impl Position {
    /// Average entry price (28 digits, half-even); zero when flat.
    pub fn entry_price(&self) -> Decimal {
        self.cost.checked_div(self.quantity).unwrap_or_default()
    }

    /// Profit or loss at `price`, before fees.
    pub fn pnl_at(&self, price: Decimal) -> Result<Decimal> {
        self.pnl_exact(price.into()).map(Decimal::from)
    }

    /// The same, for those who go on from there.
    #[inline]
    pub fn pnl_exact(&self, price: Exact) -> Result<Exact> {
        let value = Exact::from(self.quantity).times(price);
        value.and_then(|value| value.minus(self.cost.into())).ok_or_else(|| Error::overflow("the value of a position"))
    }

    /// Applies a fill. A reduction takes cost x closed / quantity, the last one all that is left, so that realised
    /// profits sum to the cash that changed hands.
    pub fn apply(&mut self, side: Side, quantity: Decimal, price: Decimal) -> Result<Change> {
        self.fill(side, quantity, price).ok_or_else(|| Error::overflow("the cost of a position"))
    }

    fn fill(&mut self, side: Side, quantity: Decimal, price: Decimal) -> Option<Change> {
        let (mut held, mut cost, price) = (Exact::from(self.quantity), Exact::from(self.cost), Exact::from(price));
        let quantity = Exact::from(quantity);
        // Where a fee in base is more than the fill brings, the fill works the other way.
        let sells = (side == Side::Sell) != quantity.is_negative();
        let quantity = quantity.abs();
        let mut change = Change { opened: quantity, ..Change::default() };
        if !held.is_zero() && held.is_negative() != sells {
            let was_short = held.is_negative();
            let size = held.abs();
            let order = quantity.compare(size);
            let (closed, closes_all) = (if order.is_gt() { size } else { quantity }, order.is_ge());
            // A share with all 28 digits would leave none for the balance that takes the profit: costs stay on a grid, so that
            // every later sum is exact.
            let decimals = cost.scale().max(COST_SCALE);
            let cost_closed = if closes_all { cost } else { cost.share(closed, size, decimals)? };
            let pnl = closed.times(price)?.negated_if(was_short).minus(cost_closed)?;
            change = Change { closed, pnl, opened: quantity.minus(closed)? };
            held = held.minus(closed.negated_if(was_short))?;
            cost = cost.minus(cost_closed)?;
        }
        if !change.opened.is_zero() {
            let signed = change.opened.negated_if(sells);
            held = held.plus(signed)?;
            cost = cost.plus(signed.times(price)?)?;
        }
        self.quantity = held.into();
        self.cost = cost.into();
        Some(change)
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
        assert_eq!((change.pnl.into(), position.quantity, position.cost), (d(10), d(2), d(220)));
        let change = position.apply(Side::Sell, d(5), d(100)).expect("ok");
        assert_eq!((change.pnl.into(), change.opened.into(), position.quantity, position.cost), (d(-20), d(3), d(-3), d(-300)));
        let change = position.apply(Side::Buy, d(3), d(90)).expect("ok");
        assert_eq!((change.pnl.into(), position), (d(30), Position::default()));
    }

    #[test]
    fn a_share_of_cost_leaves_digits_for_the_balance() {
        let mut position = Position::default();
        for price in [100, 101, 101] {
            position.apply(Side::Buy, d(1), d(price)).expect("ok");
        }
        let change = position.apply(Side::Sell, d(1), d(105)).expect("ok");
        assert_eq!(
            (Decimal::from(change.pnl).to_string(), position.cost.to_string()),
            ("4.333333333333".into(), "201.333333333333".into())
        );
        let change = position.apply(Side::Sell, d(2), d(105)).expect("ok");
        assert_eq!((Decimal::from(change.pnl).to_string(), position.cost), ("8.666666666667".into(), d(0)));
    }

    #[test]
    fn realised_sums_to_the_cash() {
        let mut position = Position::default();
        let mut cash = Decimal::ZERO;
        let mut realised = Decimal::ZERO;
        for (side, quantity, price) in [(Side::Buy, 3, 100), (Side::Sell, 1, 101), (Side::Sell, 1, 99), (Side::Sell, 1, 107)] {
            let change = position.apply(side, d(quantity), d(price)).expect("ok");
            realised += Decimal::from(change.pnl);
            cash -= d(side.sign() * quantity * price);
        }
        assert_eq!(realised, cash);
    }
}
