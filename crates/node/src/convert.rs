//! Arguments that several classes take, in the core's terms.

use haggle_model::read::Field;
use haggle_model::time::{MILLISECOND, Nanos};
use haggle_model::{Decimal, Error, Result};
use napi::bindgen_prelude::BigInt;

/// Nanoseconds. Errors: `OVERFLOW` with the path.
pub fn nanos(value: &BigInt, path: &str) -> Result<Nanos> {
    let (nanos, is_exact) = value.get_i64();
    if is_exact { Ok(nanos) } else { Err(Error::overflow("a time").at(path)) }
}

/// A decimal text. Errors: `INVALID_ARGUMENT` or `OVERFLOW` with the path.
pub fn decimal(text: &str, path: &str) -> Result<Decimal> {
    Field { value: &serde_json::Value::String(text.to_owned()), path: path.to_owned() }.decimal()
}

/// The same of one that may be missing.
pub fn optional_decimal(text: Option<String>, path: &str) -> Result<Option<Decimal>> {
    text.map(|text| decimal(&text, path)).transpose()
}

/// When something is due in milliseconds, rounded up; infinite where nothing is.
pub fn due_millis(time: Option<Nanos>) -> f64 {
    time.map_or(f64::INFINITY, |time| (time / MILLISECOND) as f64 + f64::from(u8::from(time % MILLISECOND > 0)))
}
