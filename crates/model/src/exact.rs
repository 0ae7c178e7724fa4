//! Exact decimals taken apart, for sums and products that need many steps.

use crate::POWERS_OF_TEN;
use rust_decimal::Decimal;
use std::cmp::Ordering;

/// Units of a [`Decimal`] are below 2^96; the upper one of their two words below this.
const UNITS_END_HIGH: u64 = 1 << 32;
/// More decimals than this a [`Decimal`] cannot have.
const SCALE_MAX: u32 = Decimal::MAX_SCALE;

/// `units / 10^scale`. Sums and products are those of [`Decimal`], to the digit and with the same number of decimals, rounding beyond
/// 28 digits included. What machine words hold is reckoned here, in a tenth of the instructions; the rest is left to `Decimal`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Exact {
    units: i128,
    scale: u32,
}

impl From<Decimal> for Exact {
    #[inline]
    fn from(value: Decimal) -> Self {
        Self { units: value.mantissa(), scale: value.scale() }
    }
}

impl From<Exact> for Decimal {
    #[inline]
    fn from(value: Exact) -> Self {
        let units = value.units.unsigned_abs();
        Self::from_parts(units as u32, (units >> 32) as u32, (units >> 64) as u32, value.units < 0, value.scale)
    }
}

#[allow(clippy::inline_always, reason = "some ten steps a fill, which are shorter than a call with two of these")]
impl Exact {
    /// Zero.
    pub const ZERO: Self = Self { units: 0, scale: 0 };

    /// So many units; `scale` is 28 at most.
    #[inline]
    pub(crate) const fn of_units(units: i64, scale: u32) -> Self {
        Self { units: units as i128, scale }
    }

    /// What both have to fit for a [`Decimal`] to hold them.
    #[inline]
    fn fitting(units: i128, scale: u32) -> Option<Self> {
        // By the upper half alone; the one number more that a Decimal holds is left to it.
        (((units >> 64) as i64).unsigned_abs() < UNITS_END_HIGH && scale <= SCALE_MAX).then_some(Self { units, scale })
    }

    /// Number of decimals.
    #[inline]
    pub const fn scale(self) -> u32 {
        self.scale
    }

    /// The nearest f64, as of [`crate::to_f64`].
    #[inline]
    pub fn to_f64(self) -> f64 {
        crate::float::quotient(self.units, self.scale)
    }

    /// Whether it is zero.
    #[inline]
    pub const fn is_zero(self) -> bool {
        self.units == 0
    }

    /// Whether it is below zero.
    #[inline]
    pub const fn is_negative(self) -> bool {
        self.units < 0
    }

    /// Without its sign.
    #[inline]
    #[must_use]
    pub const fn abs(self) -> Self {
        Self { units: self.units.abs(), scale: self.scale }
    }

    /// With the other sign.
    #[inline]
    #[must_use]
    pub const fn negated(self) -> Self {
        Self { units: -self.units, scale: self.scale }
    }

    /// With the other sign, if `is_negative`.
    #[inline]
    #[must_use]
    pub const fn negated_if(self, is_negative: bool) -> Self {
        if is_negative { self.negated() } else { self }
    }

    /// Both in units of the smaller one, where that fits 127 bits with one to spare.
    #[inline(always)]
    fn aligned(self, other: Self) -> Option<(i128, i128)> {
        let up = |value: Self, scale: u32| -> Option<i128> {
            let power = POWERS_OF_TEN.get((scale - value.scale) as usize)?;
            Some(i128::from(i64::try_from(value.units).ok()?) * i128::from(*power))
        };
        Some(match self.scale.cmp(&other.scale) {
            Ordering::Less => (up(self, other.scale)?, other.units),
            Ordering::Equal => (self.units, other.units),
            Ordering::Greater => (self.units, up(other, self.scale)?),
        })
    }

