//! Where bytes come from: files, and what is packed in them.

use crate::limits::{Limits, too_many_bytes};
use flate2::read::MultiGzDecoder;
use haggle_model::{Error, Result};
use std::borrow::Cow;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

/// Where a load comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A file, by its path.
    File(String),
    /// What is in memory already.
    Bytes(Vec<u8>),
}

impl Source {
    /// The file's path.
    pub fn name(&self) -> Option<&str> {
        if let Self::File(path) = self { Some(path) } else { None }
    }

    /// How many bytes it has; 0 where that is not known.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::File(path) => std::fs::metadata(path).map_or(0, |about| about.len()),
            Self::Bytes(bytes) => bytes.len() as u64,
        }
    }

    /// All its bytes. Errors: `INVALID_DATA` with the file's name.
    pub fn bytes(&self) -> Result<Cow<'_, [u8]>> {
        match self {
            Self::File(path) => read_file(path).map(Cow::Owned),
            Self::Bytes(bytes) => Ok(Cow::Borrowed(bytes)),
        }
    }
}

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

/// The files that a pattern with `*`, `?` or `[...]` names, by name; a path without these, or of a file that is there, is itself.
///
/// Errors: `INVALID_DATA` where no file fits, `INVALID_ARGUMENT` for a pattern that is none.
pub fn matching_files(pattern: &str) -> Result<Vec<String>> {
    if !pattern.contains(['*', '?', '[']) || Path::new(pattern).exists() {
        return Ok(vec![pattern.to_owned()]);
    }
    let paths =
        glob::glob(pattern).map_err(|error| Error::argument("source", format!("'{pattern}' is no pattern of files: {}", error.msg)))?;
    let found: Vec<String> = paths.flatten().filter(|path| path.is_file()).map(|path| path.to_string_lossy().into_owned()).collect();
    if found.is_empty() { Err(Error::data(format!("cannot read {pattern}: no file fits"))) } else { Ok(found) }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::data(format!("cannot read {}: {error}", path.display()))
}

/// The bytes themselves, or what is packed in them: gzip, zstd, or zip with one file inside.
///
/// Errors: `INVALID_DATA` where it is damaged, `OVERFLOW` where more comes out than [`Limits`] allow.
pub(crate) fn unpack(bytes: &[u8], limits: Limits) -> Result<Cow<'_, [u8]>> {
    let most = limits.bytes_of(bytes.len() as u64);
    let plain = if bytes.starts_with(&[0x1f, 0x8b]) {
        all_of(MultiGzDecoder::new(bytes), most, "gzip")?
    } else if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let decoder = zstd::stream::read::Decoder::new(bytes).map_err(|error| damaged("zstd", &error))?;
        all_of(decoder, most, "zstd")?
    } else if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        unzip(bytes, most)?
    } else {
        return Ok(Cow::Borrowed(bytes));
    };
    Ok(Cow::Owned(plain))
}

/// The one file of an archive; folders, and what a Mac leaves beside its files, do not count.
fn unzip(bytes: &[u8], most: u64) -> Result<Vec<u8>> {
    let unreadable = |error: zip::result::ZipError| Error::data(format!("the zip data is damaged or of an unknown kind: {error}"));
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    let is_file = |name: &&str| !name.ends_with('/') && !name.starts_with("__MACOSX/");
    let names: Vec<String> = archive.file_names().filter(is_file).map(str::to_owned).collect();
    let [name] = &names[..] else {
        let some = names.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
        return Err(Error::data(format!("the zip archive has {} files instead of one: {some}", names.len()))
            .hint("unpack it, and give the files as a list"));
    };
    all_of(archive.by_name(name).map_err(unreadable)?, most, "zip")
}

/// All that comes out of a decoder, unless it is too much.
fn all_of(decoder: impl Read, most: u64, kind: &str) -> Result<Vec<u8>> {
    let mut plain = Vec::new();
    decoder.take(most.saturating_add(1)).read_to_end(&mut plain).map_err(|error| damaged(kind, &error))?;
    if plain.len() as u64 > most { Err(too_many_bytes(most)) } else { Ok(plain) }
}

fn damaged(kind: &str, error: &std::io::Error) -> Error {
    Error::data(format!("the {kind} data is damaged or cut short: {error}"))
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
