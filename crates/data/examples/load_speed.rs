//! Prints how long loading takes: `cargo run --profile dist -p haggle-data --example load_speed -- [tiles] [repetitions] [what]`.
//!
//! The workload is the carried sample of 50,000 rows `tiles` times over (default 20: 1 M rows), each pass 185 s later;
//! of columns the quotes and prints of its first instrument. `what` picks the lines whose name starts with it. Each line
//! is the median of the repetitions (default 9).

use haggle_data::{
    ColumnData, ExchangeTime, ReadOptions, Row, RowKind, Store, read_columns, read_csv, read_parquet, sample, write_parquet,
};
use haggle_model::{Result, Side, time::SECOND};
use std::io::Write;
use std::time::Instant;

/// What is timed: gives back the number of rows that were loaded.
type Work<'a> = (&'static str, Box<dyn Fn() -> Result<usize> + 'a>);

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let tiles: i64 = arguments.next().map_or(Ok(20), |text| text.parse())?;
    let repetitions: usize = arguments.next().map_or(Ok(9), |text| text.parse())?;
    let what = arguments.next().unwrap_or_default();
    let store = tiled(tiles)?;
    let mut file = Vec::new();
    write_parquet(&store, &mut file)?;
    let file = bytes::Bytes::from(file);
    let (quotes, trades) = (Columns::quotes(&store), Columns::trades(&store));
    let options = ReadOptions { symbol: Some("BTC/USDT".to_owned()), ..ReadOptions::default() };
    let none = ReadOptions::default();
    let texts = [quotes.csv(), trades.csv()];
    let works: [Work<'_>; 9] = [
        ("parquet, read", Box::new(|| Ok(read_parquet(file.clone(), &none)?.len()))),
        ("parquet, written", Box::new(|| write_parquet(&store, Vec::new()).map(|()| store.len()))),
        ("columns, quotes", Box::new(|| Ok(quotes.read(&options)?.len()))),
        ("columns, trades", Box::new(|| Ok(trades.read(&options)?.len()))),
        ("csv, quotes", Box::new(|| Ok(read_csv(&texts[0], &options)?.len()))),
        ("csv, trades", Box::new(|| Ok(read_csv(&texts[1], &options)?.len()))),
        ("store, hashed", Box::new(|| store.clone().data_hash().len().checked_mul(store.len() / 32).ok_or_else(too_long))),
        ("store, received", Box::new(|| Ok(store.restamp(ExchangeTime::Received)?.len()))),
        ("store, one of three selected", Box::new(|| store.select(Some(&["BTC/USDT"]), None, None).map(|_| store.len()))),
    ];
    let mut out = std::io::stdout();
    for (name, work) in works.iter().filter(|(name, _)| name.starts_with(&what)) {
        let mut seconds = Vec::new();
        let mut rows = 0;
        for _ in 0..repetitions {
            let start = Instant::now();
            rows = work()?;
            seconds.push(start.elapsed().as_secs_f64());
        }
        seconds.sort_by(f64::total_cmp);
        let (least, median) = (seconds[0], seconds[seconds.len() / 2]);
        let speed = |seconds: f64| rows as f64 / seconds / 1e6;
        writeln!(
            out,
            "{name:<30} {rows:>9} rows {:>8.2} ns a row {:>7.2} M rows/s, at best {:.2}",
            1e3 / speed(median),
            speed(median),
            speed(least)
        )?;
    }
    writeln!(out, "file {} bytes, memory {} bytes, hash {}", file.len(), store.memory_bytes(), store.data_hash())?;
    Ok(())
}

fn too_long() -> haggle_model::Error {
    haggle_model::Error::overflow("the number of rows")
}

/// The sample, again and again.
fn tiled(tiles: i64) -> Result<Store> {
    let mut store = sample::binance_spot()?.restamp(ExchangeTime::Received)?;
    let aligned = sample::binance_spot()?;
    store.instruments.clone_from(&aligned.instruments);
    store.report = aligned.report;
    let once = aligned.rows;
    store.rows = (0..tiles)
        .flat_map(|tile| {
            let first = once.len() as i64 * tile;
            once.iter().map(move |row| Row {
                time: row.time + tile * 185 * SECOND,
                arrival: (i64::from(row.arrival) + first) as u32,
                ..*row
            })
        })
        .collect();
    Ok(store)
}

/// Columns as a caller has them.
struct Columns {
    time: Vec<i64>,
    values: Vec<(&'static str, Vec<f64>)>,
}

impl Columns {
    fn quotes(store: &Store) -> Self {
        Self::of(
            store,
            |kind| kind == RowKind::Quote,
            &["bid", "bidSize", "ask", "askSize"],
            |place| {
                let (row, first) = (&store.rows[place], &store.instruments[0]);
                vec![first.tick.f64(row.a), first.lot.f64(row.b), first.tick.f64(store.ask(place)), first.lot.f64(row.c)]
            },
        )
    }

    fn trades(store: &Store) -> Self {
        Self::of(
            store,
            |kind| kind.aggressor().is_some(),
            &["price", "quantity", "side"],
            |place| {
                let (row, first) = (&store.rows[place], &store.instruments[0]);
                let side = if row.kind.aggressor() == Some(Side::Buy) { 1.0 } else { -1.0 };
                vec![first.tick.f64(row.a), first.lot.f64(row.b), side]
            },
        )
    }

    fn of(store: &Store, wanted: impl Fn(RowKind) -> bool, names: &[&'static str], values: impl Fn(usize) -> Vec<f64>) -> Self {
        let mut columns = Self { time: Vec::new(), values: names.iter().map(|name| (*name, Vec::new())).collect() };
        for (place, row) in store.rows.iter().enumerate().filter(|(_, row)| row.instrument == 0 && wanted(row.kind)) {
            columns.time.push(row.time);
            columns.values.iter_mut().zip(values(place)).for_each(|((_, column), value)| column.push(value));
        }
        columns
    }

    /// The same as a file: milliseconds, and decimals of a fixed width.
    fn csv(&self) -> Vec<u8> {
        let mut text = Vec::new();
        let names: Vec<&str> = self.values.iter().map(|(name, _)| *name).collect();
        text.extend(format!("time,{}\n", names.join(",")).as_bytes());
        for (row, time) in self.time.iter().enumerate() {
            let cells = self.values.iter().map(|(name, column)| match (*name, column[row]) {
                ("side", side) => format!(",{side}"),
                (_, value) => format!(",{value:.8}"),
            });
            text.extend(format!("{}{}\n", time / 1_000_000, cells.collect::<String>()).as_bytes());
        }
        text
    }

    fn read(&self, options: &ReadOptions) -> Result<Store> {
        let mut table = vec![("time", ColumnData::I64(&self.time))];
        table.extend(self.values.iter().map(|(name, column)| (*name, ColumnData::F64(column))));
        read_columns(&table, options)
    }
}
