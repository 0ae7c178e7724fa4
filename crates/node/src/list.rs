//! A list from JavaScript whose items are arrays.

use napi::bindgen_prelude::{FromNapiValue, TypeName, ValidateNapiValue};
use napi::{Error, Result, Status, ValueType, sys};
use std::ops::Deref;
use std::ptr;

/// The items of a list, in order.
///
/// Reading an item may run a getter of the caller's, which may take the memory of a typed array away that was read before. So all items
/// are read first; lists, whose own items may have getters, are converted next, and typed arrays last: from then on no JavaScript runs.
pub struct List<T>(Vec<T>);

impl<T> Deref for List<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T> TypeName for List<T> {
    fn type_name() -> &'static str {
        "Array"
    }

    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl<T> ValidateNapiValue for List<T> {}

impl<T: FromNapiValue> FromNapiValue for List<T> {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
        let length = length(env, value)?;
        let items = (0..length).map(|at| item(env, value, at)).collect::<Result<Vec<_>>>()?;
        let mut converted: Vec<Option<T>> = (0..length).map(|_| None).collect();
        for is_list in [true, false] {
            for (slot, item) in converted.iter_mut().zip(&items) {
                if is_array(env, *item)? == is_list {
                    // SAFETY: the item was read in this environment during this call, and its handle is still open.
                    *slot = Some(unsafe { T::from_napi_value(env, *item) }?);
                }
            }
        }
        Ok(Self(converted.into_iter().flatten().collect()))
    }
}

fn length(env: sys::napi_env, list: sys::napi_value) -> Result<u32> {
    if !is_array(env, list)? {
        return Err(Error::new(Status::ArrayExpected, "expected a list"));
    }
    let mut length = 0;
    // SAFETY: the value is a list of this environment.
    check(unsafe { sys::napi_get_array_length(env, list, &raw mut length) })?;
    Ok(length)
}

fn item(env: sys::napi_env, list: sys::napi_value, at: u32) -> Result<sys::napi_value> {
    let mut item = ptr::null_mut();
    // SAFETY: as above; beyond its end a list has `undefined`.
    check(unsafe { sys::napi_get_element(env, list, at, &raw mut item) })?;
    Ok(item)
}

fn is_array(env: sys::napi_env, value: sys::napi_value) -> Result<bool> {
    let mut is_array = false;
    // SAFETY: the value is one of this environment.
    check(unsafe { sys::napi_is_array(env, value, &raw mut is_array) })?;
    Ok(is_array)
}

fn check(status: sys::napi_status) -> Result<()> {
    if status == sys::Status::napi_ok { Ok(()) } else { Err(Error::new(Status::from(status), "Node could not read a list")) }
}
