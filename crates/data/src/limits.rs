//! How much a load may take. A few bytes of a packed or damaged file can claim to be any number of rows: what the file cannot
//! honestly hold is refused before memory is taken.

use haggle_model::{Code, Error, Result};

/// Rows that any load may have, however small its source is.
const ROWS_FREE: u64 = 1 << 20;
/// Rows that a byte of a source may become: packed quotes need two bytes, candles of a quiet market somewhat less than one.
const ROWS_A_BYTE: u64 = 64;
/// Unpacked bytes that any load may have.
const BYTES_FREE: u64 = 64 << 20;
/// Bytes that a packed byte may become: packed market data is a fifth to a fiftieth of the plain one.
const BYTES_A_BYTE: u64 = 200;
/// The path of errors of a limit, by which they are told from those of a row.
pub(crate) const PATH: &str = "limits";
/// Length of a symbol or an exchange's name, in bytes.
const TEXT: usize = 1_024;

/// Bounds of a load. What is not given follows from the size of the source, so generously that no honest file meets it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Rows; default: 2^20, or 64 for each byte of the source if that is more.
    pub rows: Option<u64>,
    /// Bytes after unpacking; default: 64 MiB, or 200 for each byte of the source if that is more.
    pub bytes: Option<u64>,
    /// Bytes of a symbol or an exchange's name; default: 1,024.
    pub text: Option<usize>,
}

impl Limits {
    /// The most rows of a source of this size.
    pub(crate) fn rows_of(&self, source: u64) -> u64 {
        self.rows.unwrap_or_else(|| ROWS_FREE.max(source.saturating_mul(ROWS_A_BYTE)))
    }

    /// Rows of a source of this size. Errors: `OVERFLOW` above the limit.
    pub(crate) fn check_rows(&self, rows: u64, source: u64) -> Result<()> {
        let most = self.rows_of(source);
        if rows <= most { Ok(()) } else { Err(above(&format!("{rows} rows"), &format!("{most}"), "rows")) }
    }

    /// The most unpacked bytes of a source of this size.
    pub(crate) fn bytes_of(&self, source: u64) -> u64 {
        self.bytes.unwrap_or_else(|| BYTES_FREE.max(source.saturating_mul(BYTES_A_BYTE)))
    }

    /// Unpacked bytes of a source of this size. Errors: `OVERFLOW` above the limit.
    pub(crate) fn check_bytes(&self, bytes: u64, source: u64) -> Result<()> {
        let most = self.bytes_of(source);
        if bytes <= most { Ok(()) } else { Err(too_many_bytes(most)) }
    }

    /// A symbol or an exchange's name. Errors: `OVERFLOW` above the limit.
    pub(crate) fn check_text(&self, text: &str, field: &str) -> Result<()> {
        let most = self.text.unwrap_or(TEXT);
        if text.len() <= most { Ok(()) } else { Err(above(&format!("a {field} of {} bytes", text.len()), &format!("{most}"), "text")) }
    }
}

/// The error of a source that unpacks to more than it may.
pub(crate) fn too_many_bytes(most: u64) -> Error {
    above("the unpacked source", &format!("{most} bytes"), "bytes")
}

fn above(what: &str, most: &str, option: &str) -> Error {
    Error::new(Code::Overflow, format!("{what}: more than the {most} that a source of this size may have"))
        .at(PATH)
        .hint(format!("if the source is sound, raise the option limits: {{ {option}: ... }}"))
}
