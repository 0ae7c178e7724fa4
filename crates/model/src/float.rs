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

/// Powers of ten as far as i64 holds them.
pub const POWERS_OF_TEN: [i64; 19] = {
    let mut powers = [1i64; 19];
    let mut i = 1;
    while i < 19 {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

/// Powers of ten as far as f64 holds them exactly.
const EXACT_POWERS: [f64; 23] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

/// Powers of five for every number of decimals.
const FIVES: [u128; 29] = {
    let mut fives = [1; 29];
    let mut i = 1;
    while i < 29 {
        fives[i] = fives[i - 1] * 5;
        i += 1;
    }
    fives
};

/// The f64 nearest to a decimal, half to even: what parsing its text gives, with any number of zeros the text ends with.
pub fn to_f64(value: Decimal) -> f64 {
    quotient(value.mantissa(), value.scale())
}

/// The f64 nearest to `units / 10^scale`, of 96 bits and 28 decimals at most.
#[inline]
pub(crate) fn quotient(units: i128, scale: u32) -> f64 {
    const EXACT_END: u64 = 1 << 53;
    match (i64::try_from(units), EXACT_POWERS.get(scale as usize)) {
        // One division of two numbers that f64 holds rounds once.
        (Ok(units), Some(power)) if units.unsigned_abs() <= EXACT_END => units as f64 / power,
        _ => {
            let size = rounded(units.unsigned_abs(), scale);
            if units < 0 { -size } else { size }
        }
    }
}

/// The same of any units: `units / 5^scale` as a whole number of 62 or 63 bits, whose last one is set where anything was lost, so
/// that the cast rounds as all digits would; then a power of two, which is exact.
fn rounded(units: u128, scale: u32) -> f64 {
    if units == 0 {
        return 0.0;
    }
    let fives = FIVES[scale as usize];
    // Of 5^28, which has 66 bits, 62 more are 128.
    let bits = (128 - fives.leading_zeros()) + 62;
    let up = units.leading_zeros() as i32 - (128 - bits as i32);
    let (number, lost) = if up >= 0 { (units << up, 0) } else { (units >> -up, units << (128 + up)) };
    let (quotient, rest) = (number / fives, number % fives);
    let sticky = (quotient as u64) | u64::from(rest != 0 || lost != 0);
    // 2^-(up + scale): at least 2^-(127 + 28).
    sticky as f64 * f64::from_bits(((1023 - up - scale as i32) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use crate::seed::Stream;
    use rust_decimal::Decimal;

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
            let value: Decimal = text.parse().expect("decimal");
            let (own, library) = (super::normal(value), value.normalize());
            assert_eq!(
                (own.mantissa(), own.scale(), own.is_sign_negative()),
                (library.mantissa(), library.scale(), library.is_sign_negative())
            );
        }
    }

    /// Parsing rounds right, so its f64 is the nearest.
    fn is_nearest(value: Decimal) {
        let nearest: f64 = value.to_string().parse().expect("float");
        assert_eq!(super::to_f64(value).to_bits(), (nearest + 0.0).to_bits(), "{value}");
    }

    #[test]
    fn is_the_nearest() {
        for text in ["0", "0.1", "87232.01", "-0.00000001", "0.1234567890123456789012345678", "123456789.1234567"] {
            is_nearest(text.parse().expect("decimal"));
        }
        for units in [1, -1, (1 << 53) - 1, 1 << 53, (1 << 53) + 1, (1 << 96) - 1, 5i128.pow(28), 2 * 5i128.pow(28) - 1] {
            (0..=28).for_each(|scale| is_nearest(Decimal::from_i128_with_scale(units, scale)));
        }
    }

    #[test]
    fn is_the_nearest_of_random_decimals() {
        let mut random = Stream::new(1, "float", 0);
        for _ in 0..200_000 {
            let units = u128::from(random.next_u64()) << 64 | u128::from(random.next_u64());
            let units = (units >> (32 + random.up_to(95))) as i128;
            let sign = if random.up_to(1) == 0 { 1 } else { -1 };
            is_nearest(Decimal::from_i128_with_scale(sign * units, random.up_to(28) as u32));
        }
    }

    #[test]
    fn goes_to_the_even_one_of_two_that_are_as_near() {
        // (2^53 + 2k + 1) x 5^n / 10^n lies in the middle between two; one unit more or less of twice the digits does not.
        let mut random = Stream::new(2, "float", 0);
        for _ in 0..20_000 {
            let odd = (1i128 << 53) + 2 * i128::from(random.up_to((1 << 40) - 1)) + 1;
            let decimals = random.up_to(16) as u32;
            for (more, scale) in [(0, decimals), (1, decimals + 1), (-1, decimals + 1)] {
                let units = odd * 5i128.pow(decimals) * if scale > decimals { 10 } else { 1 } + more;
                is_nearest(Decimal::from_i128_with_scale(units, scale));
                is_nearest(Decimal::from_i128_with_scale(-units, scale));
            }
        }
    }

    #[test]
    fn zeros_at_the_end_change_nothing() {
        for text in ["123456789.123456789", "0.1", "9007199254740993", "-1234.5678"] {
            let value: Decimal = text.parse().expect("decimal");
            for scale in value.scale()..=value.scale() + 9 {
                let mut longer = value;
                longer.rescale(scale);
                assert_eq!(super::to_f64(longer).to_bits(), super::to_f64(value).to_bits(), "{longer}");
            }
        }
    }
}
