//! Prices and quantities are `i64` counts of a per-instrument increment: exact by construction.

use crate::{Code, Error, Exact, POWERS_OF_TEN, Result};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A tick or a lot: `mantissa / 10^scale`, in lowest terms, at most 1 where it was derived from data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Increment {
    mantissa: i64,
    scale: u32,
}

/// 2^53: counts up to here are exact as f64.
pub const COUNT_MAX: i64 = 1 << 53;
/// Increments with more decimals would leave no room for the integer part.
pub const SCALE_MAX: u32 = 18;

impl Increment {
    /// One.
    pub const ONE: Self = Self { mantissa: 1, scale: 0 };

    /// `10^-decimals`.
    pub fn power_of_ten(decimals: u32) -> Result<Self> {
        if decimals > SCALE_MAX {
            return Err(Error::overflow(&format!("an increment with {decimals} decimals")));
        }
        Ok(Self { mantissa: 1, scale: decimals })
    }

    /// The increment with this value, which has to be positive.
    pub fn new(value: Decimal) -> Result<Self> {
        let value = value.normalize();
        let mantissa = i64::try_from(value.mantissa()).map_err(|_| Error::overflow("the increment"))?;
        if mantissa <= 0 {
            return Err(Error::new(Code::InvalidArgument, format!("an increment has to be positive, not {value}")));
        }
        if value.scale() > SCALE_MAX {
            return Err(Error::overflow("the increment"));
        }
        Ok(Self { mantissa, scale: value.scale() })
    }

    /// Numerator of the increment.
    pub const fn mantissa(self) -> i64 {
        self.mantissa
    }

    /// Number of decimals of the increment.
    pub const fn scale(self) -> u32 {
        self.scale
    }

    /// The increment itself.
    pub fn value(self) -> Decimal {
        Decimal::new(self.mantissa, self.scale)
    }

    /// `count` increments, exactly.
    pub fn decimal(self, count: i64) -> Decimal {
        // 63 + 63 bits exceed a Decimal's 96 only for counts no config check lets through; i128 keeps the product exact.
        match count.checked_mul(self.mantissa) {
            Some(units) => Exact::of_units(units, self.scale).into(),
            None => Decimal::from_i128_with_scale(i128::from(count) * i128::from(self.mantissa), self.scale),
        }
    }

    /// `count` increments as the nearest f64: integers are multiplied first and divided once.
    #[inline]
    pub fn f64(self, count: i64) -> f64 {
        (count.wrapping_mul(self.mantissa)) as f64 / POWERS_OF_TEN[self.scale as usize] as f64
    }

    /// How many increments make exactly `value`; `None` if it lies between two of them or does not fit.
    pub fn exact(self, value: Decimal) -> Option<i64> {
        let value = value.normalize();
        if value.scale() > self.scale {
            return None;
        }
        let up = 10i128.checked_pow(self.scale - value.scale())?;
        let scaled = value.mantissa().checked_mul(up)?;
        let mantissa = i128::from(self.mantissa);
        if scaled % mantissa == 0 { i64::try_from(scaled / mantissa).ok() } else { None }
    }

    /// How many increments make a price or a quantity that is asked for; `path` is its field.
    ///
    /// Errors: `INVALID_ARGUMENT` for what is not above zero and for what lies between two increments, `OVERFLOW` beyond [`COUNT_MAX`].
    pub fn count(self, value: Decimal, path: &str) -> Result<i64> {
        if value <= Decimal::ZERO {
            return Err(Error::argument(path, format!("expected a decimal above zero, found {value}")));
        }
        self.count_or(value, Code::InvalidArgument, path)
    }

    /// How many increments make a number of market data, which is taken as it is or not at all; `path` is its field.
    ///
    /// Errors: `INVALID_DATA` for what lies between two increments, `OVERFLOW` beyond [`COUNT_MAX`].
    pub fn count_data(self, value: Decimal, path: &str) -> Result<i64> {
        self.count_or(value, Code::InvalidData, path)
    }

    fn count_or(self, value: Decimal, code: Code, path: &str) -> Result<i64> {
        let most = self.value().checked_mul(COUNT_MAX.into());
        if most.is_some_and(|most| value.abs() > most) {
            return Err(Error::overflow(&value.to_string()).at(path));
        }
        self.exact(value).ok_or_else(|| Error::new(code, format!("{value} is no multiple of {}", self.value())).at(path))
    }

    /// The count nearest to `value`, halves away from zero: how a number given as a price goes on the grid.
    pub fn nearest(self, value: f64) -> Option<i64> {
        let count = (value * POWERS_OF_TEN[self.scale as usize] as f64 / self.mantissa as f64).round();
        (count.abs() <= COUNT_MAX as f64).then_some(count as i64)
    }

    /// The count at or below `value` towards zero: how a number given as a quantity goes on the grid. A number that
    /// is the f64 of a grid value is that value, as in ccxt, which cuts the shortest text.
    pub fn toward_zero(self, value: f64) -> Option<i64> {
        let near = self.nearest(value)?;
        if self.f64(near) == value {
            return Some(near);
        }
        let count = (value * POWERS_OF_TEN[self.scale as usize] as f64 / self.mantissa as f64).trunc();
        Some(if self.f64(count as i64).abs() > value.abs() { count as i64 - value.signum() as i64 } else { count as i64 })
    }

