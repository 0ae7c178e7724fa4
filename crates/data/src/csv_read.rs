//! Reads CSV.

use crate::cell;
use crate::clock::Clock;
use crate::draft::{Draft, LevelCells};
use crate::field::Field;
use crate::known;
use crate::layout::Layout;
use crate::num::Num;
use crate::options::{ColumnRef, Decimals, ReadOptions};
use crate::records::Records;
use crate::sink::Sink;
use crate::source::{Source, unpack};
use crate::store::Store;
use crate::times;
use haggle_model::{Error, Result};

/// Bytes between two words to the watch.
const WATCH_EVERY: usize = 1 << 20;

/// Reads bars, trades, quotes or books from CSV, plain or packed (gzip, zstd, zip with one file), with `,`, `;`, tab or `|` between
/// the cells.
///
/// A first line without any number is the header; columns are found by the usual names (`timestamp`, `Open`,
/// `bidPrice`, `qty`, ...; an unnamed first column is the time) or by `options.columns`, which always win. Files without a header that many people have
/// are known by their width (see the module `known`). Times are RFC 3339, the usual forms of dates in UTC or the zone of the
/// options, or numbers since 1970 in a unit that shows in their size, unless `time_format` says how they are written. Empty cells
/// and `NaN` say nothing: a quote without a bid has no bid, a bar without a volume the volume 0, a bar without any price is none; any other price has to be there.
///
/// Errors: `INVALID_DATA` with line and column; those of the options with their path.
pub fn read_csv(bytes: &[u8], options: &ReadOptions) -> Result<Store> {
    let size = bytes.len() as u64;
    options.watch.expect(size);
    let mut sink = None;
    read_file(bytes, size, options, &mut sink)?;
    finish(sink)
}

/// As [`read_csv`], of several sources of one form: their rows follow each other in the order given, one source in memory at a time.
/// Errors name the file.
pub fn read_csv_files(sources: &[Source], options: &ReadOptions) -> Result<Store> {
    let size = sources.iter().map(Source::size).sum();
    options.watch.expect(size);
    let mut sink = None;
    for source in sources {
        let read = source.bytes().and_then(|bytes| read_file(&bytes, size.max(bytes.len() as u64), options, &mut sink));
        read.map_err(|mut error| {
            if let Some(name) = source.name().filter(|_| sources.len() > 1 && !error.message.starts_with("cannot read")) {
                error.message = format!("{name}: {}", error.message);
            }
            error
        })?;
    }
    finish(sink)
}

fn finish(sink: Option<Sink<'_>>) -> Result<Store> {
    sink.ok_or_else(|| Error::data("the data has no rows"))?.finish()
}

/// Reads one file into the sink, which the first file makes.
fn read_file<'o>(packed: &[u8], size: u64, options: &'o ReadOptions, sink: &mut Option<Sink<'o>>) -> Result<()> {
    let text = unpack(packed, options.limits)?;
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    let (text, skipped) = without_preamble(text, options);
    let delimiter = delimiter(text, options);
    let mut records = Records::new(text, skipped + 1, delimiter, options.comment.as_deref().map(str::as_bytes));
    let Some(table) = Table::open(&mut records, options)? else {
        options.watch.done(packed.len() as u64)?;
        return Ok(());
    };
    let layout = &table.layout;
    let sink = match sink {
        Some(sink) => {
            sink.go_on(layout)?;
            sink
        }
        none => none.insert(Sink::new(layout, options, size)?),
    };
    if let Some(ticker) = &table.ticker {
        sink.of_ticker(ticker);
    }
    sink.need_symbol(layout)?;
    let mut row = RowReader::new(layout, options)?;
    let mut left = text.len();
    let mut more = table.has_row;
    while more {
        if let Err(error) = row.take(&records, layout, sink) {
            sink.bad(layout.in_column(error, &format!("line {}", records.line)))?;
        }
        let rest = records.left(text.len());
        if left - rest >= WATCH_EVERY {
            options.watch.done(share(left - rest, packed.len(), text.len()))?;
            left = rest;
        }
        more = records.advance()?;
    }
    options.watch.done(share(left, packed.len(), text.len()))
}

