//! Reads the times of a source: in the form that the caller named or that they look like, in the zone that they are of.

use crate::num::Num;
use crate::times::{self, Written};
use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;
use haggle_model::{
    Error, Result,
    time::{MILLISECOND, Nanos, SECOND},
};

/// How times are written.
#[derive(Clone, Debug)]
enum Form {
    /// It shows.
    Seen,
    /// Numbers of units of so many nanoseconds.
    Unit(Nanos),
    /// A pattern as of `strftime`; whether it has an offset.
    Pattern(String, bool),
}

/// Where the wall is that a time without an offset was read from.
#[derive(Clone, Copy, Debug)]
enum Zone {
    Fixed(Nanos),
    Named(Tz),
}

/// Reads one time after the other.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    form: Form,
    zone: Zone,
    /// The last time read: in the hour that comes twice in autumn, time goes on.
    last: Nanos,
}

impl Clock {
    /// A clock for the options `timeFormat` and `timeZone`. Errors: `INVALID_ARGUMENT` and `UNKNOWN_NAME` with their path.
    pub fn new(format: Option<&str>, zone: Option<&str>) -> Result<Self> {
        let form = format.map_or(Ok(Form::Seen), form)?;
        let zone = match zone {
            None | Some("UTC") => Zone::Fixed(0),
            Some(name) => match times::offset(name.as_bytes()) {
                Some(offset) => Zone::Fixed(offset),
                None => Zone::Named(name.parse().map_err(|_| unknown_zone(name))?),
            },
        };
        Ok(Self { form, zone, last: Nanos::MIN })
    }

    /// The time in a cell; the time of day may stand in a cell of its own.
    #[inline]
    pub fn read(&mut self, text: &[u8], time_of_day: Option<&[u8]>) -> Result<Nanos> {
        let written = match (&self.form, time_of_day) {
            (Form::Seen, None) => times::read(text)?,
            (Form::Seen, Some(time)) => joined(text, time)?,
            (Form::Unit(unit), _) => Written::Exact(times::in_units(Num::parse(text)?, *unit)?),
            (Form::Pattern(pattern, has_zone), time) => by_pattern(pattern, *has_zone, text, time)?,
        };
        let time = match (written, self.zone) {
            (Written::Exact(time), _) => time,
            (Written::Wall(wall), Zone::Fixed(offset)) => wall.saturating_sub(offset),
            (Written::Wall(wall), Zone::Named(zone)) => self.in_zone(wall, zone)?,
        };
        self.last = time;
        times::check(time)
    }

    /// A number that came without a text: in the unit that the caller named, else in the one that shows in its size.
    pub fn number(&mut self, number: Num) -> Result<Nanos> {
        match self.form {
            Form::Unit(unit) => times::in_units(number, unit),
            // `20240102` is a date; a number since 1970 of as many digits would be of the seventies.
            Form::Seen if number.scale() == 0 && times::may_be_date(number.mantissa()) => self.read(number.to_string().as_bytes(), None),
            Form::Pattern(..) => self.read(number.to_string().as_bytes(), None),
            Form::Seen => times::from_number(number),
        }
    }

    /// The unit that the caller named, ns.
    pub const fn unit(&self) -> Option<Nanos> {
        if let Form::Unit(unit) = self.form { Some(unit) } else { None }
    }

    fn in_zone(&self, wall: Nanos, zone: Tz) -> Result<Nanos> {
        let naive = DateTime::from_timestamp_nanos(wall).naive_utc();
        let nanos = |time: DateTime<Tz>| time.timestamp_nanos_opt().ok_or_else(|| Error::overflow("the time"));
        match zone.from_local_datetime(&naive) {
            chrono::LocalResult::Single(time) => nanos(time),
            chrono::LocalResult::Ambiguous(first, second) => {
                let first = nanos(first)?;
                if first >= self.last { Ok(first) } else { nanos(second) }
            }
            chrono::LocalResult::None => {
                Err(Error::data(format!("{naive} does not exist in {zone}: the clocks went forward over it")).hint("check timeZone"))
            }
        }
    }
}

fn form(format: &str) -> Result<Form> {
    let unit = match format {
        "s" => SECOND,
        "ms" => MILLISECOND,
        "us" => 1_000,
        "ns" => 1,
        pattern => {
            // `%f` alone counts nanoseconds here, and digits of the fraction everywhere else.
            let pattern = pattern.replace(".%f", "%.f");
            if !pattern.contains('%') || StrftimeItems::new(&pattern).any(|item| item == Item::Error) {
                return Err(Error::argument("timeFormat", format!("'{format}' is neither a unit nor a pattern of a time"))
                    .hint("'s', 'ms', 'us' or 'ns' for numbers, or a pattern like '%d.%m.%Y %H:%M:%S'"));
            }
            let has_zone = ["%z", "%:z", "%::z", "%#z", "%+"].iter().any(|zone| pattern.contains(zone));
            return Ok(Form::Pattern(pattern, has_zone));
        }
    };
    Ok(Form::Unit(unit))
}

fn unknown_zone(name: &str) -> Error {
    let error = Error::unknown("time zone", name, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())).at("timeZone");
    // Six hundred names are no hint.
    if error.hint.starts_with("did") { error } else { error.hint("a name like 'America/New_York', or an offset like '-05:00'") }
}

/// A date and a time of day from two cells.
fn joined(date: &[u8], time: &[u8]) -> Result<Written> {
    let wrong = |text: &[u8]| times::no_time(&String::from_utf8_lossy(text));
    let Written::Wall(midnight) = times::read(date)? else { return Err(wrong(date)) };
    // `0` and `93000`: a number that lost the zeros before it.
    let padded = if time.len() < 6 && time.iter().all(u8::is_ascii_digit) && time.len() != 4 {
        format!("{:0>6}", String::from_utf8_lossy(time))
    } else {
        String::from_utf8_lossy(time).into_owned()
    };
    match times::time_of_day(padded.as_bytes()) {
        Some((since_midnight, [])) => Ok(Written::Wall(midnight + since_midnight)),
        _ => Err(wrong(time)),
    }
}

