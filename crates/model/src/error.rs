//! The one error type. A venue's rejection is an event ([`crate::Reason`]); an impossible request is an [`Error`].

use std::fmt;
use std::ops::{Deref, DerefMut};

/// The closed table of error codes; `src/errors.ts` has the same table, and a test compares the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// A value of the wrong type, sign, range or shape.
    InvalidArgument,
    /// A field, instrument, exchange, strategy or asset that is not known; the nearest name is in the hint.
    UnknownName,
    /// A name that two things answer to.
    AmbiguousName,
    /// Market data that cannot be read or contradicts itself.
    InvalidData,
    /// A number that does not fit; nothing ever wraps or rounds in silence.
    Overflow,
    /// A handle used after `close()`.
    Closed,
    /// A runner called inside a callback of a run, or a request sent outside one.
    Reentrant,
    /// A strategy hook returned a value (a promise, most likely).
    StrategyAsync,
    /// A strategy threw, its module cannot be loaded, or its worker thread ended before the run did.
    StrategyFailed,
    /// Something did not happen in time.
    Timeout,
    /// A part of the API that is not built yet.
    Unsupported,
    /// A strategy kept one instant busy for 100,000 rounds.
    Livelock,
    /// A broken invariant of ours; the message says what to report.
    Bug,
}

impl Code {
    /// Every code, in the order of the table.
    pub const ALL: [Self; 13] = [
        Self::InvalidArgument,
        Self::UnknownName,
        Self::AmbiguousName,
        Self::InvalidData,
        Self::Overflow,
        Self::Closed,
        Self::Reentrant,
        Self::StrategyAsync,
        Self::StrategyFailed,
        Self::Timeout,
        Self::Unsupported,
        Self::Livelock,
        Self::Bug,
    ];

    /// Whether it is about the request, and not about the one that answers it.
    pub const fn is_input(self) -> bool {
        matches!(self, Self::InvalidArgument | Self::InvalidData | Self::UnknownName | Self::AmbiguousName)
    }

    /// The text that JavaScript sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidArgument => "INVALID_ARGUMENT",
            Self::UnknownName => "UNKNOWN_NAME",
            Self::AmbiguousName => "AMBIGUOUS_NAME",
            Self::InvalidData => "INVALID_DATA",
            Self::Overflow => "OVERFLOW",
            Self::Closed => "CLOSED",
            Self::Reentrant => "REENTRANT",
            Self::StrategyAsync => "STRATEGY_ASYNC",
            Self::StrategyFailed => "STRATEGY_FAILED",
            Self::Timeout => "TIMEOUT",
            Self::Unsupported => "UNSUPPORTED",
            Self::Livelock => "LIVELOCK",
            Self::Bug => "BUG",
        }
    }
}

/// What went wrong, where, and what to do about it. One pointer wide, so that a result of the hot loop fits a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Details>);

/// The fields of an [`Error`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// Which kind of error.
    pub code: Code,
    /// One sentence for a person.
    pub message: String,
    /// The field it is about, as `executions[0].latency_ms`; empty where there is none.
    pub path: String,
    /// What to do about it; empty where nothing better than the message is known.
    pub hint: String,
}

/// A result with the crate's own error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error without path and hint.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Details { code, message: message.into(), path: String::new(), hint: String::new() }))
    }

    /// `INVALID_ARGUMENT` at a path.
    pub fn argument(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Code::InvalidArgument, message).at(path)
    }

    /// `INVALID_DATA`.
    pub fn data(message: impl Into<String>) -> Self {
        Self::new(Code::InvalidData, message)
    }

    /// `OVERFLOW`, naming what did not fit.
    pub fn overflow(what: &str) -> Self {
        Self::new(Code::Overflow, format!("{what} does not fit: it needs more digits than an exact number here has"))
    }

    /// `BUG`.
    pub fn bug(what: impl fmt::Display) -> Self {
        Self::new(Code::Bug, format!("haggle broke an invariant of its own: {what}"))
            .hint("please report this with the seed and the version in the result")
    }

    /// The same error with the path of the field.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// The same error of something that stands at `path`: its own path goes on from there.
    #[must_use]
    pub fn within(self, path: &str) -> Self {
        let inner = join(path, &self.path);
        let path = if self.path.is_empty() { path.to_owned() } else { inner };
        self.at(path)
    }

    /// The same error with a remedy.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// An unknown name with the nearest of those that exist, if one is near.
    pub fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        let error = Self::new(Code::UnknownName, format!("unknown {what} '{name}'"));
        match nearest(name, &known) {
            Some(near) => error.hint(format!("did you mean '{near}'?")),
            None if known.is_empty() => error,
            None => error.hint(format!("known: {}", known.join(", "))),
        }
    }
}

/// The path of `name` below `path`.
pub fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The known name nearest to `name`, if a typing mistake could explain the difference.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let lower = name.to_lowercase();
    known
        .iter()
        .map(|k| (strsim::damerau_levenshtein(&lower, &k.to_lowercase()), *k))
        .min()
        .filter(|(distance, k)| *distance <= 1 + k.len().min(name.len()) / 3)
        .map(|(_, k)| k)
}

impl Deref for Error {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl DerefMut for Error {
    fn deref_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        if !self.hint.is_empty() {
            write!(f, " ({})", self.hint)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_nearest() {
        let error = Error::unknown("field", "latncy", ["fees", "latency", "account"]);
        assert_eq!(error.hint, "did you mean 'latency'?");
        assert_eq!(Error::unknown("field", "zzz", ["fees", "latency"]).hint, "known: fees, latency");
        assert_eq!(error.at("a[0]").to_string(), "a[0]: unknown field 'latncy' (did you mean 'latency'?)");
    }
}