/// How many of the packed bytes so many of the plain ones are.
fn share(plain: usize, packed: usize, all: usize) -> u64 {
    (plain as u128 * packed as u128 / (all as u128).max(1)) as u64
}

/// The layout of a file, and whether its first row is at hand.
struct Table {
    layout: Layout,
    has_row: bool,
    /// The symbol that a header of yfinance names.
    ticker: Option<String>,
}

impl Table {
    /// Reads the header, where there is one, and goes on to the first row. `None`: there is nothing at all.
    fn open(records: &mut Records<'_>, options: &ReadOptions) -> Result<Option<Self>> {
        if !records.advance()? {
            return Ok(None);
        }
        let first = records.texts();
        let mut ticker = None;
        let (header, has_row) = if is_header(&first, options) {
            let mut has_row = records.advance()?;
            let header = match under_tickers(&first, records, has_row, options)? {
                Some((header, symbol)) => {
                    ticker = Some(symbol);
                    // The line that only says that the index is the date.
                    has_row = records.advance()? && records.advance()?;
                    header
                }
                None => first,
            };
            (Some(header), has_row)
        } else if options.columns.is_empty() {
            let cells: Vec<&str> = first.iter().map(String::as_str).collect();
            (known::names(&cells), true)
        } else {
            (None, true)
        };
        let row = if has_row { records.texts() } else { Vec::new() };
        let sample: Vec<&str> = row.iter().map(String::as_str).collect();
        let width = header.as_ref().map_or(records.len(), Vec::len);
        Ok(Some(Self { layout: Layout::resolve(header.as_deref(), width, options, &sample)?, has_row, ticker }))
    }
}

/// The header of what yfinance writes: prices, then tickers, then `Date` alone. Of several tickers, the one of `options.symbol`.
/// `None`: another file.
fn under_tickers(first: &[String], records: &Records<'_>, has_row: bool, options: &ReadOptions) -> Result<Option<(Vec<String>, String)>> {
    let second = if has_row { records.texts() } else { Vec::new() };
    let (prices, tickers) = match (first.first().map(String::as_str), second.first().map(String::as_str)) {
        (Some("Price"), Some("Ticker")) => (first, &second[..]),
        (Some("Ticker"), Some("Price")) => (&second[..], first),
        _ => return Ok(None),
    };
    let ticker = &tickers[1.min(tickers.len() - 1)];
    let wanted = if tickers[1..].iter().all(|other| other == ticker) {
        ticker
    } else {
        options.symbol.as_ref().filter(|symbol| tickers[1..].contains(symbol)).ok_or_else(|| {
            let mut names = tickers[1..].to_vec();
            names.dedup();
            Error::argument("symbol", format!("the file has several tickers: {}", names.join(", ")))
                .hint("read them one by one: symbol: one of them")
        })?
    };
    let name = |(price, ticker): (&String, &String)| if ticker == wanted { price.clone() } else { format!("{price} {ticker}") };
    let names = prices[1..].iter().zip(&tickers[1..]).map(name);
    Ok(Some((std::iter::once("Date".to_owned()).chain(names).collect(), wanted.clone())))
}

/// Reads rows; what one row needs is used again for the next.
struct RowReader {
    clock: Clock,
    clock_received: Clock,
    time_of_day: Option<usize>,
    levels: LevelCells,
    decimals: Decimals,
}

impl RowReader {
    fn new(layout: &Layout, options: &ReadOptions) -> Result<Self> {
        let clock = Clock::new(options.time_format.as_deref(), options.time_zone.as_deref())?;
        let place = |(place, field): &(usize, Field)| (*field == Field::TimeOfDay).then_some(*place);
        Ok(Self {
            clock_received: clock.clone(),
            clock,
            time_of_day: layout.columns.iter().find_map(place),
            levels: LevelCells::default(),
            decimals: options.decimals,
        })
    }

