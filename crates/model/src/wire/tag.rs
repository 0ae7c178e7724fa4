//! Variants as barter's serde writes them, and the small containers around values.

use crate::read::{Field, Object, join};
use crate::time::{Nanos, to_rfc3339};
use crate::{Decimal, Error, Result, Side, canonical};
use serde::Serialize;
use serde_json::{Map, Number, Value};

static NULL: Value = Value::Null;

/// Name and value of an externally tagged variant; the value of a bare text is null.
pub(super) fn variant<'a>(field: &Field<'a>, what: &str, known: &[&str]) -> Result<(&'a str, Field<'a>)> {
    let (name, value) = match field.value {
        Value::String(name) => (name.as_str(), &NULL),
        Value::Object(map) if map.len() == 1 => {
            let (name, value) = map.iter().next().ok_or_else(|| Error::bug("an object of one field without a field"))?;
            (name.as_str(), value)
        }
        _ => return Err(field.expected(&format!("{what}: one of {}", known.join(", ")))),
    };
    if !known.contains(&name) {
        return Err(Error::unknown(what, name, known.iter().copied()).at(field.path.clone()));
    }
    Ok((name, Field { value, path: join(&field.path, name) }))
}

/// Refuses a value where a variant has none.
pub(super) fn unit(field: &Field<'_>) -> Result<()> {
    if field.value.is_null() { Ok(()) } else { Err(field.expected("null")) }
}

/// `{"Variant": value}`.
pub(super) fn tagged(name: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), value)]))
}

/// An object of these fields.
pub(super) fn record<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// `map` with `kind` in front: how a variant shows.
pub(super) fn with_kind(kind: &str, map: Map<String, Value>) -> Map<String, Value> {
    let mut whole = record([("kind", kind.into())]);
    whole.extend(map);
    whole
}

/// Adds a field that may be missing.
pub(super) fn add(map: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        map.insert(name.to_owned(), value);
    }
}

/// A decimal as canonical text.
pub(super) fn text(value: Decimal) -> Value {
    canonical::decimal(value).into()
}

/// What barter has as a double: a JSON number, if a double is exactly as good as the decimal, else text. A number with more
/// digits would lose them in every `JSON.parse`.
pub(super) fn number(value: Decimal) -> Value {
    let text = canonical::decimal(value);
    let is_double = text.parse::<f64>().is_ok_and(|double| double.to_string() == text);
    match text.parse::<Number>() {
        Ok(number) if is_double => Value::Number(number),
        _ => text.into(),
    }
}

/// Largest whole number that a double tells from its neighbours.
const SAFE: u64 = (1 << 53) - 1;

/// A count: a JSON number up to the largest that a double holds, text beyond it.
pub(super) fn count(value: u64) -> Value {
    if value <= SAFE { value.into() } else { value.to_string().into() }
}

/// Reads a count in both forms.
pub(super) fn read_count(field: &Field<'_>) -> Result<u64> {
    match field.value.as_str().map(str::parse::<u64>) {
        Some(Ok(count)) => Ok(count),
        _ => field.count(),
    }
}

/// A time as RFC 3339.
pub(super) fn time(value: Nanos) -> Value {
    to_rfc3339(value).into()
}

/// An id: a text that may be empty.
pub(super) fn id(object: &Object<'_>, name: &'static str) -> Result<String> {
    object.need(name)?.text().map(str::to_owned)
}

/// `Buy` or `Sell`, in all the ways that barter reads.
pub(super) fn side(field: &Field<'_>) -> Result<Side> {
    match field.value.as_str() {
        Some("Buy" | "buy" | "BUY" | "b") => Ok(Side::Buy),
        Some("Sell" | "sell" | "SELL" | "s") => Ok(Side::Sell),
        _ => Err(field.expected("'Buy' or 'Sell'")),
    }
}

/// Items, of which a single one may be written without a list. `One(x)` equals `Many([x])`: they say the same; but each is
/// written as it was read.
#[derive(Clone, Debug, Serialize)]
pub enum OneOrMany<T> {
    /// `{"One": x}`.
    One(T),
    /// `{"Many": [...]}`.
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// The items.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::One(item) => std::slice::from_ref(item),
            Self::Many(items) => items,
        }
    }

    /// Reads both forms.
    pub(super) fn read(field: &Field<'_>, item: impl Fn(&Field<'_>) -> Result<T>) -> Result<Self> {
        match variant(field, "variant", &["One", "Many"])? {
            ("One", value) => Ok(Self::One(item(&value)?)),
            (_, value) => Ok(Self::Many(value.list()?.iter().map(item).collect::<Result<_>>()?)),
        }
    }

    /// Goes over the items with the path of each.
    pub(super) fn each(&mut self, path: &str, mut body: impl FnMut(&mut T, &str) -> Result<()>) -> Result<()> {
        match self {
            Self::One(item) => body(item, &join(path, "One")),
            Self::Many(items) => items.iter_mut().enumerate().try_for_each(|(at, item)| body(item, &format!("{path}.Many[{at}]"))),
        }
    }
}

impl<T: PartialEq> PartialEq for OneOrMany<T> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

/// Reads a list in any of barter's three forms: `"None"`, `{"One": x}`, `{"Many": [...]}`.
pub(super) fn read_items<T>(field: &Field<'_>, item: impl Fn(&Field<'_>) -> Result<T>) -> Result<Vec<T>> {
    Ok(match variant(field, "variant", &["None", "One", "Many"])? {
        ("None", value) => unit(&value).map(|()| Vec::new())?,
        ("One", value) => vec![item(&value)?],
        (_, value) => value.list()?.iter().map(item).collect::<Result<_>>()?,
    })
}

/// Goes over such a list with the path of each item.
pub(super) fn each_item<T>(items: &mut [T], path: &str, mut body: impl FnMut(&mut T, &str) -> Result<()>) -> Result<()> {
    match items {
        [one] => body(one, &join(path, "One")),
        many => many.iter_mut().enumerate().try_for_each(|(at, item)| body(item, &format!("{path}.Many[{at}]"))),
    }
}
