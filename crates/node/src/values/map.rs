//! Names into indices and back, for the instruments of a system.

use super::with_class;
use crate::error::guard;
use haggle_model::init::read_system;
use haggle_model::read::{Field, parse};
use haggle_model::wire::{Numbering, Translator};
use napi::Env;
use napi_derive::napi;

/// Translates between the two ways in which keys name things.
#[napi(js_name = "NativeExecutionInstrumentMap")]
pub struct ExecutionInstrumentMap {
    names: Translator,
}

#[napi]
impl ExecutionInstrumentMap {
    /// For a `SystemConfigInit`, or one exchange of it. `listed`: an index counts the instruments as they are listed, no matter
    /// barter would make of it.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: Env, system: String, exchange: Option<String>, listed: bool) -> napi::Result<Self> {
        guard(env, || {
            let system = read_system(&Field::root(&parse(&system)?))?;
            let numbering = if listed { Numbering::Config } else { Numbering::Agreed };
            let names = Translator::new(system, numbering, exchange.as_deref()).map_err(|error| error.at("exchange"))?;
            Ok(Self { names })
        })
    }

    /// Both shapes of a value with indices in the place of names.
    #[napi(catch_unwind)]
    pub fn indexed(&self, env: Env, kind: String, text: String) -> napi::Result<Vec<String>> {
        guard(env, || Ok(with_class(&kind, &text, &self.names, false)?))
    }

    /// Both shapes of a value with names in the place of indices.
    #[napi(catch_unwind)]
    pub fn named(&self, env: Env, kind: String, text: String) -> napi::Result<Vec<String>> {
        guard(env, || Ok(with_class(&kind, &text, &self.names, true)?))
    }
}
