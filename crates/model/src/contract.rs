//! What an instrument's quantity stands for: notional value, profit, and share of equity of a position in it.

use crate::{AccountKind, Decimal, Error, Exact, Position, Result};

/// How an instrument is settled. A contract that is settled in base (inverse) will be one more kind: its profit is not linear in the
/// price, so that its formulas differ and no caller's do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contract {
    /// Base changes hands for quote: what is held is a balance.
    Spot,
    /// Settled in quote: what is held is a position, which moves quote by its profit and loss alone.
    Linear {
        /// Units of base in a contract.
        size: Decimal,
    },
}

impl Contract {
    /// What an account of this kind trades, at one unit a contract.
    pub const fn of(account: AccountKind) -> Self {
        match account {
            AccountKind::Spot => Self::Spot,
            AccountKind::CashSettled => Self::Linear { size: Decimal::ONE },
        }
    }

    #[inline]
    fn sized(self, value: Exact) -> Option<Exact> {
        match self {
            Self::Spot => Some(value),
            Self::Linear { size } => value.times(size.into()),
        }
    }

    /// `quantity x size x price`, in quote. Errors: `OVERFLOW`.
    #[inline]
    pub fn notional(self, quantity: Exact, price: Exact) -> Result<Exact> {
        quantity.times(price).and_then(|value| self.sized(value)).ok_or_else(|| Error::overflow("a notional value"))
    }

    /// Profit or loss of a position at `price` before fees, in quote: `size x (quantity x price - cost)`, with the cost that
    /// [`Position`] keeps, quantity x entry price. Errors: `OVERFLOW`.
    #[inline]
    pub fn pnl(self, position: &Position, price: Exact) -> Result<Exact> {
        let gained = position.pnl_exact(price)?;
        self.sized(gained).ok_or_else(|| Error::overflow("the value of a position"))
    }

    /// What counts as equity in quote beside the balance of quote: on spot the balance of base at the mark, else the position's profit.
    /// Errors: `OVERFLOW`.
    #[inline]
    pub fn worth(self, base: Exact, position: &Position, mark: Exact) -> Result<Exact> {
        match self {
            Self::Spot => self.notional(base, mark),
            Self::Linear { .. } => self.pnl(position, mark),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Side;

    fn d(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    fn value(result: Result<Exact>) -> String {
        Decimal::from(result.expect("fits")).normalize().to_string()
    }

    #[test]
    fn a_linear_contract_multiplies_by_its_size() {
        let mut position = Position::default();
        position.apply(Side::Sell, d("3"), d("100.5")).expect("fits");
        for (contract, notional, pnl) in [
            (Contract::Spot, "300", "1.5"),
            (Contract::of(AccountKind::CashSettled), "300", "1.5"),
            (Contract::Linear { size: d("0.001") }, "0.3", "0.0015"),
            (Contract::Linear { size: d("50") }, "15000", "75"),
        ] {
            assert_eq!(value(contract.notional(d("3").into(), d("100").into())), notional, "{contract:?}");
            assert_eq!(value(contract.pnl(&position, d("100").into())), pnl, "{contract:?}");
        }
    }

    #[test]
    fn spot_counts_what_is_held_and_a_contract_what_it_made() {
        let mut position = Position::default();
        position.apply(Side::Buy, d("2"), d("90")).expect("fits");
        // Five of base are held, three of them since before the run.
        assert_eq!(value(Contract::Spot.worth(d("5").into(), &position, d("100").into())), "500");
        assert_eq!(value(Contract::Linear { size: d("10") }.worth(Exact::ZERO, &position, d("100").into())), "200");
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let most = Exact::from(Decimal::MAX);
        assert_eq!(Contract::Spot.notional(most, d("2").into()).expect_err("too large").code, crate::Code::Overflow);
        let position = Position { quantity: d("1000000"), cost: Decimal::ZERO };
        let huge = Contract::Linear { size: Decimal::MAX };
        assert_eq!(huge.pnl(&position, d("2").into()).expect_err("too large").code, crate::Code::Overflow);
    }
}
