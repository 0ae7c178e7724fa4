//! Cells of text tables.

use crate::num::Num;
use haggle_model::{Error, Result, Side};

/// Whether a cell says nothing: empty, or what pandas and SQL write for that.
pub(crate) fn is_missing(text: &str) -> bool {
    matches!(text, "" | "NaN" | "nan" | "NA" | "null" | "NULL" | "None")
}

/// A number, if there is one.
pub(crate) fn number(text: &str) -> Result<Option<Num>> {
    if is_missing(text) { Ok(None) } else { Num::parse(text.as_bytes()).map(Some) }
}

/// A double as a number; NaN says nothing.
pub(crate) fn double(value: f64, hint: &mut u8) -> Result<Option<Num>> {
    if value.is_nan() { Ok(None) } else { Num::from_f64_loose(value, hint).map(Some) }
}

/// A side: buy or sell in the usual spellings.
pub(crate) fn side(text: &str) -> Result<Option<Side>> {
    match text {
        "Buy" | "buy" | "BUY" | "b" | "B" | "bid" | "Bid" | "BID" | "1" => Ok(Some(Side::Buy)),
        "Sell" | "sell" | "SELL" | "s" | "S" | "ask" | "Ask" | "ASK" | "-1" => Ok(Some(Side::Sell)),
        "0" | "unknown" | "N" => Ok(None),
        missing if is_missing(missing) => Ok(None),
        _ => Err(Error::data(format!("'{text}' is no side: it has to be buy or sell"))),
    }
}

/// The aggressor, from whether the buyer was the maker.
pub(crate) fn buyer_maker(text: &str) -> Result<Option<Side>> {
    match text {
        "true" | "True" | "TRUE" | "1" => Ok(Some(Side::Sell)),
        "false" | "False" | "FALSE" | "0" => Ok(Some(Side::Buy)),
        missing if is_missing(missing) => Ok(None),
        _ => Err(Error::data(format!("'{text}' is neither true nor false"))),
    }
}

/// A side from a number: above zero bought, below zero sold, zero not known.
pub(crate) fn side_of_number(sign: f64) -> Option<Side> {
    if sign > 0.0 {
        Some(Side::Buy)
    } else if sign < 0.0 {
        Some(Side::Sell)
    } else {
        None
    }
}
