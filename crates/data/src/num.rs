//! Exact decimals as data files write them: an `i64` mantissa and a number of decimals.

use haggle_model::{Error, POWERS_OF_TEN, Result};
use std::cmp::Ordering;

/// The most decimals a number may have.
pub(crate) const DECIMALS_MAX: u8 = 18;
/// Counts stay at or below this, so that a sum or a difference of two of them fits as well.
pub(crate) const COUNT_LIMIT: i64 = 1_000_000_000_000_000_000;
/// An exact decimal, `mantissa / 10^scale`, without trailing zeros after the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Num {
    mantissa: i64,
    scale: u8,
}

impl Num {
    /// Zero.
    pub const ZERO: Self = Self { mantissa: 0, scale: 0 };

    /// `mantissa / 10^scale`. Errors: `OVERFLOW` beyond 18 decimals or 63 bits.
    pub fn new(mantissa: i64, scale: u8) -> Result<Self> {
        let (mut mantissa, mut scale) = (mantissa, scale);
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        if mantissa == 0 {
            scale = 0;
        }
        if scale > DECIMALS_MAX || mantissa == i64::MIN {
            return Err(Error::overflow("the number"));
        }
        Ok(Self { mantissa, scale })
    }

    /// From the parts of [`Self::mantissa`] and [`Self::scale`], which are known to be in lowest terms.
    pub(crate) const fn from_parts(mantissa: i64, scale: u8) -> Self {
        Self { mantissa, scale }
    }

    /// The digits, without the point.
    pub const fn mantissa(self) -> i64 {
        self.mantissa
    }

    /// Digits after the point; the last of them is not zero.
    pub const fn scale(self) -> u8 {
        self.scale
    }

    /// -1, 0 or 1.
    pub const fn signum(self) -> i64 {
        self.mantissa.signum()
    }

    /// Compares the values.
    #[inline]
    pub fn compare(self, other: Self) -> Ordering {
        if self.scale == other.scale {
            return self.mantissa.cmp(&other.mantissa);
        }
        // Nearly always there is room.
        let up = POWERS_OF_TEN[usize::from(self.scale.abs_diff(other.scale))];
        if self.scale < other.scale {
            if let Some(mantissa) = self.mantissa.checked_mul(up) {
                return mantissa.cmp(&other.mantissa);
            }
        } else if let Some(mantissa) = other.mantissa.checked_mul(up) {
            return self.mantissa.cmp(&mantissa);
        }
        let scale = self.scale.max(other.scale);
        let lift = |n: Self| i128::from(n.mantissa) * i128::from(POWERS_OF_TEN[usize::from(scale - n.scale)]);
        lift(self).cmp(&lift(other))
    }

    /// The value in units of `10^-scale`, if it is a whole number of them.
    #[inline]
    pub(crate) fn count(self, scale: u8) -> Option<i64> {
        let count = match scale.checked_sub(self.scale) {
            Some(0) => self.mantissa,
            Some(up) => self.mantissa.checked_mul(POWERS_OF_TEN[usize::from(up)])?,
            None => {
                let down = POWERS_OF_TEN[usize::from(self.scale - scale)];
                (self.mantissa % down == 0).then_some(self.mantissa / down)?
            }
        };
        (count.unsigned_abs() <= COUNT_LIMIT.unsigned_abs()).then_some(count)
    }

    /// The digits after the point that the value needs, or `enough` if that many do.
    #[inline]
    pub(crate) fn scale_beyond(self, enough: u8) -> u8 {
        if self.scale <= enough { enough } else { self.strip_to(enough) }
    }

    #[cold]
    fn strip_to(self, enough: u8) -> u8 {
        let (mut mantissa, mut scale) = (self.mantissa, self.scale);
        while scale > enough && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        scale
    }

    /// Reads `[+-]digits[.digits][e[+-]digits]`, exactly: never through a binary float.
    pub fn parse(text: &[u8]) -> Result<Self> {
        match Self::parse_quick(text) {
            Some(number) => Ok(number),
            None => Self::parse_any(text),
        }
    }

