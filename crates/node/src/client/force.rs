//! What a test makes happen.

use super::MockClient;
use crate::convert::{nanos, optional_decimal};
use crate::error::guard;
use haggle_client::Failing;
use haggle_model::Result;
use haggle_model::wire::Wire;
use napi::Env;
use napi::bindgen_prelude::BigInt;
use napi_derive::napi;

#[napi]
impl MockClient {
    /// Fills an order; fields of the fill.
    #[napi(catch_unwind)]
    pub fn fill_order(&self, env: Env, order: String, quantity: Option<String>, price: Option<String>) -> napi::Result<String> {
        guard(env, || {
            let (price, quantity) = (optional_decimal(price, "price")?, optional_decimal(quantity, "quantity")?);
            Ok(self.client()?.fill_order(self.account, &order, quantity, price)?.view().to_string())
        })
    }

    /// The next orders are refused with this code.
    #[napi(catch_unwind)]
    pub fn reject_next(&self, env: Env, code: String, times: u32) -> napi::Result<()> {
        guard(env, || Ok(self.client()?.reject_next(&code, times)?))
    }

    /// The next requests fail.
    #[napi(catch_unwind)]
    pub fn fail_next(&self, env: Env, failure: String, times: u32, after_effect: bool) -> napi::Result<()> {
        guard(env, || Ok(self.client()?.fail_next(failing(&failure)?, times, after_effect)?))
    }

    /// A share of all requests fails.
    #[napi(catch_unwind)]
    pub fn fail_share(&self, env: Env, failure: String, share: f64, after_effect: bool) -> napi::Result<()> {
        guard(env, || Ok(self.client()?.fail_share(failing(&failure)?, share, after_effect)?))
    }

    /// The next acknowledgements are late.
    #[napi(catch_unwind)]
    pub fn delay_next(&self, env: Env, by: BigInt, times: u32) -> napi::Result<()> {
        guard(env, || Ok(self.client()?.delay_next(nanos(&by, "by")?, times)?))
    }

    /// The next acknowledgements arrive twice.
    #[napi(catch_unwind)]
    pub fn duplicate_next(&self, env: Env, times: u32) -> napi::Result<()> {
        guard(env, || Ok(self.client()?.duplicate_next(times)?))
    }

    /// Breaks the connection.
    #[napi(catch_unwind)]
    pub fn disconnect(&self, env: Env) -> napi::Result<()> {
        guard(env, || Ok(self.client()?.disconnect(self.account)?))
    }

    /// Connects again.
    #[napi(catch_unwind)]
    pub fn reconnect(&self, env: Env) -> napi::Result<()> {
        guard(env, || Ok(self.client()?.reconnect(self.account)?))
    }

    /// Whether there is a connection.
    #[napi(getter, catch_unwind)]
    pub fn is_connected(&self, env: Env) -> napi::Result<bool> {
        guard(env, || Ok(self.client()?.is_connected(self.account)))
    }
}

fn failing(name: &str) -> Result<Failing> {
    Failing::parse(name).map_err(|error| error.at("failure"))
}