    /// How many increments fit into `value`, rounded toward zero; `None` where that does not fit an `i64`.
    pub fn floor(self, value: Decimal) -> Option<i64> {
        if let Some(count) = self.floor_in_words(value) {
            return Some(count);
        }
        // The division rounds at 28 digits: step back if it rounded up.
        let count = crate::whole(value.checked_div(self.value())?)?;
        Some(if self.decimal(count) > value { count - 1 } else { count })
    }

    /// The same of positive values where 64 bits hold both in units of the smaller one.
    fn floor_in_words(self, value: Decimal) -> Option<i64> {
        let units = u64::try_from(value.mantissa()).ok()?;
        let power = |scale: u32| POWERS_OF_TEN.get(scale as usize).map(|power| *power as u64);
        let units = match value.scale().checked_sub(self.scale) {
            Some(more) => units / power(more)?,
            None => units.checked_mul(power(self.scale - value.scale())?)?,
        };
        i64::try_from(units / self.mantissa as u64).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::str::FromStr;

    fn inc(text: &str) -> Increment {
        Increment::new(Decimal::from_str(text).expect("decimal")).expect("increment")
    }

    #[test]
    fn prices_are_the_nearest_double() {
        let tick = inc("0.01");
        assert_eq!(tick.f64(8_723_201), 87_232.01);
        for count in (8_700_000..8_720_000).step_by(7) {
            let text = tick.decimal(count).to_string();
            assert_eq!(tick.f64(count), text.parse::<f64>().expect("float"), "{text}");
            assert_eq!(tick.nearest(tick.f64(count)), Some(count));
        }
    }

    #[test]
    fn exact_or_nothing() {
        assert_eq!(inc("0.05").exact(Decimal::new(115, 2)), Some(23));
        assert_eq!(inc("0.05").exact(Decimal::new(116, 2)), None);
        assert_eq!(inc("0.05").exact(Decimal::new(1_150, 3)), Some(23));
        assert_eq!(inc("0.05").exact(Decimal::new(1_151, 3)), None);
    }

    #[test]
    fn counts_name_what_is_wrong() {
        let value = |text: &str| Decimal::from_str(text).expect("decimal");
        let tick = inc("0.05");
        assert_eq!((tick.count(value("1.15"), "price"), tick.count_data(value("1.15"), "bid")), (Ok(23), Ok(23)));
        assert_eq!(tick.count_data(Decimal::ZERO, "bid"), Ok(0));
        let most = tick.decimal(COUNT_MAX);
        assert_eq!(tick.count(most, "price"), Ok(COUNT_MAX));
        for (result, code, message) in [
            (tick.count(Decimal::ZERO, "at"), Code::InvalidArgument, "expected a decimal above zero, found 0"),
            (tick.count(value("-1"), "at"), Code::InvalidArgument, "expected a decimal above zero, found -1"),
            (tick.count(value("1.16"), "at"), Code::InvalidArgument, "1.16 is no multiple of 0.05"),
            (tick.count_data(value("1.16"), "at"), Code::InvalidData, "1.16 is no multiple of 0.05"),
            (tick.count(most + tick.value(), "at"), Code::Overflow, "450359962737049.65 does not fit"),
            (tick.count(most + value("0.01"), "at"), Code::Overflow, "450359962737049.61 does not fit"),
            (tick.count_data(-most - tick.value(), "at"), Code::Overflow, "-450359962737049.65 does not fit"),
            // So coarse that no decimal holds the largest count of them.
            (inc("9000000000000000000").count(Decimal::ONE, "at"), Code::InvalidArgument, "1 is no multiple of 9000000000000000000"),
        ] {
            let error = result.expect_err(message);
            assert_eq!((error.code, error.path.as_str()), (code, "at"));
            assert!(error.message.starts_with(message), "{error}");
        }
    }

    #[test]
    fn sizes_go_down_but_not_below_a_grid_value() {
        let lot = inc("0.01");
        assert_eq!(lot.toward_zero(0.29), Some(29)); // 0.29 * 100 is 28.999999999999996
        assert_eq!(lot.toward_zero(0.299_999), Some(29));
        assert_eq!(lot.toward_zero(1e300), None);
        assert_eq!(inc("1").floor(Decimal::new(599, 1)), Some(59));
        assert_eq!(inc("0.001").floor(Decimal::new(12_345, 4)), Some(1_234));
        assert_eq!(inc("0.005").floor(Decimal::new(12_349, 4)), Some(246));
        assert_eq!(inc("0.000001").floor(Decimal::new(9_000_000_000_000_000, 2)), None);
        assert_eq!(inc("0.5").floor(Decimal::MAX), None);
        assert_eq!(inc("2").floor(Decimal::from(u64::MAX)), Some(i64::MAX));
    }
}