    /// The sum; `None` where a [`Decimal`] does not hold it.
    #[inline(always)]
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        if self.scale == other.scale
            && let Some(sum) = Self::fitting(self.units.wrapping_add(other.units), self.scale)
        {
            return Some(sum);
        }
        self.plus_other_scale(other)
    }

    #[inline(never)]
    fn plus_other_scale(self, other: Self) -> Option<Self> {
        // As there: what is added to nothing keeps its decimals.
        if self.units == 0 {
            return Some(other);
        }
        if other.units == 0 {
            return Some(self);
        }
        let scale = self.scale.max(other.scale);
        let sum = self.aligned(other).and_then(|(one, two)| Self::fitting(one.wrapping_add(two), scale));
        sum.or_else(|| self.by_decimal(other, Decimal::checked_add))
    }

    /// The sum, if a [`Decimal`] holds all its digits.
    #[inline(always)]
    #[must_use]
    pub fn plus_exactly(self, other: Self) -> Option<Self> {
        // A sum that was rounded has fewer decimals.
        self.plus(other).filter(|sum| sum.scale >= self.scale.max(other.scale) || sum.is_sum_of(self, other))
    }

    #[cold]
    fn is_sum_of(self, one: Self, two: Self) -> bool {
        Decimal::from(self) - Decimal::from(one) == two.into()
    }

    /// The difference; `None` where a [`Decimal`] does not hold it.
    #[inline(always)]
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        self.plus(other.negated())
    }

    /// The product; `None` where a [`Decimal`] does not hold it.
    #[inline(always)]
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        if self.units == 0 || other.units == 0 {
            return Some(Self::ZERO);
        }
        if let (Ok(one), Ok(two)) = (i64::try_from(self.units), i64::try_from(other.units))
            && let Some(product) = Self::fitting(i128::from(one) * i128::from(two), self.scale + other.scale)
        {
            return Some(product);
        }
        self.by_decimal(other, Decimal::checked_mul)
    }

    /// Which is larger.
    #[inline]
    #[must_use]
    pub fn compare(self, other: Self) -> Ordering {
        match self.aligned(other) {
            Some((one, two)) => one.cmp(&two),
            None => Decimal::from(self).cmp(&other.into()),
        }
    }

    /// The larger one; `self` where they are equal.
    #[inline]
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        if self.compare(other).is_lt() { other } else { self }
    }

    #[cold]
    fn by_decimal(self, other: Self, operation: impl Fn(Decimal, Decimal) -> Option<Decimal>) -> Option<Self> {
        operation(self.into(), other.into()).map(Self::from)
    }

    /// `self x part / whole`, half to even at so many decimals; none of the three is negative but `self`, and `whole` is not zero.
    #[must_use]
    pub fn share(self, part: Self, whole: Self, decimals: u32) -> Option<Self> {
        self.share_in_words(part, whole, decimals).or_else(|| {
            let share = share(self.into(), part.into(), whole.into())?;
            Some(share.round_dp(decimals).into())
        })
    }

    /// The same where 64 bits hold each of them, and the product in units of the result fits 128. It rounds once, where the library
    /// divides to 28 digits and rounds that. Without it a run with two orders per hundred rows takes 2 % more instructions, an
    /// order 730 of 17,500.
    fn share_in_words(self, part: Self, whole: Self, decimals: u32) -> Option<Self> {
        let total = u64::try_from(self.units.unsigned_abs()).ok()?;
        let (part_units, whole_units) = (u64::try_from(part.units).ok()?, u64::try_from(whole.units).ok()?);
        let more = (decimals + whole.scale).checked_sub(self.scale + part.scale)?;
        let product = u128::from(total) * u128::from(part_units);
        let product = product.checked_mul(u128::from(POWERS_OF_TEN.get(more as usize)?.unsigned_abs()))?;
        let (share, rest) = divide(product, whole_units)?;
        let is_up = match rest.cmp(&(whole_units - rest)) {
            Ordering::Less => false,
            Ordering::Equal => share % 2 == 1,
            Ordering::Greater => true,
        };
        let share = i128::try_from(share + u128::from(is_up)).ok()?;
        Self::fitting(if self.units < 0 { -share } else { share }, decimals)
    }
}

/// `total x part / whole`, at 28 digits.
pub fn share(total: Decimal, part: Decimal, whole: Decimal) -> Option<Decimal> {
    match total.checked_mul(part) {
        Some(product) => product.checked_div(whole),
        None => part.checked_div(whole)?.checked_mul(total),
    }
}

