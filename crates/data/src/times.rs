//! Times in data files: RFC 3339, the dates that files are full of, and numbers whose unit shows in their size.

use crate::num::Num;
use haggle_model::{
    Error, POWERS_OF_TEN, Result,
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
    let whole = (number.mantissa() / POWERS_OF_TEN[usize::from(number.scale())]).unsigned_abs();
    let unit = match whole {
        0..100_000_000_000 => SECOND,
        100_000_000_000..100_000_000_000_000 => MILLISECOND,
        100_000_000_000_000..100_000_000_000_000_000 => 1_000,
        _ => 1,
    };
    in_units(number, unit)
}

/// A number of units, each so many nanoseconds long, since the epoch. Errors: `INVALID_DATA` that says when that would be.
pub(crate) fn in_units(number: Num, unit: Nanos) -> Result<Nanos> {
    let nanos = i128::from(number.mantissa()) * i128::from(unit) / i128::from(POWERS_OF_TEN[usize::from(number.scale())]);
    i64::try_from(nanos).ok().filter(|time| (TIME_MIN..=TIME_MAX).contains(time)).ok_or_else(|| {
        let name = match unit {
            SECOND => "seconds",
            MILLISECOND => "milliseconds",
            1_000 => "microseconds",
            _ => "nanoseconds",
        };
        let year = 1970 + nanos / (i128::from(DAY) * 3_652_425 / 10_000);
        Error::data(format!(
            "'{number}' as {name} since 1970 would be about the year {year}, and no data is from before 1800 or after 2200"
        ))
        .hint("say the unit: timeFormat: 's', 'ms', 'us' or 'ns'")
    })
}

/// Milliseconds since the epoch, as JavaScript counts them.
pub(crate) fn from_f64_millis(millis: f64) -> Result<Nanos> {
    if !(millis.is_finite() && millis.abs() < 9e12) {
        return Err(Error::data(format!("{millis} is no time in milliseconds")));
    }
    // The fraction apart: a double has no room for nanoseconds since 1970.
    check(millis.trunc() as i64 * MILLISECOND + (millis.fract() * MILLISECOND as f64).round() as i64)
}

/// A time as a text has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// With its offset, or a number since 1970: nanoseconds since then in UTC.
    Exact(Nanos),
    /// What a clock on the wall shows: nanoseconds since 1970 if the wall were in Greenwich.
    Wall(Nanos),
}

/// A text that is a time: RFC 3339, a date with or without a time of day (`2024-01-02`, `2024/01/02`, `2024.01.02`, `02.01.2024`,
/// `20240102`; behind a space, `T` or `D` `09:30`, `09:30:00.5`, `093000`, `093000500`), or a number since 1970.
pub(crate) fn read(text: &[u8]) -> Result<Written> {
    let text = text.trim_ascii();
    if let Some(written) = calendar(text).or_else(|| digits(text)) {
        return Ok(written);
    }
    if let Ok(number) = Num::parse(text) {
        return from_number(number).map(Written::Exact);
    }
    let plain = String::from_utf8_lossy(text);
    from_rfc3339(&plain.replacen(' ', "T", 1)).and_then(check).map(Written::Exact).map_err(|_| no_time(&plain))
}

/// The error of a text that is no time.
pub(crate) fn no_time(text: &str) -> Error {
    let is_slashed = text.as_bytes().get(2).or(text.as_bytes().get(1)) == Some(&b'/');
    Error::data(format!("'{text}' is no time")).hint(if is_slashed {
        "day or month first? Say it, for example timeFormat: '%m/%d/%Y %H:%M'"
    } else {
        "write RFC 3339, 'YYYY-MM-DD HH:MM:SS', or a number since 1970 in s, ms, us or ns, or say timeFormat"
    })
}

