//! Times are UTC nanoseconds since the epoch, durations nanoseconds.

use crate::{Code, Error, Result};
use chrono::{DateTime, SecondsFormat, Utc};

/// UTC nanoseconds since the epoch: 1677 to 2262.
pub type Nanos = i64;
/// A thousandth of a second.
pub const MILLISECOND: Nanos = 1_000_000;
/// A second.
pub const SECOND: Nanos = 1_000_000_000;
/// An hour.
pub const HOUR: Nanos = 3_600 * SECOND;
/// A day.
pub const DAY: Nanos = 24 * HOUR;
/// Later than every event.
pub const NEVER: Nanos = Nanos::MAX;

/// RFC 3339 with `Z` and as many fractional digits (0, 3, 6 or 9) as needed.
pub fn to_rfc3339(time: Nanos) -> String {
    DateTime::<Utc>::from_timestamp_nanos(time).to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Reads RFC 3339, and a plain `YYYY-MM-DD` as its midnight UTC.
pub fn from_rfc3339(text: &str) -> Result<Nanos> {
    let bad = || Error::new(Code::InvalidArgument, format!("'{text}' is no RFC 3339 time between 1677 and 2262"));
    if text.len() == 10 && text.is_ascii() {
        return chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()
            .and_then(|date| date.and_hms_opt(0, 0, 0))
            .and_then(|midnight| midnight.and_utc().timestamp_nanos_opt())
            .ok_or_else(bad);
    }
    DateTime::parse_from_rfc3339(text).ok().and_then(|time| time.timestamp_nanos_opt()).ok_or_else(bad)
}

/// Reads `5s`, `250ms`, `1.5h`: ns, us, ms, s, m, h, d.
pub fn parse_duration(text: &str) -> Result<Nanos> {
    let bad = || {
        Error::new(Code::InvalidArgument, format!("'{text}' is no duration")).hint("write '250ms', '5s', '1h', or a number of milliseconds")
    };
    let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-')).ok_or_else(bad)?;
    let unit = match &text[digits..] {
        "ns" => 1,
        "us" => 1_000,
        "ms" => MILLISECOND,
        "s" => SECOND,
        "m" => 60 * SECOND,
        "h" => HOUR,
        "d" => DAY,
        _ => return Err(bad()),
    };
    let count: rust_decimal::Decimal = text[..digits].parse().map_err(|_| bad())?;
    count.checked_mul(unit.into()).and_then(crate::whole).ok_or_else(|| Error::overflow("the duration"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips() {
        for text in ["2025-03-25T23:07:00.773674205Z", "1970-01-01T00:00:00Z", "2025-01-01T00:00:00.500Z"] {
            assert_eq!(to_rfc3339(from_rfc3339(text).expect("time")), text);
        }
        assert_eq!(from_rfc3339("2004-08-19").expect("date"), from_rfc3339("2004-08-19T00:00:00Z").expect("time"));
        assert!(from_rfc3339("yesterday").is_err());
    }

    #[test]
    fn durations() {
        assert_eq!(parse_duration("250ms").expect("ok"), 250 * MILLISECOND);
        assert_eq!(parse_duration("1.5h").expect("ok"), 90 * 60 * SECOND);
        assert!(parse_duration("5 parsecs").is_err());
        assert!(parse_duration("100000000000d").is_err());
    }
}