    fn parse_any(text: &[u8]) -> Result<Self> {
        let bad = || Error::data(format!("'{}' is no decimal number", String::from_utf8_lossy(text)));
        let (negative, digits) = match text.split_first() {
            Some((b'-', rest)) => (true, rest),
            Some((b'+', rest)) => (false, rest),
            _ => (false, text),
        };
        let overflow = || Error::overflow(&format!("'{}'", String::from_utf8_lossy(text)));
        let (mut mantissa, mut scale, mut zeros) = (0i64, 0i32, 0u32);
        let (mut point, mut seen) = (false, false);
        let mut end = digits.len();
        for (at, byte) in digits.iter().enumerate() {
            match byte {
                // A zero after the point counts only once another digit follows it.
                b'0' if point => (seen, zeros) = (true, zeros + 1),
                b'0'..=b'9' => {
                    seen = true;
                    let shift = if mantissa == 0 { 1 } else { POWERS_OF_TEN.get(zeros as usize + 1).copied().ok_or_else(overflow)? };
                    mantissa = mantissa.checked_mul(shift).and_then(|m| m.checked_add(i64::from(byte - b'0'))).ok_or_else(overflow)?;
                    if point {
                        scale = scale.saturating_add(zeros as i32 + 1);
                        zeros = 0;
                    }
                }
                b'.' if !point => point = true,
                b'e' | b'E' if seen => {
                    end = at;
                    break;
                }
                _ => return Err(bad()),
            }
        }
        if !seen {
            return Err(bad());
        }
        if end < digits.len() {
            let exponent: i32 = std::str::from_utf8(&digits[end + 1..]).ok().and_then(|e| e.parse().ok()).ok_or_else(bad)?;
            scale = scale.saturating_sub(exponent);
        }
        if mantissa == 0 {
            return Ok(Self::ZERO);
        }
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        if scale < 0 {
            let up = POWERS_OF_TEN.get(scale.unsigned_abs() as usize).ok_or_else(overflow)?;
            mantissa = mantissa.checked_mul(*up).ok_or_else(overflow)?;
            scale = 0;
        }
        if scale > i32::from(DECIMALS_MAX) {
            return Err(overflow());
        }
        Ok(Self { mantissa: if negative { -mantissa } else { mantissa }, scale: scale as u8 })
    }

    /// The number without the noise that sums of doubles leave: of 16 or 17 digits, which no market has, those that are a short
    /// number once the last ones are rounded away. `None`: there is no noise.
    pub(crate) fn without_noise(self) -> Option<Self> {
        let digits = self.mantissa.unsigned_abs().checked_ilog10().map_or(0, |log| log + 1);
        if self.scale == 0 || !(16..=17).contains(&digits) {
            return None;
        }
        let cut = digits - 15;
        let clean = Self::new(self.rounded_by(cut), self.scale.checked_sub(cut as u8)?).ok()?;
        (clean.mantissa.unsigned_abs() < 1_000_000_000_000).then_some(clean)
    }

    /// A number with more decimals than there is room for, all of whose last ones are noise: `0.00044782999999999997`.
    pub(crate) fn parse_small(text: &[u8]) -> Option<Self> {
        let decimals = text.strip_prefix(b"0.")?;
        let zeros = decimals.iter().take_while(|digit| **digit == b'0').count();
        let digits = &decimals[zeros..];
        if decimals.len() <= usize::from(DECIMALS_MAX) || !(16..=17).contains(&digits.len()) || zeros > 15 {
            return None;
        }
        // As many times ten as there are zeros: the noise is the same.
        let larger = Self::parse([b"0.", digits].concat().as_slice()).ok()?.without_noise()?;
        let scale = larger.scale + zeros as u8;
        (scale <= DECIMALS_MAX).then_some(Self { mantissa: larger.mantissa, scale })
    }

    /// The shortest decimal of the 32-bit float that this is, if it is one; else at most eight decimals. `None`: it is so already.
    pub(crate) fn rounded(self) -> Option<Self> {
        if self.mantissa.unsigned_abs() < 1_000_000_000 || self.scale < 5 {
            return None;
        }
        let double: f64 = self.to_string().parse().ok()?;
        let single = double as f32;
        let found = if f64::from(single) == double {
            Self::parse(single.to_string().as_bytes()).ok()
        } else {
            self.without_noise().or_else(|| {
                let cut = u32::from(self.scale).checked_sub(8).filter(|cut| *cut > 0)?;
                Self::new(self.rounded_by(cut), 8).ok()
            })
        };
        found.filter(|found| *found != self)
    }

