//! Seeded random numbers for `ctx.random()`.

use haggle_model::seed::Stream;
use napi::bindgen_prelude::Float64Array;
use napi_derive::napi;

/// One stream: the strategy's, of a run's seed.
#[napi(js_name = "NativeRandom")]
pub struct Random(Stream);

#[napi]
impl Random {
    /// The stream of this seed.
    #[napi(constructor, catch_unwind)]
    pub fn new(seed: f64) -> Self {
        Self(Stream::new(seed as u64, "strategy", 0))
    }

    /// Fills an array with the next numbers from 0 (included) to 1 (left out).
    #[napi(catch_unwind)]
    pub fn fill(&mut self, mut numbers: Float64Array) {
        // SAFETY: JavaScript is waiting in this call, so no other code reads or writes the array, and it is not detached.
        for number in unsafe { numbers.as_mut() } {
            *number = self.0.next_f64();
        }
    }
}
