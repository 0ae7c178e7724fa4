//! What time it is for a system.

use haggle_model::time::Nanos;
use std::time::{SystemTime, UNIX_EPOCH};

/// Who moves a system's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// The time of day.
    #[default]
    Wall,
    /// Its caller.
    Manual,
}

/// The time of day in UTC nanoseconds; 0 where the machine's clock stands before 1970.
pub fn time_of_day() -> Nanos {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Nanos::try_from(since.as_nanos()).unwrap_or(Nanos::MAX - 1)
}
