//! Times in data files: RFC 3339, plain dates, and integers whose unit shows in their size.

use crate::num::Num;
use haggle_model::{
    Error, Result,
    time::{DAY, MILLISECOND, Nanos, SECOND, from_rfc3339},
};

/// The earliest time a row may have: the year 1800.
pub(crate) const TIME_MIN: Nanos = -5_364_662_400 * SECOND;
/// The latest time a row may have: the year 2200.
pub(crate) const TIME_MAX: Nanos = 7_258_118_400 * SECOND;

/// Rows that lie this far outside of a range can no longer get into it by a change of stamps.
pub(crate) const RANGE_MARGIN: Nanos = 60 * SECOND;

/// Refuses times no data has.
pub(crate) fn check(time: Nanos) -> Result<Nanos> {
    if (TIME_MIN..=TIME_MAX).contains(&time) {
        Ok(time)
    } else {
        Err(Error::data(format!("the time {time} ns since 1970 is not between the years 1800 and 2200")))
    }
}

/// An integer (or decimal) since the epoch: seconds below 10^11, milliseconds below 10^14, microseconds below 10^17,
/// else nanoseconds. Seconds reach to the year 5138; the finer units are told apart from 1973 on.
pub(crate) fn from_number(number: Num) -> Result<Nanos> {
    let whole = (number.mantissa() / haggle_model::POWERS_OF_TEN[usize::from(number.scale())]).unsigned_abs();
    let unit: i128 = match whole {
        0..100_000_000_000 => 1_000_000_000,
        100_000_000_000..100_000_000_000_000 => 1_000_000,
        100_000_000_000_000..100_000_000_000_000_000 => 1_000,
        _ => 1,
    };
    let nanos = i128::from(number.mantissa()) * unit / i128::from(haggle_model::POWERS_OF_TEN[usize::from(number.scale())]);
    i64::try_from(nanos).map_err(|_| Error::overflow("the time")).and_then(check)
}

/// Milliseconds since the epoch, as JavaScript counts them.
pub(crate) fn from_f64_millis(millis: f64) -> Result<Nanos> {
    if !(millis.is_finite() && millis.abs() < 9e12) {
        return Err(Error::data(format!("{millis} is no time in milliseconds")));
    }
    // The fraction apart: a double has no room for nanoseconds since 1970.
    check(millis.trunc() as i64 * MILLISECOND + (millis.fract() * MILLISECOND as f64).round() as i64)
}

/// RFC 3339, `YYYY-MM-DD[ HH:MM[:SS[.fff]]]` (taken as UTC), or a number as in [`from_number`].
pub(crate) fn parse(text: &str) -> Result<Nanos> {
    let text = text.trim();
    if text.as_bytes().get(4) == Some(&b'-') {
        return parse_calendar(text);
    }
    Num::parse(text.as_bytes()).map_err(|_| bad(text)).and_then(from_number)
}

/// The forms of [`parse`] that are no numbers.
pub(crate) fn parse_calendar(text: &str) -> Result<Nanos> {
    match quick(text.as_bytes()) {
        Some(time) => check(time),
        None => from_rfc3339(&text.replacen(' ', "T", 1)).and_then(check).map_err(|_| bad(text)),
    }
}

fn bad(text: &str) -> Error {
    Error::data(format!("'{text}' is no time"))
        .hint("write RFC 3339, 'YYYY-MM-DD HH:MM:SS' in UTC, or a number since 1970 in s, ms, us or ns")
}

/// The forms that files are full of, in UTC; `None` for everything else.
fn quick(bytes: &[u8]) -> Option<Nanos> {
    let two = |at: usize| match bytes.get(at..at + 2)? {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some(i64::from((a - b'0') * 10 + (b - b'0'))),
        _ => None,
    };
    let is = |at: usize, allowed: &[u8]| bytes.get(at).is_some_and(|b| allowed.contains(b));
    if !(is(4, b"-") && is(7, b"-")) {
        return None;
    }
    let (year, month, day) = (two(0)? * 100 + two(2)?, two(5)?, two(8)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_of_month = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=days_of_month).contains(&day) || !(1700..=2250).contains(&year) {
        return None;
    }
    let midnight = days_since_epoch(year, month, day) * DAY;
    let rest = bytes.strip_suffix(b"Z").unwrap_or(bytes);
    if rest.len() == 10 {
        return Some(midnight);
    }
    if !(is(10, b"T ") && is(13, b":")) {
        return None;
    }
    let (hour, minute) = (two(11)?, two(14)?);
    let second = if rest.len() == 16 { 0 } else { two(17).filter(|_| is(16, b":"))? };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let fraction = match rest.get(19..) {
        None | Some([]) => 0,
        Some([b'.', digits @ ..]) if (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit) => {
            digits.iter().fold(0, |n, d| n * 10 + i64::from(d - b'0')) * haggle_model::POWERS_OF_TEN[9 - digits.len()]
        }
        Some(_) => return None,
    };
    Some(midnight + ((hour * 60 + minute) * 60 + second) * SECOND + fraction)
}

/// Days from 1970-01-01 in the Gregorian calendar, after Howard Hinnant's `days_from_civil`, for years after 0.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted / 400;
    let year_of_era = shifted % 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use haggle_model::time::to_rfc3339;
    use proptest::prelude::*;

    #[test]
    fn reads_what_files_hold() {
        let day = from_rfc3339("2024-08-09").expect("date");
        for text in ["2024-08-09", "2024-08-09 00:00", "2024-08-09 00:00:00", "2024-08-09T00:00:00Z", "2024-08-09T02:00:00+02:00"] {
            assert_eq!(parse(text).expect(text), day, "{text}");
        }
        for text in ["1723161600", "1723161600000", "1723161600000000", "1723161600000000000", "1723161600.000"] {
            assert_eq!(parse(text).expect(text), day, "{text}");
        }
        assert_eq!(parse("1723161600.5").expect("decimal"), day + SECOND / 2);
        assert_eq!(from_f64_millis(1_723_161_600_000.25).expect("float"), day + 250_000);
        for text in ["", "yesterday", "2024-13-01", "2024-02-30", "2024-08-09T25:00:00Z", "9999-01-01"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(from_f64_millis(f64::NAN).is_err());
    }

    proptest! {
        #[test]
        fn agrees_with_chrono(time in TIME_MIN..TIME_MAX) {
            let text = to_rfc3339(time);
            prop_assert_eq!(quick(text.as_bytes()), Some(time));
        }
    }
}
