//! Where a run stands in its store, with what it reads.

use super::needed::Skimmer;
use crate::clock::Cursor;
use crate::prepare::Prepared;
use haggle_data::Store;
use haggle_model::time::Nanos;

/// Where a run stands in its store.
#[derive(Debug)]
pub struct Reader {
    pub at_exchange: Cursor,
    pub at_engine: Cursor,
    pub opens: Cursor,
    /// Whether the next row at its exchange is applied there already, and what it did not yet noted.
    pub is_applied: bool,
    /// Whether the exchanges have nothing to do, and are behind the engine.
    pub is_behind: bool,
    /// How long every request travels at least.
    pub request_min: Nanos,
    pub skimmer: Skimmer,
    /// Rows before this are known to leave every account equity, until the next fill.
    pub safe_until: Nanos,
    pub look_ahead: usize,
}

/// A reader with what it reads, for the time of a call.
pub struct Reading<'a> {
    pub reader: &'a mut Reader,
    pub prepared: &'a Prepared,
    pub store: &'a Store,
}
