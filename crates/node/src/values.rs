//! The native classes of orders, events and commands: each holds a value of the core and knows its two shapes.
//!
//! The facade asks `check` for both shapes at once and makes no native object for it: finalizers do not run inside a
//! synchronous loop, so a million objects would wait in memory for its end.

mod map;

use crate::error::guard;
use haggle_model::Result;
use haggle_model::wire::{self, Wire};
use napi::Env;
use napi::bindgen_prelude::ClassInstance;
use napi_derive::napi;

/// Canonical JSON, and the fields that TypeScript shows as JSON.
fn shapes<T: Wire>(value: &T) -> Vec<String> {
    vec![value.to_text(), value.view().to_string()]
}

fn check<T: Wire>(text: &str) -> Result<Vec<String>> {
    T::from_text(text).map(|value| shapes(&value))
}

macro_rules! values {
    ($($(#[$doc:meta])* $name:ident = $js:tt;)*) => {
        $(
            $(#[$doc])*
            #[napi(js_name = $js)]
            pub struct $name {
                value: wire::$name,
            }

            #[napi]
            impl $name {
                /// Both shapes of a JSON text: canonical JSON, and the fields that the facade shows.
                #[napi(catch_unwind)]
                pub fn check(env: Env, text: String) -> napi::Result<Vec<String>> {
                    guard(env, || Ok(check::<wire::$name>(&text)?))
                }

                /// Reads barter's JSON.
                #[napi(factory, catch_unwind)]
                pub fn from_json(env: Env, text: String) -> napi::Result<Self> {
                    guard(env, || Ok(Self { value: wire::$name::from_text(&text)? }))
                }

                /// Writes barter's JSON.
                #[napi(catch_unwind)]
                pub fn to_json(&self, env: Env) -> napi::Result<String> {
                    guard(env, || Ok(self.value.to_text()))
                }

                /// Whether both say the same.
                #[napi(catch_unwind)]
                pub fn equals(&self, env: Env, other: ClassInstance<$name>) -> napi::Result<bool> {
                    let other: &Self = &other;
                    guard(env, || Ok(self.value == other.value))
                }
            }
        )*

        /// Runs `body` with the value of the class with this name.
        fn with_class(class: &str, text: &str, names: &wire::Translator, is_named: bool) -> Result<Vec<String>> {
            fn run<T: Wire>(text: &str, names: &wire::Translator, is_named: bool) -> Result<Vec<String>> {
                let value = T::from_text(text)?;
                Ok(shapes(&if is_named { names.named(&value)? } else { names.indexed(&value)? }))
            }
            match class {
                $(stringify!($name) => run::<wire::$name>(text, names, is_named),)*
                _ => Err(haggle_model::Error::bug(format!("there is no class of values '{class}'"))),
            }
        }
    };
}

values! {
    /// Which order.
    OrderKey = "NativeOrderKey";
    /// A request to open an order.
    OrderRequestOpen = "NativeOrderRequestOpen";
    /// A request to cancel an order.
    OrderRequestCancel = "NativeOrderRequestCancel";
    /// An order reached a state.
    OrderEvent = "NativeOrderEvent";
    /// An order as it stands.
    Order = "NativeOrder";
    /// The answer to a cancel.
    CancelResponse = "NativeCancelResponse";
    /// A balance.
    AssetBalance = "NativeAssetBalance";
    /// An account as a whole.
    AccountSnapshot = "NativeAccountSnapshot";
    /// An own execution.
    Fill = "NativeFill";
    /// What an exchange says about an account.
    AccountEvent = "NativeAccountEvent";
    /// What happened in a market.
    MarketEvent = "NativeMarketEvent";
    /// A command to an engine.
    Command = "NativeCommand";
    /// An input of an engine.
    EngineEvent = "NativeEngineEvent";
    /// A step of an engine.
    AuditTick = "NativeAuditTick";
}
