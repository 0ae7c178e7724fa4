//! Audits in files: a line a tick, and where two of them part.

use crate::lines::{Difference, first_difference};
use crate::wire::Names;
use haggle_engine::Update;
use haggle_model::wire::Wire;
use haggle_model::{Error, Result};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;

/// Writes updates to a file, which is replaced: JSON Lines of barter's ticks. Equal updates have equal lines.
///
/// Errors: `INVALID_ARGUMENT` with the path `file` where it cannot be written.
pub fn save_audit<'a>(names: &Names, updates: impl IntoIterator<Item = &'a Update>, file: &Path) -> Result<()> {
    let failed = |error: io::Error| refused("file", file, &error);
    let mut out = BufWriter::new(File::create(file).map_err(failed)?);
    for update in updates {
        for tick in names.ticks(update)? {
            writeln!(out, "{}", tick.to_text()).map_err(failed)?;
        }
    }
    out.flush().map_err(failed)
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
