//! Work on threads of our own, settled as a promise. Not libuv's four threads, and not napi's `AsyncTask`, in which a
//! panic ends the process.

use crate::error::error_object;
use crate::js::{Js, Value};
use haggle_batch::caught;
use haggle_engine::Halt;
use haggle_model::Error;
use napi::{Env, Result};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What makes the value of a promise, on the thread that JavaScript runs on.
pub type Settle = Box<dyn FnOnce(Env) -> Result<Value> + Send>;

/// Settles a promise, from any thread.
pub type Settler<T> = Box<dyn FnOnce(std::result::Result<T, Halt>) + Send>;

/// A promise, and what settles it from any thread: it resolves with what `convert` makes of the result, or with an `Error` object,
/// which the facade throws, so that every error is made on the thread that JavaScript runs on.
pub fn promise<T: Send + 'static>(env: Env, convert: impl FnOnce(&Js, T) -> Result<Value> + Send + 'static) -> Result<(Settler<T>, Value)> {
    let (deferred, promise) = env.create_deferred::<Value, Settle>()?;
    let settle = move |outcome: std::result::Result<T, Halt>| {
        deferred.resolve(Box::new(move |env| {
            let js = Js::new(env);
            match outcome {
                Ok(value) => convert(&js, value),
                Err(Halt::Error(error)) => error_object(&js, &error),
                Err(Halt::Thrown) => error_object(&js, &Error::bug("a thread without JavaScript threw")),
            }
        }));
    };
    Ok((Box::new(settle), Value(napi::JsValue::raw(&promise))))
}

/// Runs `work` on a thread, and settles a promise with its result.
pub fn spawn<T: Send + 'static>(
    env: Env,
    work: impl FnOnce() -> std::result::Result<T, Halt> + Send + 'static,
    convert: impl FnOnce(&Js, T) -> Result<Value> + Send + 'static,
) -> Result<Value> {
    let (settle, promise) = promise(env, convert)?;
    let thread = thread::Builder::new().name("haggle".to_owned());
    let spawned = thread.spawn(move || settle(caught(work)));
    spawned.map_err(|error| napi::Error::from_reason(format!("no thread could be started: {error}")))?;
    Ok(promise)
}

/// Flags of the jobs of one isolate: set when it ends, so that a terminated worker leaves no thread running.
static STOPS: Mutex<Vec<(usize, std::sync::Weak<AtomicBool>)>> = Mutex::new(Vec::new());

/// A flag that stops a job: set by the caller, or when the job's environment ends.
pub fn stop_flag(env: Env) -> Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    let key = env.raw() as usize;
    let mut stops = STOPS.lock().unwrap_or_else(PoisonError::into_inner);
    stops.retain(|(_, stop)| stop.strong_count() > 0);
    let is_first = !stops.iter().any(|(other, _)| *other == key);
    stops.push((key, Arc::downgrade(&flag)));
    drop(stops);
    if is_first {
        env.add_env_cleanup_hook(key, |key| {
            let stops = STOPS.lock().unwrap_or_else(PoisonError::into_inner);
            for stop in stops.iter().filter(|(other, _)| *other == key).filter_map(|(_, stop)| stop.upgrade()) {
                stop.store(true, Ordering::Relaxed);
            }
        })?;
    }
    Ok(flag)
}
