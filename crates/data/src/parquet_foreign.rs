//! Reads Parquet files of other makers by their column names, one row group after the other.

use crate::cell;
use crate::field::Field;
use crate::layout::Layout;
use crate::num::Num;
use crate::options::ReadOptions;
use crate::parquet_cells::{read_numbers, read_sides, read_texts, read_times};
use crate::parquet_column::damaged;
use crate::sink::{Draft, Sink};
use crate::store::Store;
use haggle_model::{Error, Result, Side, time::Nanos};
use parquet::file::reader::{FileReader, RowGroupReader};

/// The cells of a column in one row group.
enum Cells {
    Times(Vec<Option<Nanos>>),
    Numbers(Vec<Option<Num>>),
    Texts(Vec<Option<String>>),
    Sides(Vec<Option<Side>>),
}

/// Reads bars, trades or quotes; fields are found as in CSV. Nested columns are not looked at.
///
/// Prices and sizes may be DECIMAL, integers, floats (read as their shortest decimals) or texts; times TIMESTAMP in any
/// unit, DATE, INT96, texts, or plain numbers whose unit shows in their size. Errors: `INVALID_DATA` with row and column.
pub(crate) fn read(reader: &dyn FileReader, options: &ReadOptions) -> Result<Store> {
    let schema = reader.metadata().file_metadata().schema_descr();
    // Only columns of plain values count; their places in the file stand beside them.
    let (places, names): (Vec<usize>, Vec<String>) = schema
        .columns()
        .iter()
        .enumerate()
        .filter(|(_, column)| column.path().parts().len() == 1 && column.max_rep_level() == 0)
        .map(|(place, column)| (place, column.name().to_owned()))
        .unzip();
    let layout = Layout::resolve(Some(&names), names.len(), options)?;
    let mut sink = Sink::new(&layout, options)?;
    let mut before = 0;
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group).map_err(|error| damaged(&error))?;
        let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        let at_cell = |field: Field| {
            let layout = &layout;
            move |(error, row): (Error, usize)| layout.in_column(error.at(field.name()), &format!("row {}", before + row))
        };
        let mut columns = Vec::with_capacity(layout.columns.len());
        for (place, field) in &layout.columns {
            columns.push((*field, cells(&*group, places[*place], *field, rows).map_err(at_cell(*field))?));
        }
        for row in 0..rows {
            take(&columns, row, &mut sink).map_err(|error| layout.in_column(error, &format!("row {}", before + row)))?;
        }
        before += rows;
    }
    sink.finish()
}

/// The cells of one column. An error comes with the row in the group.
fn cells(group: &dyn RowGroupReader, place: usize, field: Field, rows: usize) -> Result<Cells, (Error, usize)> {
    Ok(match field {
        Field::Time | Field::TimeReceived | Field::TimeOpen => Cells::Times(read_times(group, place, rows)?),
        Field::Symbol | Field::Exchange | Field::Kind => Cells::Texts(read_texts(group, place, rows)?),
        Field::Side => Cells::Sides(read_sides(group, place, rows, cell::side)?),
        Field::BuyerMaker => Cells::Sides(read_sides(group, place, rows, cell::buyer_maker)?),
        _ => Cells::Numbers(read_numbers(group, place, rows)?),
    })
}

fn take(columns: &[(Field, Cells)], row: usize, sink: &mut Sink) -> Result<()> {
    let mut draft = Draft::default();
    for (field, cells) in columns {
        match cells {
            Cells::Times(times) if *field == Field::TimeReceived => draft.received = times[row],
            Cells::Times(times) => draft.time = times[row],
            Cells::Numbers(numbers) => draft.set(*field, numbers[row]),
            Cells::Sides(sides) => draft.side = sides[row].or(draft.side),
            Cells::Texts(texts) => {
                let text = texts[row].as_deref();
                match field {
                    Field::Symbol => draft.symbol = text,
                    Field::Exchange => draft.exchange = text,
                    _ if !sink.wants(text.unwrap_or(""))? => return Ok(()),
                    _ => {}
                }
            }
        }
    }
    sink.push(&draft)
}