fn by_pattern(pattern: &str, has_zone: bool, text: &[u8], time: Option<&[u8]>) -> Result<Written> {
    let text = match time {
        Some(time) => format!("{} {}", String::from_utf8_lossy(text), String::from_utf8_lossy(time)),
        None => String::from_utf8_lossy(text).into_owned(),
    };
    let late = || Error::overflow("the time");
    let wrong = |error: chrono::ParseError| Error::data(format!("'{text}' is no time of the form '{pattern}': {error}"));
    if has_zone {
        let time = DateTime::parse_from_str(&text, pattern).map_err(wrong)?;
        return time.timestamp_nanos_opt().map(Written::Exact).ok_or_else(late);
    }
    let wall = NaiveDateTime::parse_from_str(&text, pattern)
        .or_else(|error| NaiveDate::parse_from_str(&text, pattern).map(|date| date.and_time(NaiveTime::MIN)).map_err(|_| error));
    wall.map_err(wrong)?.and_utc().timestamp_nanos_opt().map(Written::Wall).ok_or_else(late)
}

#[cfg(test)]
mod tests {
    use super::*;
    use haggle_model::time::to_rfc3339;

    fn read(format: Option<&str>, zone: Option<&str>, texts: &[&str]) -> Vec<String> {
        let mut clock = Clock::new(format, zone).expect("a clock");
        texts.iter().map(|text| clock.read(text.as_bytes(), None).map_or_else(|error| error.message.clone(), to_rfc3339)).collect()
    }

    #[test]
    fn zones_and_patterns() {
        let new_york = Some("America/New_York");
        assert_eq!(read(None, new_york, &["2024-01-02 09:30", "2024-07-02 09:30"]), ["2024-01-02T14:30:00Z", "2024-07-02T13:30:00Z"]);
        assert_eq!(read(None, Some("-05:00"), &["20240702 093000"]), ["2024-07-02T14:30:00Z"]);
        assert_eq!(
            read(None, new_york, &["2024-01-02T09:30:00Z", "1704187800"]),
            ["2024-01-02T09:30:00Z", "2024-01-02T09:30:00Z"],
            "these say it themselves"
        );
        let autumn = ["2024-11-03 01:30", "2024-11-03 01:45", "2024-11-03 01:15", "2024-11-03 02:00"];
        assert_eq!(
            read(None, new_york, &autumn),
            ["2024-11-03T05:30:00Z", "2024-11-03T05:45:00Z", "2024-11-03T06:15:00Z", "2024-11-03T07:00:00Z"]
        );
        assert!(read(None, new_york, &["2024-03-10 02:30"])[0].contains("does not exist in America/New_York"));
        assert_eq!(read(Some("%m/%d/%Y %I:%M %p"), None, &["01/02/2024 09:30 PM"]), ["2024-01-02T21:30:00Z"]);
        assert_eq!(read(Some("%d/%m/%Y"), None, &["01/02/2024"]), ["2024-02-01T00:00:00Z"]);
        assert_eq!(read(Some("%Y-%m-%d %H:%M:%S.%f"), None, &["2024-01-02 03:04:05.25"]), ["2024-01-02T03:04:05.250Z"]);
        assert_eq!(read(Some("%Y-%m-%d %H:%M:%S %z"), None, &["2024-01-02 03:04:05 +0100"]), ["2024-01-02T02:04:05Z"]);
        assert_eq!(read(Some("ms"), None, &["20240102"]), ["1970-01-01T05:37:20.102Z"]);
        assert_eq!(
            read(Some("%d/%m/%Y"), None, &["2024"])[0],
            "'2024' is no time of the form '%d/%m/%Y': input contains invalid characters"
        );
        let mut clock = Clock::new(None, None).expect("a clock");
        for time in ["09:30", "093000", "93000", "0930", "09:30:00"] {
            assert_eq!(clock.read(b"20240102", Some(time.as_bytes())).map(to_rfc3339).expect(time), "2024-01-02T09:30:00Z");
        }
        let number =
            |number: i64, clock: &mut Clock| Num::new(number, 0).and_then(|number| clock.number(number)).map(to_rfc3339).expect("a time");
        for (given, time) in [
            (20_240_102, "2024-01-02T00:00:00Z"),
            (1_704_187_800_000, "2024-01-02T09:30:00Z"),
            (1_704_187_800, "2024-01-02T09:30:00Z"),
            (5, "1970-01-01T00:00:05Z"),
        ] {
            assert_eq!(number(given, &mut clock), time);
        }
        assert_eq!(number(20_240_102, &mut Clock::new(Some("s"), None).expect("a clock")), "1970-08-23T06:15:02Z");
        assert_eq!(number(12_012_024, &mut Clock::new(Some("%d%m%Y"), None).expect("a clock")), "2024-01-12T00:00:00Z");
        assert_eq!(clock.read(b"2024.01.02", Some(b"0")).map(to_rfc3339).expect("midnight"), "2024-01-02T00:00:00Z");
        assert!(clock.read(b"1704187800", Some(b"09:30")).is_err());
        for (format, zone, path) in
            [(Some("yyyy"), None, "timeFormat"), (Some("%Q"), None, "timeFormat"), (None, Some("Amerika/New_York"), "timeZone")]
        {
            assert_eq!(Clock::new(format, zone).expect_err("wrong").path, path);
        }
    }
}
