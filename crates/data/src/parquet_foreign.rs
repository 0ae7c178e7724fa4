//! Reads Parquet files of other makers by their column names, one row group after the other.

use crate::cell;
use crate::clock::Clock;
use crate::draft::{Draft, LevelCells};
use crate::field::Field;
use crate::layout::{Layout, LevelColumn};
use crate::num::Num;
use crate::options::ReadOptions;
use crate::parquet_cells::{read_flags, read_numbers, read_sides, read_texts, read_times};
use crate::parquet_column::damaged;
use crate::sink::Sink;
use crate::store::Store;
use haggle_model::{Error, Result, Side, time::Nanos};
use parquet::file::reader::{FileReader, RowGroupReader};
use std::rc::Rc;

/// The cells of a column in one row group.
enum Cells {
    Times(Vec<Option<Nanos>>),
    Numbers(Vec<Option<Num>>),
    Texts(Vec<Option<Rc<str>>>),
    Flags(Vec<Option<bool>>),
    Sides(Vec<Option<Side>>),
}

/// Reads bars, trades or quotes; fields are found as in CSV. Nested columns are not looked at.
///
/// Prices and sizes may be DECIMAL, integers, floats (read as their shortest decimals) or texts; times TIMESTAMP in any
/// unit, DATE, INT96, texts, or plain numbers whose unit shows in their size. Errors: `INVALID_DATA` with row and column.
pub(crate) fn read(reader: &dyn FileReader, size: u64, options: &ReadOptions) -> Result<Store> {
    let schema = reader.metadata().file_metadata().schema_descr();
    // Only columns of plain values count; their places in the file stand beside them.
    let (places, names): (Vec<usize>, Vec<String>) = schema
        .columns()
        .iter()
        .enumerate()
        .filter(|(_, column)| column.path().parts().len() == 1 && column.max_rep_level() == 0)
        .map(|(place, column)| (place, column.name().to_owned()))
        .unzip();
    let layout = Layout::resolve(Some(&names), names.len(), options, &[])?;
    let mut sink = Sink::new(&layout, options, size)?;
    sink.need_symbol(&layout)?;
    let mut clock = Clock::new(options.time_format.as_deref(), options.time_zone.as_deref())?;
    let groups = reader.num_row_groups().max(1) as u64;
    options.watch.expect(size);
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
            columns.push((*field, cells(&*group, places[*place], *field, rows, options, &mut clock).map_err(at_cell(*field))?));
            options.watch.check()?;
        }
        let mut levels = Vec::with_capacity(layout.levels.len());
        for column in &layout.levels {
            let field = if column.is_price { Field::Price } else { Field::Quantity };
            levels.push((*column, read_numbers(&*group, places[column.place], rows, options.decimals).map_err(at_cell(field))?));
            options.watch.check()?;
        }
        for row in 0..rows {
            if let Err(error) = take(&columns, &levels, row, &mut sink) {
                sink.bad(layout.in_column(error, &format!("row {}", before + row)))?;
            }
        }
        before += rows;
        options.watch.done(size / groups)?;
    }
    sink.finish()
}

/// The cells of one column. An error comes with the row in the group.
fn cells(
    group: &dyn RowGroupReader,
    place: usize,
    field: Field,
    rows: usize,
    options: &ReadOptions,
    clock: &mut Clock,
) -> Result<Cells, (Error, usize)> {
    Ok(match field {
        Field::Time | Field::TimeReceived | Field::TimeOpen | Field::TimeClose => Cells::Times(read_times(group, place, rows, clock)?),
        Field::TimeOfDay => {
            return Err((Error::argument("columns.timeOfDay", "only CSV has a time of day in a column of its own"), 0));
        }
        Field::Symbol | Field::Exchange | Field::Kind => Cells::Texts(read_texts(group, place, rows, options.limits)?),
        Field::IsSnapshot => Cells::Flags(read_flags(group, place, rows)?),
        Field::MakerSide => Cells::Sides(read_sides(group, place, rows, |text| Ok(cell::side(text)?.map(Side::opposite)))?),
        Field::Side => Cells::Sides(read_sides(group, place, rows, cell::side)?),
        Field::BuyerMaker => Cells::Sides(read_sides(group, place, rows, cell::buyer_maker)?),
        _ => Cells::Numbers(read_numbers(group, place, rows, options.decimals)?),
    })
}

fn take(columns: &[(Field, Cells)], levels: &[(LevelColumn, Vec<Option<Num>>)], row: usize, sink: &mut Sink) -> Result<()> {
    let mut draft = Draft::default();
    for (field, cells) in columns {
        match cells {
            Cells::Times(times) if *field == Field::TimeReceived => draft.received = times[row],
            Cells::Times(times) => draft.time = times[row],
            Cells::Numbers(numbers) => draft.set(*field, numbers[row]),
            Cells::Flags(flags) => draft.is_snapshot = flags[row],
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
    if levels.is_empty() {
        return sink.push(&draft);
    }
    let mut cells = LevelCells::default();
    for (column, values) in levels {
        cells.set(column, values[row]);
    }
    sink.push_book(&draft, &cells)
}
