//! What a user should know of a result.

/// Something a user should know of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Which.
    pub code: &'static str,
    /// One sentence for a person.
    pub message: String,
}
