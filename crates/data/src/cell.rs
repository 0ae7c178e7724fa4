//! Cells of text tables.

use crate::num::Num;
use crate::options::Decimals;
use haggle_model::{Code, Error, Result, Side};

/// Whether a cell says nothing: empty, or what pandas and SQL write for that.
pub(crate) fn is_missing(text: &[u8]) -> bool {
    matches!(text, b"" | b"NaN" | b"nan" | b"NA" | b"N/A" | b"null" | b"NULL" | b"None" | b"-")
}

/// A number, if there is one.
#[inline]
pub(crate) fn number(text: &[u8], decimals: Decimals) -> Result<Option<Num>> {
    match Num::parse(text) {
        Ok(number) => Ok(Some(number)),
        Err(_) if is_missing(text) => Ok(None),
        Err(error) => match Num::parse_small(text).filter(|_| decimals != Decimals::Exact) {
            None => Err(error),
            found => Ok(found),
        },
    }
}

/// A double as a number; NaN says nothing.
pub(crate) fn double(value: f64, hint: &mut u8, decimals: Decimals) -> Result<Option<Num>> {
    if value.is_nan() {
        return Ok(None);
    }
    match Num::from_f64_loose(value, hint) {
        Err(error) if error.code == Code::Overflow => number(value.to_string().as_bytes(), decimals),
        number => number.map(Some),
    }
}

/// A text, if there is one.
pub(crate) fn text(text: &[u8]) -> Result<Option<&str>> {
    let text = std::str::from_utf8(text).map_err(|error| Error::data(format!("not UTF-8: {error}")))?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// A side: buy or sell in the usual spellings.
pub(crate) fn side(text: &[u8]) -> Result<Option<Side>> {
    match text {
        b"Buy" | b"buy" | b"BUY" | b"b" | b"B" | b"bid" | b"Bid" | b"BID" | b"1" => Ok(Some(Side::Buy)),
        b"Sell" | b"sell" | b"SELL" | b"s" | b"S" | b"ask" | b"Ask" | b"ASK" | b"a" | b"A" | b"-1" => Ok(Some(Side::Sell)),
        b"0" | b"unknown" | b"N" => Ok(None),
        missing if is_missing(missing) => Ok(None),
        other => Err(Error::data(format!("'{}' is no side: it has to be buy or sell", String::from_utf8_lossy(other)))),
    }
}

/// Yes or no.
pub(crate) fn flag(text: &[u8]) -> Result<Option<bool>> {
    match text {
        b"true" | b"True" | b"TRUE" | b"1" => Ok(Some(true)),
        b"false" | b"False" | b"FALSE" | b"0" => Ok(Some(false)),
        missing if is_missing(missing) => Ok(None),
        other => Err(Error::data(format!("'{}' is neither true nor false", String::from_utf8_lossy(other)))),
    }
}

/// The aggressor, from whether the buyer was the maker.
pub(crate) fn buyer_maker(text: &[u8]) -> Result<Option<Side>> {
    Ok(flag(text)?.map(|is_maker| if is_maker { Side::Sell } else { Side::Buy }))
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
