//! Exact decimals as machine numbers.

use rust_decimal::Decimal;

/// The whole part of a decimal, toward zero; `None` where it does not fit.
pub fn whole(value: Decimal) -> Option<i64> {
    i64::try_from(value.trunc().mantissa()).ok()
}

/// `value` without trailing zeros, as `Decimal::normalize`, which divides words of 32 bits one after the other and is a tenth of
/// what an order costs. Balances, fees and notionals mostly fit 64 bits, where dividing by ten is a multiplication.
pub fn normal(value: Decimal) -> Decimal {
    let parts = value.unpack();
    if parts.hi != 0 {
        return value.normalize();
    }
    let mut digits = u64::from(parts.mid) << 32 | u64::from(parts.lo);
    if digits == 0 {
        return Decimal::ZERO;
    }
    let mut scale = parts.scale;
    if scale == 0 || !digits.is_multiple_of(10) {
        return value;
    }
    while scale > 0 && digits.is_multiple_of(10) {
        digits /= 10;
        scale -= 1;
    }
    Decimal::from_parts(digits as u32, (digits >> 32) as u32, 0, parts.negative, scale)
}

/// `units / 10^scale`, as of [`to_f64`].
#[inline]
pub(crate) fn quotient(units: i128, scale: u32) -> f64 {
    match EXACT_POWERS.get(scale as usize) {
        Some(power) => nearest(units) / power,
        None => Decimal::from_i128_with_scale(units, scale).to_string().parse().unwrap_or(f64::NAN),
    }
}

/// The f64 nearest to 96 bits and a sign, as the cast, which takes 60 instructions.
#[inline]
fn nearest(value: i128) -> f64 {
    if let Ok(value) = i64::try_from(value) {
        return value as f64;
    }
    // The first 64 bits, the last of them set where anything was lost, round as all of them do.
    let units = value.unsigned_abs();
    let lost = 64 - units.leading_zeros();
    let top = (units >> lost) as u64 | u64::from(units & ((1 << lost) - 1) != 0);
    let size = top as f64 * (1u64 << lost) as f64;
    if value < 0 { -size } else { size }
}

/// Powers of ten as far as f64 holds them exactly.
const EXACT_POWERS: [f64; 23] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

/// The nearest f64 where the mantissa fits 53 bits: one division of two exact integers. Else one of the two nearest.
pub fn to_f64(value: Decimal) -> f64 {
    quotient(value.mantissa(), value.scale())
}

#[cfg(test)]
mod tests {
    #[test]
    fn whole_parts() {
        for (text, whole) in
            [("-1.9", Some(-1)), ("100", Some(100)), ("120.000", Some(120)), ("0.9", Some(0)), ("9223372036854775808", None)]
        {
            assert_eq!(super::whole(text.parse().expect("decimal")), whole, "{text}");
        }
    }

    #[test]
    fn normal_is_normalized() {
        for text in ["0", "-0.00", "1.50", "-120.000", "1200", "-0.00000001", "18446744073709551616.10", "18446744073.709551610"] {
            let value: rust_decimal::Decimal = text.parse().expect("decimal");
            let (own, library) = (super::normal(value), value.normalize());
            assert_eq!(
                (own.mantissa(), own.scale(), own.is_sign_negative()),
                (library.mantissa(), library.scale(), library.is_sign_negative())
            );
        }
    }

    #[test]
    fn casts_as_the_cast() {
        for value in
            (63..96).flat_map(|bit| [1i128 << bit, (1 << bit) - 1, (1 << bit) + 1, (1 << bit) + (1 << (bit - 53)), (3 << bit) / 2 + 1])
        {
            for value in [value, -value, value + (value >> 53), value + (value >> 53) + 1, value + (value >> 54) + 1] {
                assert_eq!(super::nearest(value).to_bits(), (value as f64).to_bits(), "{value}");
            }
        }
    }

    #[test]
    fn is_the_nearest() {
        for text in ["0.1", "87232.01", "-0.00000001", "0.1234567890123456789012345678", "123456789.1234567"] {
            let value: rust_decimal::Decimal = text.parse().expect("decimal");
            assert_eq!(super::to_f64(value).to_bits(), text.parse::<f64>().expect("float").to_bits(), "{text}");
        }
    }

    #[test]
    fn is_beside_the_nearest_where_53_bits_do_not_hold_it() {
        for text in ["79228162514264.337593543950335", "123456789.123456789123", "-9999999999999999.99"] {
            let value: rust_decimal::Decimal = text.parse().expect("decimal");
            let nearest: f64 = text.parse().expect("float");
            assert!(super::to_f64(value).to_bits().abs_diff(nearest.to_bits()) <= 1, "{text}");
        }
    }
}
