//! Decimals in the bytes of a saved state: sixteen of them, with every digit and the number of decimals.

use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes a decimal.
pub fn serialize<S: Serializer>(value: &Decimal, to: S) -> Result<S::Ok, S::Error> {
    value.serialize().serialize(to)
}

/// Reads a decimal.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Decimal, D::Error> {
    let bytes = <[u8; 16]>::deserialize(from)?;
    // The third byte has the number of decimals, which is taken as it comes.
    if u32::from(bytes[2]) > Decimal::MAX_SCALE {
        return Err(D::Error::custom("a decimal with more decimals than there can be"));
    }
    Ok(Decimal::deserialize(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Money(#[serde(with = "super")] Decimal);

    #[test]
    fn every_digit_comes_back() {
        for text in ["0", "-0.10", "79228162514264337593543950335", "0.0000000000000000000000000001", "-12345.678900"] {
            let value: Decimal = text.parse().expect("a decimal");
            let json = serde_json::to_string(&Money(value)).expect("bytes");
            let back: Money = serde_json::from_str(&json).expect("the same bytes");
            assert_eq!(back.0.to_string(), text);
        }
        assert!(serde_json::from_str::<Money>("[0,0,29,0,0,0,0,0,0,0,0,0,0,0,0,0]").is_err());
    }
}
