//! Reads CSV.

use crate::cell;
use crate::field::Field;
use crate::layout::Layout;
use crate::num::Num;
use crate::options::{ColumnRef, ReadOptions};
use crate::sink::{Draft, Sink};
use crate::source::unpack;
use crate::store::Store;
use crate::times;
use haggle_model::{Error, Result};

/// Reads bars, trades or quotes from CSV, plain or gzipped, with `,`, `;`, tab or `|` between the cells.
///
/// A first line without any number is the header; columns are found by the usual names (`timestamp`, `Open`,
/// `bidPrice`, `qty`, ...; an unnamed first column is the time) or by `options.columns`. Times are RFC 3339,
/// `YYYY-MM-DD[ HH:MM:SS]` in UTC, or numbers since 1970 in a unit that shows in their size. Empty cells and `NaN` say
/// nothing: a quote without a bid has no bid, a bar without a volume the volume 0; a price has to be there.
///
/// Errors: `INVALID_DATA` with line and column; those of the options with their path.
pub fn read_csv(bytes: &[u8], options: &ReadOptions) -> Result<Store> {
    let bytes = unpack(bytes)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter(bytes)).trim(csv::Trim::All).from_reader(bytes);
    let mut record = csv::StringRecord::new();
    if !reader.read_record(&mut record).map_err(|error| unreadable(&error))? {
        return Err(Error::data("the data has no rows"));
    }
    let header = is_header(&record, options).then(|| record.iter().map(str::to_owned).collect::<Vec<_>>());
    let layout = Layout::resolve(header.as_deref(), record.len(), options)?;
    let mut sink = Sink::new(&layout, options)?;
    let mut more = header.is_none() || reader.read_record(&mut record).map_err(|error| unreadable(&error))?;
    while more {
        take(&record, &layout, &mut sink).map_err(|error| {
            let line = record.position().map_or(0, csv::Position::line);
            layout.in_column(error, &format!("line {line}"))
        })?;
        more = reader.read_record(&mut record).map_err(|error| unreadable(&error))?;
    }
    sink.finish()
}

fn take(record: &csv::StringRecord, layout: &Layout, sink: &mut Sink) -> Result<()> {
    let mut draft = Draft::default();
    for (place, field) in &layout.columns {
        let text = record.get(*place).unwrap_or("");
        let result = match field {
            Field::Time | Field::TimeOpen => time(text).map(|time| draft.time = time),
            Field::TimeReceived => time(text).map(|time| draft.received = time),
            Field::Symbol => {
                draft.symbol = Some(text).filter(|text| !text.is_empty());
                Ok(())
            }
            Field::Exchange => {
                draft.exchange = Some(text).filter(|text| !text.is_empty());
                Ok(())
            }
            Field::Kind => match sink.wants(text) {
                Ok(true) => Ok(()),
                Ok(false) => return Ok(()),
                Err(error) => Err(error),
            },
            Field::Side => cell::side(text).map(|side| draft.side = side),
            Field::BuyerMaker => cell::buyer_maker(text).map(|side| draft.side = draft.side.or(side)),
            number => cell::number(text).map(|value| draft.set(*number, value)),
        };
        result.map_err(|error| error.at(field.name()))?;
    }
    sink.push(&draft)
}

fn time(text: &str) -> Result<Option<haggle_model::time::Nanos>> {
    if cell::is_missing(text) { Ok(None) } else { times::parse(text).map(Some) }
}

/// The first line is the header unless one of its cells is a number or a time, or the caller counts its columns.
fn is_header(record: &csv::StringRecord, options: &ReadOptions) -> bool {
    let named = options.columns.iter().any(|(_, column)| matches!(column, ColumnRef::Name(_)));
    named || !record.iter().any(|cell| Num::parse(cell.as_bytes()).is_ok() || times::parse(cell).is_ok())
}

/// The sign that the first line has most of.
fn delimiter(bytes: &[u8]) -> u8 {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or(bytes);
    let count = |sign: u8| line.split(|byte| *byte == sign).count();
    // The first of equals: a line without any of them is one cell.
    [b',', b';', b'\t', b'|'].into_iter().rev().max_by_key(|sign| count(*sign)).unwrap_or(b',')
}

fn unreadable(error: &csv::Error) -> Error {
    let line = error.position().map_or(String::new(), |position| format!("line {}: ", position.line()));
    let what = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => format!("{len} cells, but the lines before have {expected_len}"),
        csv::ErrorKind::Utf8 { err, .. } => format!("not UTF-8: {err}"),
        _ => error.to_string(),
    };
    Error::data(format!("{line}{what}"))
}
