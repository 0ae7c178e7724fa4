//! Which column of a table is which field, and what the table's rows are.

use crate::field::Field;
use crate::options::{ColumnRef, DataKind, ReadOptions};
use haggle_model::{Error, Result};

/// The mapping from columns to fields.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// Place of the column and its field, by place.
    pub columns: Vec<(usize, Field)>,
    /// What the rows are.
    pub kind: DataKind,
    /// The columns' names, or `column i`.
    names: Vec<String>,
}

impl Layout {
    /// From the columns' names (`None`: a table without a header of `width` columns) and the caller's mapping.
    ///
    /// Errors: `UNKNOWN_NAME` and `INVALID_ARGUMENT` for a mapping that names no column, `INVALID_DATA` where a needed
    /// column is missing, `INVALID_ARGUMENT` where the columns fit several kinds.
    pub fn resolve(header: Option<&[String]>, width: usize, options: &ReadOptions) -> Result<Self> {
        let names: Vec<String> = header.map_or_else(|| (0..width).map(|at| format!("column {at}")).collect(), <[String]>::to_vec);
        let mut columns: Vec<(usize, Field)> = Vec::new();
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
        if header.is_some() {
            for field in Field::all().filter(|field| options.columns.iter().all(|(target, _)| Field::parse(target) != Ok(*field))) {
                let candidates = names.iter().enumerate().filter(|(at, _)| columns.iter().all(|(taken, _)| taken != at));
                if let Some((_, place)) = candidates.filter_map(|(at, name)| Some((field.rank(name)?, at))).min() {
                    columns.push((place, field));
                }
            }
        }
        let has = |columns: &[(usize, Field)], field: Field| columns.iter().any(|(_, f)| *f == field);
        // An index column that was written without a name, as pandas does.
        let unnamed = |name: &str| name.is_empty() || name == "Unnamed: 0";
        if !has(&columns, Field::Time) && !has(&columns, Field::TimeOpen) && names.first().is_some_and(|name| unnamed(name)) {
            columns.push((0, Field::Time));
        }
        let kind = match options.kind {
            Some(kind) => kind,
            None => guess(|field| has(&columns, field), &names)?,
        };
        if kind == DataKind::Trades && !has(&columns, Field::Quantity) {
            // Some files call a print's size its volume.
            columns.iter_mut().filter(|(_, field)| *field == Field::Volume).for_each(|(_, field)| *field = Field::Quantity);
        }
        if kind == DataKind::Bars && has(&columns, Field::TimeOpen) {
            columns.retain(|(_, field)| *field != Field::Time);
        }
        // What a row is comes first: of a row that is not wanted nothing else is looked at.
        columns.sort_by_key(|(place, field)| (*field != Field::Kind, *place));
        let layout = Self { columns, kind, names };
        let needed: &[Field] = match kind {
            DataKind::Bars => &[Field::Open, Field::High, Field::Low, Field::Close],
            DataKind::Trades => &[Field::Price, Field::Quantity],
            DataKind::Quotes => &[Field::Bid, Field::BidSize, Field::Ask, Field::AskSize],
            DataKind::Book => &[Field::Kind, Field::Side, Field::Price, Field::Quantity],
        };
        if let Some(missing) = needed.iter().find(|field| !layout.has(**field)) {
            return Err(layout.missing(*missing));
        }
        if ![Field::Time, Field::TimeOpen, Field::TimeReceived].iter().any(|field| layout.has(*field)) {
            return Err(layout.missing(Field::Time));
        }
        if kind == DataKind::Bars && !layout.has(Field::Time) && !layout.has(Field::TimeOpen) {
            return Err(layout.missing(Field::Time));
        }
        Ok(layout)
    }

    /// Whether a column is this field.
    pub fn has(&self, field: Field) -> bool {
        self.columns.iter().any(|(_, f)| *f == field)
    }

    /// The column's name.
    pub fn name(&self, place: usize) -> &str {
        &self.names[place]
    }

    /// The name of the column that is the field with this name.
    pub fn column_of(&self, field: &str) -> Option<&str> {
        self.columns.iter().find(|(_, f)| f.name() == field).map(|(place, _)| self.name(*place))
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

/// What the rows are, by the columns there are.
fn guess(has: impl Fn(Field) -> bool, names: &[String]) -> Result<DataKind> {
    let bars = [Field::Open, Field::High, Field::Low, Field::Close].iter().all(|field| has(*field));
    let trades = has(Field::Price) && (has(Field::Quantity) || has(Field::Volume));
    let quotes = has(Field::Bid) && has(Field::Ask);
    if [Field::Kind, Field::Side, Field::Price, Field::Quantity].iter().all(|field| has(*field)) && !bars && !quotes {
        // Rows that say what they are: levels, and prints beside them.
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
