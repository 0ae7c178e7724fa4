//! Exact decimals as f64, for what is looked at.

use rust_decimal::Decimal;

/// The nearest f64: one division of two exact integers where both fit 53 bits, else by way of the text.
pub fn to_f64(value: Decimal) -> f64 {
    let (mantissa, scale) = (value.mantissa(), value.scale());
    if mantissa.unsigned_abs() <= 1 << 53 && scale <= 22 {
        return mantissa as f64 / 10f64.powi(scale as i32);
    }
    value.to_string().parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    #[test]
    fn is_the_nearest() {
        for text in ["0.1", "87232.01", "-0.00000001", "79228162514264.337593543950335", "123456789.123456789123"] {
            let value: rust_decimal::Decimal = text.parse().expect("decimal");
            assert_eq!(super::to_f64(value).to_bits(), text.parse::<f64>().expect("float").to_bits(), "{text}");
        }
    }
}
