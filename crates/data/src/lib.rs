//! The market-data store: columnar, shared, immutable; its readers and writers.

mod row;
mod store;

pub use row::{Bar, Row, RowKind, WIDE, Wide};
pub use store::{DataInstrument, LoadReport, Store};
