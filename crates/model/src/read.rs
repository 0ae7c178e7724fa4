//! Reading configuration: each field knows its path, unknown ones are refused with the nearest name.

pub use crate::error::join;
use crate::time::{MILLISECOND, Nanos, from_rfc3339, parse_duration};
use crate::{Code, Error, Result};
use rust_decimal::Decimal;
use serde_json::{Map, Value};
use std::cell::RefCell;

/// A JSON value and where it stands.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    /// The value.
    pub value: &'a Value,
    /// Its path, as `executions[0].latency_ms`.
    pub path: String,
}

/// A JSON object of which every field has to be asked for before [`Object::finish`].
#[derive(Debug)]
pub struct Object<'a> {
    map: &'a Map<String, Value>,
    path: String,
    asked: RefCell<Vec<&'static str>>,
}

/// Parses a JSON text; numbers keep their digits.
pub fn parse(text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|error| Error::new(Code::InvalidArgument, format!("malformed JSON: {error}")))
}

impl<'a> Field<'a> {
    /// The root of a document.
    pub fn root(value: &'a Value) -> Self {
        Self { value, path: String::new() }
    }

    /// `INVALID_ARGUMENT` at this field.
    pub fn error(&self, message: impl Into<String>) -> Error {
        Error::argument(self.path.clone(), message)
    }

    /// `INVALID_ARGUMENT` at this field, with what stands there.
    pub fn expected(&self, what: &str) -> Error {
        let mut found = self.value.to_string();
        if found.len() > 60 {
            found = found.chars().take(57).chain("...".chars()).collect();
        }
        self.error(format!("expected {what}, found {found}"))
    }

    /// As an object.
    pub fn object(&self) -> Result<Object<'a>> {
        let map = self.value.as_object().ok_or_else(|| self.expected("an object"))?;
        Ok(Object { map, path: self.path.clone(), asked: RefCell::default() })
    }

    /// As a list.
    pub fn list(&self) -> Result<Vec<Self>> {
        let items = self.value.as_array().ok_or_else(|| self.expected("a list"))?;
        Ok(items.iter().enumerate().map(|(i, value)| Self { value, path: format!("{}[{i}]", self.path) }).collect())
    }

    /// As an object with free keys.
    pub fn entries(&self) -> Result<Vec<(&'a str, Self)>> {
        let map = self.value.as_object().ok_or_else(|| self.expected("an object"))?;
        Ok(map.iter().map(|(key, value)| (key.as_str(), Self { value, path: join(&self.path, key) })).collect())
    }

    /// As a text.
    pub fn text(&self) -> Result<&'a str> {
        self.value.as_str().ok_or_else(|| self.expected("a text"))
    }

    /// As true or false.
    pub fn bool(&self) -> Result<bool> {
        self.value.as_bool().ok_or_else(|| self.expected("true or false"))
    }

    /// As a decimal: a number or a text, digit by digit.
    pub fn decimal(&self) -> Result<Decimal> {
        let text = match self.value {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.clone(),
            _ => return Err(self.expected("a decimal")),
        };
        // The parser passes over underscores: `1_000` would be a decimal here, and nowhere else.
        if text.contains('_') {
            let plain = text.replace('_', "");
            return Err(self.expected("a decimal").hint(format!("write '{plain}'")));
        }
        let parsed = Decimal::from_str_exact(&text).or_else(|_| Decimal::from_scientific(&text));
        parsed.map(|value| value.normalize()).map_err(|_| self.expected("a decimal of at most 28 digits"))
    }

    /// As a decimal above zero.
    pub fn positive(&self) -> Result<Decimal> {
        let value = self.decimal()?;
        if value > Decimal::ZERO { Ok(value) } else { Err(self.expected("a decimal above zero")) }
    }

    /// As a decimal not below zero.
    pub fn not_negative(&self) -> Result<Decimal> {
        let value = self.decimal()?;
        if value >= Decimal::ZERO { Ok(value) } else { Err(self.expected("a decimal not below zero")) }
    }

    /// As a whole number not below zero.
    pub fn count(&self) -> Result<u64> {
        self.value.as_u64().ok_or_else(|| self.expected("a whole number not below zero"))
    }

    /// As a duration not below zero: a text like `5s`, or milliseconds.
    pub fn duration(&self) -> Result<Nanos> {
        let nanos = match self.value {
            Value::Number(_) => {
                let nanos = self.decimal()?.checked_mul(MILLISECOND.into()).ok_or_else(|| self.expected("a duration"))?;
                crate::whole(nanos).ok_or_else(|| self.expected("a duration below 292 years"))?
            }
            Value::String(text) => parse_duration(text).map_err(|error| error.at(self.path.clone()))?,
            _ => return Err(self.expected("a duration ('5s', or a number of milliseconds)")),
        };
        if nanos < 0 { Err(self.expected("a duration not below zero")) } else { Ok(nanos) }
    }

    /// As a time: RFC 3339, or nanoseconds since the epoch in a text of digits.
    pub fn time(&self) -> Result<Nanos> {
        let text = self.text()?;
        text.parse::<i64>().or_else(|_| from_rfc3339(text)).map_err(|error| error.at(self.path.clone()))
    }

    /// As one of a closed set of words.
    pub fn choice<T: Copy>(&self, choices: &[(&str, T)]) -> Result<T> {
        let text = self.text()?;
        let found = choices.iter().find(|(word, _)| *word == text);
        found.map(|(_, value)| *value).ok_or_else(|| {
            let words: Vec<_> = choices.iter().map(|(word, _)| format!("'{word}'")).collect();
            self.expected(&format!("one of {}", words.join(", ")))
        })
    }
}

