//! The version of the addon.

use napi_derive::napi;

/// The version that this addon was built as. The loader refuses an addon of another version than the package's.
#[napi(catch_unwind)]
pub fn version() -> &'static str {
    haggle_backtest::VERSION
}
