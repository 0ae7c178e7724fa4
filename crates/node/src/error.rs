//! Errors as JavaScript sees them, and the guard inside every export.

use crate::js::{Js, Value};
use haggle_batch::caught;
use haggle_engine::Halt;
use haggle_model::Error;
use napi::{Env, Status, sys};

/// Runs the body of an export: an error of ours is thrown with `code`, `path` and `hint`, what a strategy threw stays
/// pending as it is, a panic becomes `BUG`.
pub fn guard<T>(env: Env, body: impl FnOnce() -> Result<T, Halt>) -> napi::Result<T> {
    match caught(body) {
        Ok(value) => Ok(value),
        Err(Halt::Thrown) => Err(pending()),
        Err(Halt::Error(error)) => {
            let js = Js::new(env);
            let value = error_object(&js, &error)?;
            // SAFETY: env is alive during this call, and the value was made in its scope just now.
            unsafe { sys::napi_throw(env.raw(), value.0) };
            Err(pending())
        }
    }
}

/// Tells napi's glue that an exception is pending already.
pub fn pending() -> napi::Error {
    napi::Error::new(Status::PendingException, String::new())
}

/// A JavaScript `Error` with own `code`, `path` and `hint`; the facade makes a `HaggleError` of it.
pub fn error_object(js: &Js, error: &Error) -> napi::Result<Value> {
    let object = js.error(&error.message)?;
    js.set(object, "code", js.text(error.code.as_str())?)?;
    js.set(object, "path", js.text(&error.path)?)?;
    js.set(object, "hint", js.text(&error.hint)?)?;
    Ok(object)
}
