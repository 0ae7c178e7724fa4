//! The native class behind many native runs on threads.

use crate::error::{error_object, guard};
use crate::job;
use crate::js::{Js, Value};
use crate::list::List;
use crate::market_data::napi_failed;
use crate::prepared::PreparedData;
use crate::run::{Signal, read_dynamic};
use haggle_batch::Done;
use napi::Env;
use napi::bindgen_prelude::ClassInstance;
use napi_derive::napi;

/// Number and outcome by turns: a flat list is the cheapest to make and to read.
fn list(js: &Js, done: Vec<Done>) -> napi::Result<Value> {
    let items = done.into_iter().flat_map(|(number, result)| {
        let outcome = match result {
            Ok(summary) => js.text(&summary),
            Err(error) => error_object(js, &error),
        };
        [js.number(f64::from(number)), outcome]
    });
    js.list(items)
}

/// Native runs over the same data, on threads of their own.
#[napi(js_name = "NativeBatch")]
pub struct Batch {
    batch: haggle_batch::Batch,
}

#[napi]
impl Batch {
    /// A batch without runs; threads start as they are needed.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: Env, prepared: ClassInstance<PreparedData>, threads: u32, enough: u32) -> napi::Result<Self> {
        guard(env, || {
            let stop = job::stop_flag(env).map_err(napi_failed)?;
            Ok(Self { batch: haggle_batch::Batch::new(prepared.get()?, threads as usize, enough as usize, stop) })
        })
    }

    /// Checks a run's arguments and puts it in line.
    #[napi(catch_unwind)]
    pub fn push(
        &self,
        env: Env,
        number: u32,
        dynamic: String,
        #[napi(ts_arg_type = "(Uint8Array | Float64Array)[]")] signals: List<Signal>,
    ) -> napi::Result<()> {
        guard(env, || {
            let dynamic = read_dynamic(&dynamic, self.batch.prepared(), &signals)?;
            Ok(self.batch.push(number, dynamic)?)
        })
    }

    /// Resolves with results, number and summary (or error object) by turns: once there are enough, or all.
    #[napi(catch_unwind, ts_return_type = "Promise<(number | string | Error)[]>")]
    pub fn wait(&self, env: Env) -> napi::Result<Value> {
        guard(env, || {
            let (settle, promise) = job::promise(env, list).map_err(napi_failed)?;
            self.batch.on_ready(Box::new(move |done| settle(Ok(done))));
            Ok(promise)
        })
    }

    /// The same without a promise: this thread waits.
    #[napi(catch_unwind, ts_return_type = "(number | string | Error)[]")]
    pub fn wait_sync(&self, env: Env) -> napi::Result<Value> {
        guard(env, || list(&Js::new(env), self.batch.wait()).map_err(napi_failed))
    }

    /// Market rows applied by all runs so far.
    #[napi(getter, catch_unwind)]
    pub fn done(&self) -> f64 {
        self.batch.rows() as f64
    }

    /// Stops what runs, forgets what waits, ends the threads.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.batch.close();
    }
}
