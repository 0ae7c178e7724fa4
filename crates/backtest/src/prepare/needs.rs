//! What a market at an exchange comes from, of all the rows gone by.

/// What has not been seen yet of an instrument, looking back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// A quote with both sides: all before it is forgotten, but for the last price.
    pub book: bool,
    /// A print, or the close of a bar.
    pub last: bool,
    /// The open of a bar.
    pub open: bool,
}

impl Needs {
    /// How many rows of a pass are looked for.
    pub const fn count(self) -> u32 {
        self.book as u32 + self.last as u32
    }
}
