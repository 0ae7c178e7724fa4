//! Which column of a table is which field, and what the table's rows are.

use crate::field::{Field, plain};
use crate::options::{ColumnRef, DataKind, ReadOptions, Stamp};
use crate::times;
use haggle_model::{Error, Result, Side};

/// A column that is a level of a book in each row: `asks[0].price`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LevelColumn {
    /// Place of the column.
    pub place: usize,
    pub side: Side,
    /// From the best, 0.
    pub depth: u16,
    pub is_price: bool,
}

/// The mapping from columns to fields.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// Place of the column and its field, by place.
    pub columns: Vec<(usize, Field)>,
    /// Of rows that are whole books: their levels.
    pub levels: Vec<LevelColumn>,
    /// What the rows are.
    pub kind: DataKind,
    /// The columns' names, or `column i`.
    names: Vec<String>,
}

impl Layout {
    /// From the columns' names (`None`: a table without a header of `width` columns), the caller's mapping, which always wins, and
    /// the first row as texts, where there is one.
    ///
    /// Errors: `UNKNOWN_NAME` and `INVALID_ARGUMENT` for a mapping that names no column, `INVALID_DATA` where a needed
    /// column is missing, `INVALID_ARGUMENT` where the columns fit several kinds.
    pub fn resolve(header: Option<&[String]>, width: usize, options: &ReadOptions, sample: &[&str]) -> Result<Self> {
        let names: Vec<String> = header.map_or_else(|| (0..width).map(|at| format!("column {at}")).collect(), <[String]>::to_vec);
        let named = named_columns(&names, options)?;
        let mut columns = named.clone();
        let mut levels = Vec::new();
        if header.is_some() {
            date_and_time(&names, &mut columns, sample);
            for field in Field::all().filter(|field| !is_settled(*field, &named)) {
                let is_free = |at: usize| columns.iter().all(|(taken, _)| *taken != at);
                let candidates = names.iter().enumerate().filter(|(at, _)| is_free(*at));
                if columns.iter().all(|(_, known)| *known != field)
                    && let Some((_, place)) = candidates.filter_map(|(at, name)| Some((field.rank(name)?, at))).min()
                {
                    columns.push((place, field));
                }
            }
            if !has(&columns, Field::Volume)
                && let Some(place) = base_volume(&names, &columns, options, sample)
            {
                columns.push((place, Field::Volume));
            }
            levels = names.iter().enumerate().filter_map(|(place, name)| level_column(place, name)).collect();
            // Deeper than there are columns is no level.
            levels.retain(|level: &LevelColumn| usize::from(level.depth) < names.len());
        }
        // An index column that was written without a name, as pandas does.
        let unnamed = |name: &str| name.is_empty() || name == "Unnamed: 0";
        let is_timed = [Field::Time, Field::TimeOpen, Field::TimeClose, Field::TimeReceived].iter().any(|field| has(&columns, *field));
        if !is_timed && names.first().is_some_and(|name| unnamed(name)) {
            columns.push((0, Field::Time));
        }
        let kind = match options.kind {
            Some(kind) => kind,
            // What the caller named says more than what else there is.
            None => match guess(&named, &[], &names) {
                Ok(kind) => kind,
                Err(_) => guess(&columns, &levels, &names)?,
            },
        };
        if kind != DataKind::Book {
            levels.clear();
        }
        if kind == DataKind::Trades && !has(&columns, Field::Quantity) {
            // Some files call a print's size its volume.
            columns.iter_mut().filter(|(_, field)| *field == Field::Volume).for_each(|(_, field)| *field = Field::Quantity);
        }
        if options.ignore_volume && kind == DataKind::Bars {
            columns.retain(|(_, field)| *field != Field::Volume);
        }
        one_stamp(&mut columns, kind, options, &names)?;
        // What a row is comes first: of a row that is not wanted nothing else is looked at.
        columns.sort_by_key(|(place, field)| (*field != Field::Kind, *place));
        let layout = Self { columns, levels, kind, names };
        layout.check(options)?;
        Ok(layout)
    }

