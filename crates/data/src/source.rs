//! Where bytes come from, and how their errors name a line.

use flate2::read::MultiGzDecoder;
use haggle_model::{Error, Result};
use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// All bytes of a file. Errors: `INVALID_DATA` with the file's name.
pub fn read_file(path: impl AsRef<Path>) -> Result<Vec<u8>> {
    let path = path.as_ref();
    std::fs::read(path).map_err(|error| unreadable(path, &error))
}

/// The file, open. Errors: `INVALID_DATA` with the file's name.
pub fn open_file(path: impl AsRef<Path>) -> Result<File> {
    let path = path.as_ref();
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    // Unix opens folders too.
    let is_folder = file.metadata().is_ok_and(|about| about.is_dir());
    if is_folder { Err(unreadable(path, &std::io::ErrorKind::IsADirectory.into())) } else { Ok(file) }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::data(format!("cannot read {}: {error}", path.display()))
}

/// The bytes themselves, or what is inside if they are gzipped.
pub(crate) fn unpack(bytes: &[u8]) -> Result<Cow<'_, [u8]>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut plain = Vec::new();
    MultiGzDecoder::new(bytes)
        .read_to_end(&mut plain)
        .map_err(|error| Error::data(format!("the gzip data is damaged or cut short: {error}")))?;
    Ok(Cow::Owned(plain))
}

/// The same error, naming the line (counted from 1).
pub(crate) fn at_line(mut error: Error, line: usize) -> Error {
    error.message = if error.path.is_empty() {
        format!("line {line}: {}", error.message)
    } else {
        format!("line {line}, {}: {}", error.path, error.message)
    };
    error
}
