//! Exact decimals as machine numbers.

use rust_decimal::Decimal;

/// The whole part of a decimal, toward zero; `None` where it does not fit.
pub fn whole(value: Decimal) -> Option<i64> {
    i64::try_from(value.trunc().mantissa()).ok()
}

/// `value` without trailing zeros, as `Decimal::normalize`, which divides words of 32 bits one after the other and is a tenth of
/// what an order costs. Balances, fees and notionals mostly fit 64 bits, where dividing by ten is a multiplication.
pub fn normal(value: Decimal) -> Decimal {
    let mantissa = value.mantissa();
    let Ok(mut digits) = u64::try_from(mantissa.unsigned_abs()) else { return value.normalize() };
    if digits == 0 {
        return Decimal::ZERO;
    }
    let mut scale = value.scale();
    while scale > 0 && digits.is_multiple_of(10) {
        digits /= 10;
        scale -= 1;
    }
    Decimal::from_parts(digits as u32, (digits >> 32) as u32, 0, mantissa < 0, scale)
}

/// Powers of ten up to here are exact as f64.
const EXACT_POWER_MAX: u32 = 22;

/// The nearest f64 where the mantissa fits 53 bits: one division of two exact integers. Else one of the two nearest.
pub fn to_f64(value: Decimal) -> f64 {
    let (mantissa, scale) = (value.mantissa(), value.scale());
    if scale <= EXACT_POWER_MAX {
        return mantissa as f64 / 10f64.powi(scale as i32);
    }
    value.to_string().parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    #[test]
    fn whole_parts() {
        for (text, whole) in [("-1.9", Some(-1)), ("100", Some(100)), ("120.000", Some(120)), ("0.9", Some(0)), ("9223372036854775808", None)] {
            assert_eq!(super::whole(text.parse().expect("decimal")), whole, "{text}");
        }
    }

    #[test]
    fn normal_is_normalized() {
        for text in ["0", "-0.00", "1.50", "-120.000", "1200", "-0.00000001", "18446744073709551616.10", "18446744073.709551610"] {
            let value: rust_decimal::Decimal = text.parse().expect("decimal");
            let (own, library) = (super::normal(value), value.normalize());
            assert_eq!((own.mantissa(), own.scale(), own.is_sign_negative()), (library.mantissa(), library.scale(), library.is_sign_negative()));
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