impl<'a> Object<'a> {
    /// The path of the object itself.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A field that may be missing; null counts as missing.
    pub fn get(&self, name: &'static str) -> Option<Field<'a>> {
        self.asked.borrow_mut().push(name);
        self.map.get(name).filter(|value| !value.is_null()).map(|value| Field { value, path: join(&self.path, name) })
    }

    /// A field that has to be there.
    pub fn need(&self, name: &'static str) -> Result<Field<'a>> {
        self.get(name).ok_or_else(|| Error::argument(join(&self.path, name), "is missing"))
    }

    /// Refuses fields that no reader asked for.
    pub fn finish(self) -> Result<()> {
        let asked = self.asked.borrow();
        match self.map.keys().find(|key| !asked.contains(&key.as_str())) {
            Some(key) => Err(Error::unknown("field", key, asked.iter().copied()).at(join(&self.path, key))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_know_their_path() {
        let value = parse(r#"{"a":[{"latency":"-5ms"}],"fes":1}"#).expect("json");
        let object = Field::root(&value).object().expect("object");
        let inner = object.need("a").expect("a").list().expect("list")[0].object().expect("object");
        assert_eq!(inner.need("latency").expect("field").duration().expect_err("negative").path, "a[0].latency");
        object.get("fees");
        let error = object.finish().expect_err("unknown");
        assert_eq!((error.path.as_str(), error.hint.as_str()), ("fes", "did you mean 'fees'?"));
    }

    #[test]
    fn decimals_keep_their_digits() {
        let value = parse("[0.1, \"1e-8\", 1e21, 123456789.123456789]").expect("json");
        let list: Vec<String> =
            Field::root(&value).list().expect("list").iter().map(|f| f.decimal().expect("decimal").to_string()).collect();
        assert_eq!(list, ["0.1", "0.00000001", "1000000000000000000000", "123456789.123456789"]);
    }

    #[test]
    fn decimals_have_no_underscores() {
        let value = parse("\"1_000\"").expect("json");
        let error = Field::root(&value).decimal().expect_err("refused");
        assert_eq!((error.code, error.hint.as_str()), (Code::InvalidArgument, "write '1000'"));
    }
}
