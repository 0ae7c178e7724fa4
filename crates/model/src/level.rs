//! A level of a book.

/// What is displayed at one price of one side, or that nothing is any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BookLevel {
    /// Ticks.
    pub price: i64,
    /// Lots; 0 where the level is gone.
    pub size: i64,
}