    /// The mantissa without its last digits, rounded half away from zero.
    fn rounded_by(self, digits: u32) -> i64 {
        let unit = POWERS_OF_TEN[digits as usize];
        let (whole, rest) = (self.mantissa / unit, self.mantissa % unit);
        if rest.abs() >= unit / 2 { whole + rest.signum() } else { whole }
    }

    /// Digits and a point, nothing else: at most 18 digits. `None`: [`Self::parse`] has to look.
    #[inline]
    fn parse_quick(text: &[u8]) -> Option<Self> {
        if text.len() > 19 {
            return None;
        }
        // As many digits as there is room for: nothing wraps.
        let add = |mantissa: i64, digit: u8| mantissa.wrapping_mul(10).wrapping_add(i64::from(digit));
        let (mut mantissa, mut at) = (0i64, 0);
        while let Some(digit) = text.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
            mantissa = add(mantissa, digit);
            at += 1;
        }
        match text.get(at) {
            None if (1..19).contains(&at) => return Some(Self { mantissa, scale: 0 }),
            Some(b'.') if text.len() > 1 => {}
            _ => return None,
        }
        // Files write zeros to a fixed width.
        let mut fraction = &text[at + 1..];
        while let [rest @ .., b'0'] = fraction {
            fraction = rest;
        }
        for byte in fraction {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            mantissa = add(mantissa, digit);
        }
        Some(Self { mantissa, scale: fraction.len() as u8 })
    }

    /// The shortest decimal that reads back as `value`. `hint` is the number of decimals that fitted the last number
    /// of the same column.
    pub fn from_f64(value: f64, hint: &mut u8) -> Result<Self> {
        let loose = Self::from_f64_loose(value, hint)?;
        Self::new(loose.mantissa, loose.scale)
    }

    /// As [`Self::from_f64`], but the number may have zeros at its end, as many as make it `hint` decimals: dividing
    /// them away costs more than all the rest, and [`Self::scale_beyond`] finds out the few times when it matters.
    ///
    /// Two decimals of at most 15 digits never share a double, so one of them that gives `value` is the shortest.
    #[inline]
    pub(crate) fn from_f64_loose(value: f64, hint: &mut u8) -> Result<Self> {
        match fit(value, *hint) {
            Some(0) => Ok(Self::ZERO),
            Some(mantissa) => Ok(Self { mantissa, scale: *hint }),
            None => Self::from_unlike(value, hint),
        }
    }

    /// A double that does not have the decimals of those before it.
    #[cold]
    fn from_unlike(value: f64, hint: &mut u8) -> Result<Self> {
        if !value.is_finite() {
            return Err(Error::data(format!("{value} is no finite number")));
        }
        for scale in 0..=15 {
            if let Some(mantissa) = fit(value, scale) {
                *hint = scale.max(*hint);
                return Self::new(mantissa, scale);
            }
        }
        Self::parse(format!("{value}").as_bytes())
    }
}

impl std::fmt::Display for Num {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unit = POWERS_OF_TEN[usize::from(self.scale)].unsigned_abs();
        let (whole, rest) = (self.mantissa.unsigned_abs() / unit, self.mantissa.unsigned_abs() % unit);
        let sign = if self.mantissa < 0 { "-" } else { "" };
        match self.scale {
            0 => write!(f, "{sign}{whole}"),
            scale => write!(f, "{sign}{whole}.{rest:0width$}", width = usize::from(scale)),
        }
    }
}

/// The mantissa of `value` with `scale` decimals, where it has at most 15 digits and gives this very double.
#[inline]
#[expect(clippy::float_cmp)]
fn fit(value: f64, scale: u8) -> Option<i64> {
    let power = POWERS_OF_TEN[usize::from(scale)] as f64;
    let product = value * power;
    // A mantissa that passes is nearer than 0.3 to the product, so a half more, cut, is the nearest integer.
    let mantissa = (product + 0.5f64.copysign(product)) as i64;
    (product.abs() < 1e15 && mantissa as f64 / power == value).then_some(mantissa)
}