    /// Refuses a table without a column that its kind needs.
    fn check(&self, options: &ReadOptions) -> Result<()> {
        let quotes: &[Field] = &[Field::Bid, Field::Ask, Field::BidSize, Field::AskSize];
        let needed: &[Field] = match self.kind {
            DataKind::Bars => &[Field::Open, Field::High, Field::Low, Field::Close],
            DataKind::Trades => &[Field::Price, Field::Quantity],
            DataKind::Quotes if options.quote_size.is_some() => &quotes[..2],
            DataKind::Quotes => quotes,
            DataKind::Book if !self.levels.is_empty() || self.is_bands() => &[],
            DataKind::Book if self.has(Field::IsSnapshot) => &[Field::Side, Field::Price, Field::Quantity],
            DataKind::Book => &[Field::Kind, Field::Side, Field::Price, Field::Quantity],
        };
        if let Some(missing) = needed.iter().find(|field| !self.has(**field)) {
            let error = self.missing(*missing);
            return Err(if self.kind == DataKind::Quotes {
                let hint = format!("{}; where there are no sizes, say which to take: quoteSize: 1", error.hint);
                error.hint(hint)
            } else {
                error
            });
        }
        let times: &[Field] = &[Field::Time, Field::TimeOpen, Field::TimeClose, Field::TimeReceived];
        let times = if self.kind == DataKind::Bars { &times[..3] } else { times };
        if times.iter().any(|field| self.has(*field)) { Ok(()) } else { Err(self.missing(Field::Time)) }
    }

    /// Whether a column is this field.
    pub fn has(&self, field: Field) -> bool {
        has(&self.columns, field)
    }

    /// Whether the rows are bands around the middle of a book.
    pub fn is_bands(&self) -> bool {
        is_bands(&self.columns)
    }

    /// The column's name.
    pub fn name(&self, place: usize) -> &str {
        &self.names[place]
    }

    /// How many columns the table has.
    pub fn width(&self) -> usize {
        self.names.len()
    }

    /// The name of the column that is the field with this name.
    pub fn column_of(&self, field: &str) -> Option<&str> {
        let of = |name: &str| self.columns.iter().find(|(_, f)| f.name() == name);
        // The time of a bar may come by another name.
        let found = of(field).or_else(|| if field == "time" { of("timeOpen").or(of("timeClose")) } else { None });
        found.map(|(place, _)| self.name(*place))
    }

    /// The same error, naming the row and, where its path is a field, the column.
    pub fn in_column(&self, mut error: Error, row: &str) -> Error {
        error.message = match self.column_of(&error.path) {
            Some(column) => format!("{row}, column '{column}': {}", error.message),
            None => format!("{row}: {}", error.message),
        };
        error
    }

    fn missing(&self, field: Field) -> Error {
        Error::data(format!("no column of the source is the {}", field.name()))
            .at(format!("columns.{}", field.name()))
            .hint(format!("name it in 'columns'; the source has: {}", self.names.join(", ")))
    }
}

fn has(columns: &[(usize, Field)], field: Field) -> bool {
    columns.iter().any(|(_, f)| *f == field)
}

fn is_bands(columns: &[(usize, Field)]) -> bool {
    [Field::Percentage, Field::Depth, Field::Notional].iter().all(|field| has(columns, *field)) && !has(columns, Field::Price)
}

/// The columns that the caller names.
fn named_columns(names: &[String], options: &ReadOptions) -> Result<Vec<(usize, Field)>> {
    let mut columns = Vec::new();
    for (target, source) in &options.columns {
        let path = format!("columns.{target}");
        let field = Field::parse(target)?;
        let place = match source {
            ColumnRef::Index(place) if *place < names.len() => *place,
            ColumnRef::Index(place) => {
                return Err(Error::argument(path, format!("there is no column {place}: the source has {}", names.len())));
            }
            ColumnRef::Name(name) => names
                .iter()
                .position(|known| known == name)
                .ok_or_else(|| Error::unknown("column", name, names.iter().map(String::as_str)).at(path))?,
        };
        columns.push((place, field));
    }
    Ok(columns)
}

/// Whether the caller said what this field says, or named another column for the same.
fn is_settled(field: Field, named: &[(usize, Field)]) -> bool {
    let same: &[Field] = match field {
        Field::Time | Field::TimeOpen | Field::TimeClose => &[Field::Time, Field::TimeOpen, Field::TimeClose],
        Field::Side | Field::BuyerMaker | Field::MakerSide => &[Field::Side, Field::BuyerMaker, Field::MakerSide],
        _ => return has(named, field),
    };
    same.iter().any(|field| has(named, *field))
}

/// A date and a time of day in two columns: what stands in the first row has to look like them.
fn date_and_time(names: &[String], columns: &mut Vec<(usize, Field)>, sample: &[&str]) {
    let is_named = |field| has(columns, field);
    if is_named(Field::Time) || is_named(Field::TimeOpen) || is_named(Field::TimeClose) {
        return;
    }
    let find = |wanted: &[&str]| names.iter().position(|name| wanted.contains(&plain(name).as_str()));
    let (Some(date), Some(time)) = (find(&["date", "dtyyyymmdd"]), find(&["time"])) else { return };
    let (Some(day), Some(clock)) = (sample.get(date), sample.get(time)) else { return };
    let is_day = day.len() <= 10 && matches!(times::read(day.as_bytes()), Ok(times::Written::Wall(_)));
    let is_clock = (clock.len() <= 6 && clock.bytes().all(|byte| byte.is_ascii_digit()))
        || matches!(times::time_of_day(clock.as_bytes()), Some((_, [])));
    if is_day && is_clock {
        columns.push((date, Field::Time));
        if !has(columns, Field::TimeOfDay) {
            columns.push((time, Field::TimeOfDay));
        }
    }
}

