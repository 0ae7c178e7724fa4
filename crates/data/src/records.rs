//! Splits CSV into lines and cells. Text without any quotation mark, which is nearly all market data, is cut at its signs; the rest
//! goes through the library.

use haggle_model::{Error, Result};
use memchr::{memchr, memchr_iter};

/// The cells of one line after the other, without the spaces around them.
pub(crate) struct Records<'a> {
    source: Source<'a>,
    delimiter: u8,
    comment: Option<&'a [u8]>,
    /// Line of the record at hand, from 1.
    pub line: u64,
}

enum Source<'a> {
    Plain { rest: &'a [u8], next_line: u64, cells: Vec<&'a [u8]> },
    Quoted { reader: csv::Reader<&'a [u8]>, record: csv::ByteRecord, first_line: u64 },
}

impl<'a> Records<'a> {
    /// The records of `text`, whose first line has the number `first_line`; lines that begin with `comment` are left out.
    pub fn new(text: &'a [u8], first_line: u64, delimiter: u8, comment: Option<&'a [u8]>) -> Self {
        let source = if memchr(b'"', text).is_none() {
            Source::Plain { rest: text, next_line: first_line, cells: Vec::new() }
        } else {
            let mut builder = csv::ReaderBuilder::new();
            let reader = builder.has_headers(false).flexible(true).delimiter(delimiter).from_reader(text);
            Source::Quoted { reader, record: csv::ByteRecord::new(), first_line }
        };
        Self { source, delimiter, comment, line: 0 }
    }

    /// Goes on to the next record that is not empty; whether there is one. Errors: `INVALID_DATA` with the line.
    #[inline]
    pub fn advance(&mut self) -> Result<bool> {
        loop {
            match &mut self.source {
                Source::Plain { rest, next_line, cells } => {
                    if rest.is_empty() {
                        return Ok(false);
                    }
                    let end = memchr(b'\n', rest).unwrap_or(rest.len());
                    let line = &rest[..end];
                    *rest = rest.get(end + 1..).unwrap_or(&[]);
                    self.line = *next_line;
                    *next_line += 1;
                    if line.trim_ascii().is_empty() || self.comment.is_some_and(|sign| line.starts_with(sign)) {
                        continue;
                    }
                    cells.clear();
                    let mut start = 0;
                    for at in memchr_iter(self.delimiter, line) {
                        cells.push(trim(&line[start..at]));
                        start = at + 1;
                    }
                    cells.push(trim(&line[start..]));
                }
                Source::Quoted { reader, record, first_line } => {
                    let is_there = reader.read_byte_record(record).map_err(|error| Error::data(error.to_string()))?;
                    if !is_there {
                        return Ok(false);
                    }
                    self.line = record.position().map_or(0, csv::Position::line) + *first_line - 1;
                    if self.comment.is_some_and(|sign| record.get(0).is_some_and(|cell| cell.starts_with(sign))) {
                        continue;
                    }
                }
            }
            return Ok(true);
        }
    }

    /// Number of cells of the record.
    #[inline]
    pub fn len(&self) -> usize {
        match &self.source {
            Source::Plain { cells, .. } => cells.len(),
            Source::Quoted { record, .. } => record.len(),
        }
    }

    /// A cell of the record; empty where there is none.
    #[inline]
    pub fn cell(&self, at: usize) -> &[u8] {
        match &self.source {
            Source::Plain { cells, .. } => cells.get(at).copied().unwrap_or(b""),
            Source::Quoted { record, .. } => record.get(at).map_or(b"", trim),
        }
    }

    /// Bytes that are not yet read.
    pub fn left(&self, all: usize) -> usize {
        match &self.source {
            Source::Plain { rest, .. } => rest.len(),
            Source::Quoted { reader, .. } => all.saturating_sub(reader.position().byte() as usize),
        }
    }

    /// The record as texts.
    pub fn texts(&self) -> Vec<String> {
        (0..self.len()).map(|at| String::from_utf8_lossy(self.cell(at)).into_owned()).collect()
    }
}

/// Without the spaces around it: most cells have none, and the ends of two bytes tell it.
#[inline]
fn trim(cell: &[u8]) -> &[u8] {
    match cell {
        [first, .., last] if *first > b' ' && *last > b' ' => cell,
        _ => cell.trim_ascii(),
    }
}
