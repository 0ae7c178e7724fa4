//! The native class behind what all runs of a batch share.

use crate::columns;
use crate::error::guard;
use crate::js::{Js, Value};
use crate::market_data::{MarketData, napi_failed};
use crate::tickets::Tickets;
use haggle_backtest::{Constant, Prepared, Tiling};
use haggle_model::read::{Field, parse};
use haggle_model::time::Nanos;
use haggle_model::{Code, Error, Result};
use napi::Env;
use napi::bindgen_prelude::ClassInstance;
use napi_derive::napi;
use std::cell::RefCell;
use std::sync::Arc;

static TICKETS: Tickets<Prepared> = Tickets::new();

/// Data and config, joined and checked: what all runs of a batch share.
#[napi(js_name = "NativePrepared")]
pub struct PreparedData {
    prepared: RefCell<Option<Arc<Prepared>>>,
}

impl PreparedData {
    /// The prepared data, unless it was closed.
    pub fn get(&self) -> Result<Arc<Prepared>> {
        self.prepared.borrow().clone().ok_or_else(|| Error::new(Code::Closed, "the prepared data was closed"))
    }
}

#[napi]
impl PreparedData {
    /// Joins market data and config; every error of either comes out here, before anything runs.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: Env, data: ClassInstance<MarketData>, constant: String, passes: u32, period: f64) -> napi::Result<Self> {
        guard(env, || {
            let value = parse(&constant)?;
            let constant = Constant::read(&Field::root(&value))?;
            let tiling = Tiling { passes: passes.max(1), period: period as Nanos };
            Ok(Self { prepared: RefCell::new(Some(Arc::new(Prepared::new(constant, data.store()?, tiling)?))) })
        })
    }

    /// Names and increments that a strategy and the tables of a result need.
    #[napi(catch_unwind, ts_return_type = "object")]
    pub fn names(&self, env: Env) -> napi::Result<Value> {
        guard(env, || columns::names(&Js::new(env), &self.get()?.setup, "").map_err(napi_failed))
    }

    /// Market rows of a run.
    #[napi(catch_unwind)]
    pub fn rows(&self, env: Env) -> napi::Result<f64> {
        guard(env, || Ok(self.get()?.rows() as f64))
    }

    /// A ticket for other threads, good while this object is open.
    #[napi(catch_unwind)]
    pub fn share(&self, env: Env) -> napi::Result<u32> {
        guard(env, || Ok(TICKETS.issue(&self.get()?, false)?))
    }

    /// Lets go of data and config: a finalizer would come too late for a loop of runs.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        *self.prepared.borrow_mut() = None;
    }
}

/// The same prepared data on another thread; nothing is joined or copied.
#[napi(catch_unwind)]
pub fn attach_prepared(env: Env, ticket: u32) -> napi::Result<PreparedData> {
    guard(env, || {
        let prepared =
            TICKETS.redeem(ticket).ok_or_else(|| Error::new(Code::Closed, format!("no prepared data is behind the ticket {ticket}")))?;
        Ok(PreparedData { prepared: RefCell::new(Some(prepared)) })
    })
}