/// Times that files are full of. `None`: some other form.
fn calendar(text: &[u8]) -> Option<Written> {
    let (days, rest) = date(text)?;
    let midnight = days * DAY;
    let rest = match rest.split_first() {
        None => return Some(Written::Wall(midnight)),
        Some((b' ' | b'T' | b'D', rest)) => rest,
        Some(_) => return None,
    };
    let (since_midnight, rest) = time_of_day(rest)?;
    let wall = midnight + since_midnight;
    match rest {
        [] => Some(Written::Wall(wall)),
        b"Z" | b"z" | b" UTC" | b" GMT" => Some(Written::Exact(wall)),
        zone => Some(Written::Exact(wall - offset(zone.strip_prefix(b" GMT").or(zone.strip_prefix(b" UTC")).unwrap_or(zone))?)),
    }
}

/// Two digits at `at`.
fn two(text: &[u8], at: usize) -> Option<i64> {
    match text.get(at..at + 2)? {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some(i64::from((a - b'0') * 10 + (b - b'0'))),
        _ => None,
    }
}

/// A date at the start: days since 1970, and what follows.
fn date(text: &[u8]) -> Option<(i64, &[u8])> {
    let year_first =
        |year: i64, month: usize, day: usize, end: usize| Some((days(year, two(text, month)?, two(text, day)?)?, &text[end..]));
    match (text.get(2), text.get(4)) {
        // Only with a point the day stands first everywhere; with a slash it depends on the country.
        (Some(b'.'), _) if text.get(5) == Some(&b'.') => {
            let year = two(text, 6)? * 100 + two(text, 8)?;
            Some((days(year, two(text, 3)?, two(text, 0)?)?, &text[10..]))
        }
        (_, Some(sign @ (b'-' | b'/' | b'.'))) if text.get(7) == Some(sign) => year_first(two(text, 0)? * 100 + two(text, 2)?, 5, 8, 10),
        _ if matches!(text.get(8), Some(b' ' | b'T')) => year_first(two(text, 0)? * 100 + two(text, 2)?, 4, 6, 8),
        _ => None,
    }
}

/// Days since 1970 of a date that is in the calendar.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let most = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    let fits = (1..=most).contains(&day) && (1800..2200).contains(&year);
    fits.then(|| days_since_epoch(year, month, day))
}

/// A time of day at the start: nanoseconds since midnight, and what follows.
pub(crate) fn time_of_day(text: &[u8]) -> Option<(Nanos, &[u8])> {
    let is_spaced = text.get(2) == Some(&b':');
    let (hour, minute) = (two(text, 0)?, two(text, if is_spaced { 3 } else { 2 })?);
    let after_minutes = if is_spaced { 5 } else { 4 };
    let (second, mut end) = match text.get(after_minutes) {
        Some(b':') if is_spaced => (two(text, 6)?, 8),
        Some(b'0'..=b'9') if !is_spaced => (two(text, 4)?, 6),
        _ => (0, after_minutes),
    };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut fraction = 0;
    let first = if text.get(end) == Some(&b'.') { end + 1 } else { end };
    let count = text[first..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    // Without a point only milliseconds are usual: `170014647`.
    if (1..=9).contains(&count) && (first > end || (!is_spaced && count == 3)) {
        let digits = text[first..first + count].iter().fold(0, |n, d| n * 10 + i64::from(d - b'0'));
        (fraction, end) = (digits * POWERS_OF_TEN[9 - count], first + count);
    } else if count > 0 || first > end {
        return None;
    }
    Some((((hour * 60 + minute) * 60 + second) * SECOND + fraction, &text[end..]))
}

/// `+02:00`, `-0500` or `+01`, whole.
pub(crate) fn offset(text: &[u8]) -> Option<Nanos> {
    let (sign, rest) = match text.split_first()? {
        (b'+', rest) => (1, rest),
        (b'-', rest) => (-1, rest),
        _ => return None,
    };
    let minutes = match rest.len() {
        2 => 0,
        4 => two(rest, 2)?,
        5 if rest[2] == b':' => two(rest, 3)?,
        _ => return None,
    };
    let hours = two(rest, 0)?;
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60 * SECOND)
}

