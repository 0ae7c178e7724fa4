//! Market data that a client replays, on its grid.

use haggle_data::Store;
use haggle_model::Feed;
use haggle_model::time::Nanos;
use std::sync::Arc;

/// A store on the client's grid.
#[derive(Debug)]
pub struct Replayed {
    /// As it was given, to know it again.
    pub given: Arc<Store>,
    pub store: Arc<Store>,
    /// By instrument of the store: its place here, and what its data consist of.
    pub markets: Vec<(usize, Feed)>,
    /// By bar: its instrument in the store.
    pub bars: Vec<u16>,
    /// By instrument of the store: its shortest bar, and whether its bars have volumes.
    pub periods: Vec<(Option<Nanos>, bool)>,
    /// By bar: whether it only informs.
    pub informing: Vec<bool>,
}
