//! Making JavaScript values by the raw interface: plain objects, texts, and typed arrays copied into V8's own memory
//! (memory of ours would wait for a finalizer, which never runs inside a synchronous loop).

use napi::bindgen_prelude::{FromNapiValue, ToNapiValue, TypeName, ValidateNapiValue};
use napi::{Env, Error, Result, Status, ValueType, sys};
use std::ptr;

/// A JavaScript value, good until the current call returns.
#[derive(Clone, Copy, Debug)]
pub struct Value(pub sys::napi_value);

impl ToNapiValue for Value {
    unsafe fn to_napi_value(_env: sys::napi_env, value: Self) -> Result<sys::napi_value> {
        Ok(value.0)
    }
}

impl FromNapiValue for Value {
    unsafe fn from_napi_value(_env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
        Ok(Self(value))
    }
}

impl TypeName for Value {
    fn type_name() -> &'static str {
        "unknown"
    }

    fn value_type() -> ValueType {
        ValueType::Unknown
    }
}

impl ValidateNapiValue for Value {}

/// Makes values in one environment.
#[derive(Clone, Copy, Debug)]
pub struct Js {
    env: sys::napi_env,
}

fn check(status: sys::napi_status, what: &str) -> Result<()> {
    if status == sys::Status::napi_ok { Ok(()) } else { Err(Error::new(Status::from(status), format!("Node could not make {what}"))) }
}

/// Which typed array.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// `Float64Array`.
    F64 = 8,
    /// `BigInt64Array`.
    I64 = 9,
    /// `Uint8Array`.
    U8 = 1,
    /// `Uint16Array`.
    U16 = 4,
    /// `Uint32Array`.
    U32 = 6,
}

impl Js {
    /// For this environment.
    pub fn new(env: Env) -> Self {
        Self { env: env.raw() }
    }

    /// The environment.
    pub const fn raw(&self) -> sys::napi_env {
        self.env
    }

    /// A text.
    pub fn text(&self, text: &str) -> Result<Value> {
        let mut value = ptr::null_mut();
        // SAFETY: pointer and length are those of a live str; Node copies it.
        check(unsafe { sys::napi_create_string_utf8(self.env, text.as_ptr().cast(), text.len() as isize, &raw mut value) }, "a text")?;
        Ok(Value(value))
    }

    /// A number.
    pub fn number(&self, number: f64) -> Result<Value> {
        let mut value = ptr::null_mut();
        // SAFETY: the environment is alive during the call this was made for.
        check(unsafe { sys::napi_create_double(self.env, number, &raw mut value) }, "a number")?;
        Ok(Value(value))
    }

    /// A bigint.
    pub fn bigint(&self, number: i64) -> Result<Value> {
        let mut value = ptr::null_mut();
        // SAFETY: as above.
        check(unsafe { sys::napi_create_bigint_int64(self.env, number, &raw mut value) }, "a bigint")?;
        Ok(Value(value))
    }

    /// `undefined`.
    pub fn undefined(&self) -> Result<Value> {
        let mut value = ptr::null_mut();
        // SAFETY: as above.
        check(unsafe { sys::napi_get_undefined(self.env, &raw mut value) }, "undefined")?;
        Ok(Value(value))
    }

    /// An empty object.
    pub fn object(&self) -> Result<Value> {
        let mut value = ptr::null_mut();
        // SAFETY: as above.
        check(unsafe { sys::napi_create_object(self.env, &raw mut value) }, "an object")?;
        Ok(Value(value))
    }

    /// An `Error`.
    pub fn error(&self, message: &str) -> Result<Value> {
        let message = self.text(message)?;
        let mut value = ptr::null_mut();
        // SAFETY: as above; a null code is allowed.
        check(unsafe { sys::napi_create_error(self.env, ptr::null_mut(), message.0, &raw mut value) }, "an error")?;
        Ok(Value(value))
    }

    /// A list.
    pub fn list(&self, items: impl IntoIterator<Item = Result<Value>>) -> Result<Value> {
        let mut list = ptr::null_mut();
        // SAFETY: as above.
        check(unsafe { sys::napi_create_array(self.env, &raw mut list) }, "a list")?;
        for (at, item) in items.into_iter().enumerate() {
            // SAFETY: list and item were made in this environment during this call.
            check(unsafe { sys::napi_set_element(self.env, list, at as u32, item?.0) }, "a list")?;
        }
        Ok(Value(list))
    }

    /// Sets a field.
    pub fn set(&self, object: Value, name: &str, value: Value) -> Result<()> {
        let name = self.text(name)?;
        // SAFETY: all three were made in this environment during this call.
        check(unsafe { sys::napi_set_property(self.env, object.0, name.0, value.0) }, "a field")
    }

    /// An object of these fields.
    pub fn record(&self, fields: &[(&str, Value)]) -> Result<Value> {
        let object = self.object()?;
        for (name, value) in fields {
            self.set(object, name, *value)?;
        }
        Ok(object)
    }

    /// A typed array in V8's own memory, with a copy of `items`.
    pub fn array<T: Copy>(&self, kind: Kind, items: &[T]) -> Result<Value> {
        let bytes = size_of_val(items);
        let mut data = ptr::null_mut();
        let mut buffer = ptr::null_mut();
        // SAFETY: Node allocates `bytes` and says where.
        check(unsafe { sys::napi_create_arraybuffer(self.env, bytes, &raw mut data, &raw mut buffer) }, "a buffer")?;
        if bytes > 0 {
            // SAFETY: the new buffer has `bytes` bytes, no other code sees it yet, and T is plain data (Copy) of the array's width.
            unsafe { ptr::copy_nonoverlapping(items.as_ptr().cast::<u8>(), data.cast::<u8>(), bytes) };
        }
        let mut array = ptr::null_mut();
        // SAFETY: offset 0 and the length lie within the buffer made above.
        check(unsafe { sys::napi_create_typedarray(self.env, kind as i32, items.len(), buffer, 0, &raw mut array) }, "a typed array")?;
        Ok(Value(array))
    }
}