/// Refuses what is not above zero; the error's path is the field.
pub(crate) fn positive(value: Num, path: &str) -> Result<()> {
    if value.signum() > 0 { Ok(()) } else { Err(Error::data(format!("the {path} has to be above zero")).at(path)) }
}

/// Refuses what is below zero.
pub(crate) fn not_negative(value: Num, path: &str) -> Result<()> {
    if value.signum() >= 0 { Ok(()) } else { Err(Error::data(format!("the {path} is negative")).at(path)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use haggle_model::{Code, Decimal};
    use proptest::prelude::*;

    fn num(text: &str) -> Num {
        Num::parse(text.as_bytes()).expect(text)
    }

    #[test]
    fn reads_decimal_text() {
        assert_eq!(num("87232.00000000"), Num::from_parts(87_232, 0));
        assert_eq!(num("0.00120"), Num::from_parts(12, 4));
        assert_eq!(num("-1.5"), Num::from_parts(-15, 1));
        assert_eq!(num("1e-7"), Num::from_parts(1, 7));
        assert_eq!(num("1.25E+3"), Num::from_parts(1_250, 0));
        assert_eq!(num("100.0"), Num::from_parts(100, 0));
        assert_eq!(num("0.0000000000000000000000"), Num::ZERO);
        assert_eq!(num("1000.5"), Num::from_parts(10_005, 1));
        assert_eq!(num(".5"), Num::from_parts(5, 1));
        for text in ["", ".", "-", "1.2.3", "abc", "1e", "NaN", "e5", "1 "] {
            assert_eq!(Num::parse(text.as_bytes()).expect_err(text).code, Code::InvalidData, "{text}");
        }
        for text in ["1e19", "0.0000000000000000001", "12345678901234567890", "1e-400", "1e400"] {
            assert_eq!(Num::parse(text.as_bytes()).expect_err(text).code, Code::Overflow, "{text}");
        }
    }

    #[test]
    fn noise_is_what_doubles_leave() {
        for (noisy, clean) in [
            ("1.8275937099999997", "1.82759371"),
            ("9899.999999999998", "9900"),
            ("203.14900000000003", "203.149"),
            ("-1.1370200000000001", "-1.13702"),
        ] {
            assert_eq!(num(noisy).without_noise(), Some(num(clean)), "{noisy}");
        }
        assert_eq!(Num::parse_small(b"0.00044782999999999997"), Some(num("0.00044783")));
        for kept in ["0.0001234567891234567", "1e-19", "0.00000000000000000001", "x"] {
            assert_eq!(Num::parse_small(kept.as_bytes()), None, "{kept}");
        }
        for kept in ["1.000000000000000001", "0.1234567890123456", "120.5", "1234567890123456", "256.53147567397895"] {
            assert_eq!(num(kept).without_noise(), None, "{kept}");
        }
        for (given, round) in [("185.63999938964844", "185.64"), ("256.53147567397895", "256.53147567"), ("203.14900000000003", "203.149")]
        {
            assert_eq!(num(given).rounded(), Some(num(round)), "{given}");
        }
        assert_eq!(num("0.12345678").rounded(), None);
        assert_eq!(["-0.05", "12", "0", "1.50"].map(|text| num(text).to_string()), ["-0.05", "12", "0", "1.5"]);
    }

    proptest! {
        #[test]
        fn text_agrees_with_rust_decimal(mantissa in -COUNT_LIMIT..COUNT_LIMIT, scale in 0u32..=18) {
            let decimal = Decimal::new(mantissa, scale);
            let read = num(&decimal.to_string());
            prop_assert_eq!(Decimal::new(read.mantissa, u32::from(read.scale)), decimal);
            prop_assert_eq!(u32::from(read.scale), if mantissa == 0 { 0 } else { decimal.normalize().scale() });
        }

        #[test]
        fn doubles_become_their_shortest_text(value in -1e12f64..1e12, decimals in 0i32..12, hint in 0u8..9) {
            let short = (value * 10f64.powi(decimals)).round() / 10f64.powi(decimals);
            for value in [value, short] {
                if let Ok(expected) = Num::parse(format!("{value}").as_bytes()) {
                    prop_assert_eq!(Num::from_f64(value, &mut hint.clone()).expect("finite"), expected);
                }
            }
        }
    }
}