    #[inline]
    fn take(&mut self, records: &Records<'_>, layout: &Layout, sink: &mut Sink<'_>) -> Result<()> {
        if records.len() != layout.width() {
            return Err(Error::data(format!("{} cells, but the lines before have {}", records.len(), layout.width())));
        }
        let mut draft = Draft::default();
        for (place, field) in &layout.columns {
            let text = records.cell(*place);
            let result = match field {
                Field::Time | Field::TimeOpen | Field::TimeClose => {
                    let time_of_day = self.time_of_day.map(|place| records.cell(place));
                    time(&mut self.clock, text, time_of_day).map(|time| draft.time = time)
                }
                Field::TimeReceived => time(&mut self.clock_received, text, None).map(|time| draft.received = time),
                Field::TimeOfDay => Ok(()),
                Field::Symbol => cell::text(text).map(|text| draft.symbol = text),
                Field::Exchange => cell::text(text).map(|text| draft.exchange = text),
                Field::Kind => match sink.wants(&String::from_utf8_lossy(text)) {
                    Ok(true) => Ok(()),
                    Ok(false) => return Ok(()),
                    Err(error) => Err(error),
                },
                Field::IsSnapshot => cell::flag(text).map(|is_snapshot| draft.is_snapshot = is_snapshot),
                Field::Side => cell::side(text).map(|side| draft.side = side),
                Field::MakerSide => cell::side(text).map(|side| draft.side = side.map(haggle_model::Side::opposite)),
                Field::BuyerMaker => cell::buyer_maker(text).map(|side| draft.side = draft.side.or(side)),
                number => cell::number(text, self.decimals).map(|value| draft.set(*number, value)),
            };
            result.map_err(|error| error.at(field.name()))?;
        }
        if layout.levels.is_empty() {
            return sink.push(&draft);
        }
        self.levels.clear();
        for column in &layout.levels {
            let value = cell::number(records.cell(column.place), self.decimals)
                .map_err(|error| error.at(if column.is_price { "price" } else { "quantity" }))?;
            self.levels.set(column, value);
        }
        sink.push_book(&draft, &self.levels)
    }
}

fn time(clock: &mut Clock, text: &[u8], time_of_day: Option<&[u8]>) -> Result<Option<haggle_model::time::Nanos>> {
    if cell::is_missing(text) { Ok(None) } else { clock.read(text, time_of_day).map(Some) }
}

/// Without the lines that the caller wants skipped, and without those that some makers put in front: an address, or `sep=;`.
fn without_preamble<'t>(text: &'t [u8], options: &ReadOptions) -> (&'t [u8], u64) {
    let (mut text, mut skipped) = (text, 0);
    let next = |text: &'t [u8]| memchr::memchr(b'\n', text).map_or(&text[text.len()..], |end| &text[end + 1..]);
    while skipped < options.skip_lines as u64 && !text.is_empty() {
        (text, skipped) = (next(text), skipped + 1);
    }
    while text.starts_with(b"http") || text.starts_with(b"sep=") {
        (text, skipped) = (next(text), skipped + 1);
    }
    (text, skipped)
}

/// The first line is the header unless one of its cells is a number or a time, or the caller counts its columns.
fn is_header(cells: &[String], options: &ReadOptions) -> bool {
    let named = options.columns.iter().any(|(_, column)| matches!(column, ColumnRef::Name(_)));
    named || !cells.iter().any(|cell| Num::parse(cell.as_bytes()).is_ok() || times::read(cell.as_bytes()).is_ok())
}

/// The sign that the first line has most of.
fn delimiter(text: &[u8], options: &ReadOptions) -> u8 {
    let comment = options.comment.as_deref().map(str::as_bytes);
    let mut lines = text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let line = lines.find(|line| comment.is_none_or(|sign| !line.starts_with(sign))).unwrap_or(text);
    let count = |sign: u8| line.split(|byte| *byte == sign).count();
    // The first of equals: a line without any of them is one cell.
    [b',', b';', b'\t', b'|'].into_iter().rev().max_by_key(|sign| count(*sign)).unwrap_or(b',')
}
