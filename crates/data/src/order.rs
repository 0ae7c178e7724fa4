//! Sorting by time, stably.

use crate::store::Store;
use haggle_model::time::Nanos;

/// The order of opens that a reader finds without being told.
pub(crate) fn open_order(store: &Store) -> Vec<u32> {
    let mut opens: Vec<u32> = (0..store.bars.len() as u32).collect();
    sort_by_time(&mut opens, |bar| store.bars[bar as usize].time_open);
    opens
}

/// `0..len` sorted stably by `time`.
pub(crate) fn stable_order(len: usize, time: impl Fn(usize) -> Nanos) -> Vec<u32> {
    let mut order: Vec<u32> = (0..len as u32).collect();
    sort_by_time(&mut order, |at| time(at as usize));
    order
}

/// Sorts stably by time. Market data is nearly in order, each row at most some hundred places from its own: sorting
/// windows that overlap by half then does it within the cache, and what is left over goes to the general sort.
pub(crate) fn sort_by_time(places: &mut [u32], time: impl Fn(u32) -> Nanos) {
    for start in (0..places.len()).step_by(WINDOW) {
        let end = places.len().min(start + 2 * WINDOW);
        let window = &mut places[start..end];
        if !window.is_sorted_by_key(|at| time(*at)) {
            window.sort_by_key(|at| time(*at));
        }
    }
    if !places.is_sorted_by_key(|at| time(*at)) {
        places.sort_by_key(|at| time(*at));
    }
}

/// Half of what is sorted at once.
const WINDOW: usize = 512;
