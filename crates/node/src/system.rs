//! Configs: read, checked, and given back in full.

use crate::error::guard;
use haggle_model::init::read_system;
use haggle_model::read::{Field, parse};
use napi::Env;
use napi_derive::napi;

/// Checks a `SystemConfigInit` and gives back its instruments as JSON, names resolved.
#[napi(catch_unwind)]
pub fn check_system(env: Env, text: String) -> napi::Result<String> {
    guard(env, || {
        let value = parse(&text)?;
        let system = read_system(&Field::root(&value))?;
        Ok(haggle_model::config::instruments_json(&system).to_string())
    })
}

/// Barter's JSON of a system as a `SystemConfigInit`.
#[napi(catch_unwind)]
pub fn system_from_barter(env: Env, text: String) -> napi::Result<String> {
    guard(env, || {
        let value = parse(&text)?;
        Ok(haggle_model::config::from_barter(&Field::root(&value))?.to_string())
    })
}

/// A `SystemConfigInit` in barter's JSON.
#[napi(catch_unwind)]
pub fn system_to_barter(env: Env, text: String) -> napi::Result<String> {
    guard(env, || {
        let value = parse(&text)?;
        Ok(haggle_model::config::to_barter(&read_system(&Field::root(&value))?).to_string())
    })
}
