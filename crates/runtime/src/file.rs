//! Audits in files: a line a tick, and where two of them part.

use haggle_backtest::{Difference, Update, first_difference, line};
use haggle_model::{Error, Result};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;

/// Writes updates to a file, which is replaced: a line each.
///
/// Errors: `INVALID_ARGUMENT` with the path `file` where it cannot be written.
pub fn save_audit<'a>(updates: impl IntoIterator<Item = &'a Update>, file: &Path) -> Result<()> {
    let write = || -> io::Result<()> {
        let mut out = BufWriter::new(File::create(file)?);
        for update in updates {
            writeln!(out, "{}", line(update))?;
        }
        out.flush()
    };
    write().map_err(|error| refused("file", file, &error))
}

/// The first line in which two files differ; `None` where they are equal.
///
/// Errors: `INVALID_ARGUMENT` with the path `left` or `right` where one cannot be opened, and with `left` where reading fails later.
pub fn diff_audit(left: &Path, right: &Path) -> Result<Option<Difference>> {
    let open = |name, file| File::open(file).map(BufReader::new).map_err(|error| refused(name, file, &error));
    first_difference(open("left", left)?, open("right", right)?).map_err(|error| refused("left", left, &error))
}

fn refused(name: &str, file: &Path, error: &io::Error) -> Error {
    Error::argument(name, format!("{}: {error}", file.display()))
}
