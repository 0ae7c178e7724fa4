//! Native back-tests on threads: one to its end, or [many](Batch) over the same data. The run itself is `backtest`'s; the wall clock and the
//! threads are here.

mod batch;
mod native;

pub use batch::{Batch, Done, Waiter};
pub use native::{caught, native_strategy, run_native};