/// Of `Volume BTC` and `Volume USDT` the one in the asset that is traded.
fn base_volume(names: &[String], columns: &[(usize, Field)], options: &ReadOptions, sample: &[&str]) -> Option<usize> {
    let symbol_at = columns.iter().find(|(_, field)| *field == Field::Symbol).map(|(place, _)| *place);
    let symbol = symbol_at.and_then(|place| sample.get(place).copied()).or(options.symbol.as_deref())?.to_uppercase();
    let asset =
        |name: &str| Some(name.get(..7).filter(|word| word.eq_ignore_ascii_case("volume ")).and(name.get(7..))?.trim().to_uppercase());
    names.iter().position(|name| asset(name).is_some_and(|asset| !asset.is_empty() && symbol.starts_with(&asset)))
}

fn level_column(place: usize, name: &str) -> Option<LevelColumn> {
    let (side, rest) = match name.strip_prefix("asks[") {
        Some(rest) => (Side::Sell, rest),
        None => (Side::Buy, name.strip_prefix("bids[")?),
    };
    let (depth, field) = rest.split_once("].")?;
    let is_price = match field {
        "price" => true,
        "amount" | "size" | "qty" | "quantity" => false,
        _ => return None,
    };
    Some(LevelColumn { place, side, depth: depth.parse().ok()?, is_price })
}

/// Leaves one stamp of bars: the one that the caller's word fits. Errors: `INVALID_ARGUMENT` where none does.
fn one_stamp(columns: &mut Vec<(usize, Field)>, kind: DataKind, options: &ReadOptions, names: &[String]) -> Result<()> {
    let place = |field: Field| columns.iter().find(|(_, f)| *f == field).map(|(place, _)| *place);
    let (time, open, close) = (place(Field::Time), place(Field::TimeOpen), place(Field::TimeClose));
    let keep = match (kind, options.stamp) {
        (DataKind::Bars, Some(Stamp::Close)) if close.is_some() => Field::TimeClose,
        (DataKind::Bars, None | Some(Stamp::Open)) if open.is_some() => Field::TimeOpen,
        (DataKind::Bars, None) if time.is_none() => Field::TimeClose,
        _ if kind != DataKind::Bars || time.is_some() => Field::Time,
        _ => {
            let Some(place) = open.or(close) else { return Ok(()) };
            return Err(Error::argument("stamp", format!("the only time of the bars is '{}', which says otherwise", names[place]))
                .hint("leave out stamp, or name the column in 'columns': { time: ... }"));
        }
    };
    columns.retain(|(_, field)| *field == keep || !matches!(field, Field::Time | Field::TimeOpen | Field::TimeClose));
    Ok(())
}

/// What the rows are, by the columns there are.
fn guess(columns: &[(usize, Field)], levels: &[LevelColumn], names: &[String]) -> Result<DataKind> {
    let has = |field| has(columns, field);
    let bars = [Field::Open, Field::High, Field::Low, Field::Close].iter().all(|field| has(*field));
    let trades = has(Field::Price) && (has(Field::Quantity) || has(Field::Volume));
    let quotes = has(Field::Bid) && has(Field::Ask);
    let is_told = has(Field::Kind) || has(Field::IsSnapshot);
    let is_levels = is_told && [Field::Side, Field::Price, Field::Quantity].iter().all(|field| has(*field));
    if (is_levels || !levels.is_empty() || is_bands(columns)) && !bars && !quotes {
        // Rows that say what they are: levels, and prints beside them; whole books; bands.
        return Ok(DataKind::Book);
    }
    match (bars, trades, quotes) {
        (true, false, false) => Ok(DataKind::Bars),
        (false, true, false) => Ok(DataKind::Trades),
        (false, false, true) => Ok(DataKind::Quotes),
        (false, false, false) => {
            Err(Error::data(format!("the columns are neither bars nor trades nor quotes nor books: {}", names.join(", ")))
                .at("columns")
                .hint("name them in 'columns', for example {time: 'when', price: 'px', quantity: 'qty'}"))
        }
        _ => Err(Error::argument("kind", "the columns fit several kinds of rows").hint("say which: 'bars', 'trades', 'quotes' or 'book'")),
    }
}