/// Quotient and rest; mostly all of it fits 64 bits, where one instruction gives both.
#[inline]
fn divide(value: u128, by: u64) -> Option<(u128, u64)> {
    if let Ok(value) = u64::try_from(value) {
        return Some((u128::from(value.checked_div(by)?), value % by));
    }
    let quotient = value.checked_div(u128::from(by))?;
    Some((quotient, (value - quotient * u128::from(by)) as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Stream;

    /// A decimal of up to 96 bits, mostly fewer, with up to 28 decimals, mostly fewer.
    fn number(random: &mut Stream) -> Decimal {
        let bits = [8, 20, 40, 62, 64, 70, 96][random.up_to(6) as usize];
        let units = ((u128::from(random.next_u64()) << 64 | u128::from(random.next_u64())) & ((1 << bits) - 1)) as i128;
        let scale_max = [4, 12, 28][random.up_to(2) as usize];
        let scale = random.up_to(scale_max) as u32;
        Decimal::from_i128_with_scale(if random.up_to(1) == 0 { units } else { -units }, scale)
    }

    fn digits(value: Decimal) -> (i128, u32) {
        (value.mantissa(), value.scale())
    }

    #[test]
    fn is_what_the_library_gives() {
        let mut random = Stream::new(1, "exact", 0);
        for _ in 0..200_000 {
            let (one, two) = (number(&mut random), number(&mut random));
            let (left, right) = (Exact::from(one), Exact::from(two));
            let same = |own: Option<Exact>, library: Option<Decimal>, what: &str| {
                assert_eq!(own.map(|own| digits(own.into())), library.map(digits), "{one} {what} {two}");
            };
            same(left.plus(right), one.checked_add(two), "+");
            same(left.minus(right), one.checked_sub(two), "-");
            same(left.times(right), one.checked_mul(two), "x");
            assert_eq!(left.compare(right), one.cmp(&two), "{one} {two}");
        }
    }

    #[test]
    fn shares_are_rounded_once() {
        let mut random = Stream::new(2, "exact", 0);
        let mut in_words = 0;
        for _ in 0..200_000 {
            let most = [20, 1_000, 1_000_000_000][random.up_to(2) as usize];
            let whole = Decimal::new(1 + random.up_to(most), random.up_to(8) as u32);
            let part = Decimal::new(random.up_to(most), random.up_to(8) as u32);
            let (total, decimals) = (number(&mut random), random.up_to(18) as u32);
            let Some(own) = Exact::from(total).share_in_words(part.into(), whole.into(), decimals) else { continue };
            in_words += 1;
            // A divisor of nine digits leaves no quotient nearer to the middle between two results than the library's digits show,
            // as long as it has some behind them.
            let library = share(total, part, whole).expect("fits");
            if library.trunc().normalize().to_string().len() + decimals as usize + 12 < 28 {
                assert_eq!(Decimal::from(own), library.round_dp(decimals), "{total} x {part} / {whole} at {decimals}");
                assert_eq!(own.scale(), decimals);
            }
        }
        assert!(in_words > 20_000, "{in_words} in words");
    }

    #[test]
    fn a_share_that_words_do_not_hold_is_the_librarys() {
        let (total, part, whole) = (Decimal::MAX, Decimal::ONE, Decimal::from(3));
        assert!(Exact::from(total).share_in_words(part.into(), whole.into(), 0).is_none());
        let own = Exact::from(total).share(part.into(), whole.into(), 0).map(Decimal::from);
        assert_eq!(own, share(total, part, whole).map(|share| share.round_dp(0)));
    }

    #[test]
    fn a_share_between_two_results_is_the_even_one() {
        for (total, even) in [(25, 12), (35, 18), (-25, -12), (26, 13)] {
            let share = Exact::from(Decimal::new(total, 2)).share(Decimal::ONE.into(), Decimal::TWO.into(), 2).expect("fits");
            assert_eq!(digits(share.into()), (even, 2));
        }
    }
}