/// Whether a number has as many digits as dates written in digits alone have.
pub(crate) fn may_be_date(number: i64) -> bool {
    matches!(number.checked_ilog10(), Some(7 | 11 | 13 | 16))
}

/// A date, or a date and a time, in digits alone: 8, 12, 14 or 17 of them that are in the calendar between 1900 and 2100. As
/// numbers since 1970 these would be times of the seventies, or none at all.
fn digits(text: &[u8]) -> Option<Written> {
    if !matches!(text.len(), 8 | 12 | 14 | 17) || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let year = two(text, 0)? * 100 + two(text, 2)?;
    let midnight = days(year, two(text, 4)?, two(text, 6)?)? * DAY;
    let since_midnight = if text.len() == 8 { 0 } else { time_of_day(&text[8..]).filter(|(_, rest)| rest.is_empty())?.0 };
    (1900..2100).contains(&year).then_some(Written::Wall(midnight + since_midnight))
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

    fn utc(text: &str) -> Result<Nanos> {
        read(text.as_bytes()).map(|written| match written {
            Written::Exact(time) | Written::Wall(time) => time,
        })
    }

    #[test]
    fn reads_what_files_hold() {
        let day = from_rfc3339("2024-08-09").expect("date");
        for text in [
            "2024-08-09",
            "2024-08-09 00:00",
            "2024-08-09 00:00:00",
            "2024-08-09T00:00:00Z",
            "2024-08-09T02:00:00+02:00",
            "2024/08/09",
            "2024.08.09 00:00",
            "09.08.2024",
            "09.08.2024 00:00:00.000",
            "09.08.2024 01:00:00.000 GMT+0100",
            "20240809",
            "202408090000",
            "20240809000000",
            "20240809 000000",
            "20240809 000000000",
            "20240809000000000",
            "2024-08-09D00:00:00.000000000",
            "2024-08-08 20:00:00-04:00",
            "2024-08-09 00:00:00 UTC",
        ] {
            assert_eq!(utc(text).expect(text), day, "{text}");
        }
        for text in ["1723161600", "1723161600000", "1723161600000000", "1723161600000000000", "1723161600.000"] {
            assert_eq!(utc(text).expect(text), day, "{text}");
        }
        assert_eq!(utc("1723161600.5").expect("decimal"), day + SECOND / 2);
        assert_eq!(utc("20240809 170014647").expect("ticks"), day + (17 * 3_600 + 14) * SECOND + 647 * MILLISECOND);
        assert_eq!(from_f64_millis(1_723_161_600_000.25).expect("float"), day + 250_000);
        assert!(matches!(read(b"2024-08-09 00:00"), Ok(Written::Wall(_))));
        assert!(matches!(read(b"2024-08-09 00:00Z"), Ok(Written::Exact(_))));
        for text in ["", "yesterday", "2024-13-01", "2024-02-30", "2024-08-09T25:00:00Z", "9999-01-01", "08/09/2024", "99999999999"] {
            assert!(utc(text).is_err(), "{text}");
        }
        assert_eq!(utc("20241301").expect("no date: seconds").div_euclid(DAY), 234);
        assert!(utc("08/09/2024").expect_err("ambiguous").hint.contains("timeFormat"));
        assert!(utc("99999999999").expect_err("late").message.contains("'99999999999' as seconds since 1970 would be about the year 5138"));
        assert!(from_f64_millis(f64::NAN).is_err());
    }

    proptest! {
        #[test]
        fn agrees_with_chrono(time in TIME_MIN..TIME_MAX) {
            let text = to_rfc3339(time);
            prop_assert_eq!(calendar(text.as_bytes()), Some(Written::Exact(time)));
        }

        #[test]
        fn any_bytes_are_a_time_or_an_error(bytes in prop::collection::vec(prop_oneof![b'0'..=b'9', Just(b'-'), Just(b'.'), Just(b':'), Just(b' '), Just(b'/'), any::<u8>()], 0..24)) {
            let _ = read(&bytes);
        }
    }
}
