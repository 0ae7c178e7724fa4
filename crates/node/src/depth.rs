//! Levels of a book behind the best, read when a strategy asks for them: writing all of them into the shared block for every event would
//! cost more than the event.

use haggle_engine::Engine;
use haggle_model::Side;
use std::cell::Cell;
use std::ptr;

thread_local! {
    /// The engine whose strategy is being called on this thread; null in between.
    static ENGINE: Cell<*const Engine> = const { Cell::new(ptr::null()) };
}

/// Lets JavaScript look into an engine, as long as this lives.
pub struct Shown(*const Engine);

impl Shown {
    /// Shows an engine in the place of another.
    #[inline]
    pub fn of(engine: &Engine) -> Self {
        Self(ENGINE.replace(engine))
    }
}

/// Shows an engine anew: its state has changed since.
#[inline]
pub fn show(engine: &Engine) {
    ENGINE.set(engine);
}

impl Drop for Shown {
    #[inline]
    fn drop(&mut self) {
        ENGINE.set(self.0);
    }
}

/// Price of a level, counted from the best, which is 0, or its size; NaN where there is none, and outside of a callback.
#[napi_derive::napi(catch_unwind)]
pub fn book_level(instrument: u32, is_buy: bool, level: u32, is_size: bool) -> f64 {
    let side = if is_buy { Side::Buy } else { Side::Sell };
    let engine = ENGINE.get();
    // SAFETY: set for the time of a callback only, in which the engine stays where it is and nothing changes it: this thread is in JavaScript.
    let market = unsafe { engine.as_ref() }.and_then(|engine| engine.markets.get(instrument as usize));
    let Some((market, (price, size))) = market.and_then(|market| Some((market, market.level(side, level as usize)?))) else {
        return f64::NAN;
    };
    if is_size { market.spec.lot.f64(size) } else { market.spec.tick.f64(price) }
}
