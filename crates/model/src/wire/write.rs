//! How fields are written where serde's own way is not barter's: for `serialize_with`.
#![allow(clippy::trivially_copy_pass_by_ref, clippy::ref_option, reason = "serde hands fields over by reference")]

use super::tag::number;
use crate::canonical;
use crate::time::{Nanos, to_rfc3339};
use crate::{Balance, Decimal};
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

type Written<S> = Result<<S as Serializer>::Ok, <S as Serializer>::Error>;

/// A decimal, as canonical text.
pub(super) fn decimal<S: Serializer>(value: &Decimal, to: S) -> Written<S> {
    to.serialize_str(&canonical::decimal(*value))
}

/// What barter has as a double.
pub(super) fn double<S: Serializer>(value: &Decimal, to: S) -> Written<S> {
    number(*value).serialize(to)
}

/// A decimal, or null.
pub(super) fn some_decimal<S: Serializer>(value: &Option<Decimal>, to: S) -> Written<S> {
    value.map(canonical::decimal).serialize(to)
}

/// A time, as RFC 3339.
pub(super) fn time<S: Serializer>(value: &Nanos, to: S) -> Written<S> {
    to.serialize_str(&to_rfc3339(*value))
}

/// A time, or null.
pub(super) fn some_time<S: Serializer>(value: &Option<Nanos>, to: S) -> Written<S> {
    value.map(to_rfc3339).serialize(to)
}

/// A count: a number up to the largest that a double holds, text beyond it.
pub(super) fn count<S: Serializer>(value: &u64, to: S) -> Written<S> {
    super::tag::count(*value).serialize(to)
}

/// A list in barter's three forms, each where it fits.
pub(super) fn items<S: Serializer, T: Serialize>(items: &[T], to: S) -> Written<S> {
    match items {
        [] => to.serialize_str("None"),
        [one] => to.serialize_newtype_variant("Items", 0, "One", one),
        many => to.serialize_newtype_variant("Items", 1, "Many", many),
    }
}

/// A balance.
pub(super) fn balance<S: Serializer>(balance: &Balance, to: S) -> Written<S> {
    let mut fields = to.serialize_struct("Balance", 2)?;
    fields.serialize_field("total", &canonical::decimal(balance.total))?;
    fields.serialize_field("free", &canonical::decimal(balance.free))?;
    fields.end()
}

/// Fees in an asset that is not said.
pub(super) fn fees<S: Serializer>(amount: &Decimal, to: S) -> Written<S> {
    let mut fields = to.serialize_struct("AssetFees", 2)?;
    fields.serialize_field("asset", &())?;
    fields.serialize_field("fees", &canonical::decimal(*amount))?;
    fields.end()
}

/// Null, where barter has a type without fields.
pub(super) fn null<S: Serializer>(to: S) -> Written<S> {
    to.serialize_unit()
}

/// A connection was lost: the exchange's name.
pub(super) fn reconnecting<S: Serializer>(exchange: &String, to: S) -> Written<S> {
    to.serialize_newtype_variant("Event", 1, "Reconnecting", exchange)
}
