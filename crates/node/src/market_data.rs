//! The native class behind `MarketData`.

use crate::error::guard;
use crate::job;
use crate::js::{Js, Kind, Value};
use crate::list::List;
use crate::market_data_out::{RowFilter, columns_of, rows_json};
use crate::options::{Part, read_options, read_part};
use crate::tickets;
use haggle_data::{
    ColumnData, ReadOptions, Source, Store, Watch, matching_files, merge, merge_watched, open_file, read_columns, read_csv_files,
    read_json_lines, read_ohlcv, read_parquet, read_parquet_file, write_parquet_file,
};
use haggle_engine::Halt;
use haggle_model::read::join;
use haggle_model::{Code, Error, Result};
use napi::Env;
use napi::bindgen_prelude::{
    BigInt64Array, ClassInstance, Either, Either3, Float64Array, JavaScriptClassExt as _, ObjectFinalize, Uint8Array,
};
use napi_derive::napi;
use serde_json::json;
use std::sync::Arc;

/// A column from JavaScript.
type Column = Either3<Float64Array, BigInt64Array, Vec<String>>;

/// Market data: columns, immutable, shared by all runs and worker threads.
#[napi(js_name = "NativeMarketData", custom_finalize)]
pub struct MarketData {
    store: Option<Arc<Store>>,
    /// Bytes that V8 was told of: it would not collect an unused handle in time if it took it for small.
    reported: i64,
}

impl MarketData {
    /// The store, unless it was closed.
    pub fn store(&self) -> Result<Arc<Store>> {
        self.store.clone().ok_or_else(|| Error::new(Code::Closed, "the market data was closed").at("marketData"))
    }

    fn hold(env: Env, store: Arc<Store>) -> Result<Self, Halt> {
        let reported = i64::try_from(store.memory_bytes()).unwrap_or(i64::MAX);
        env.adjust_external_memory(reported).map_err(napi_failed)?;
        Ok(Self { store: Some(store), reported })
    }

    fn release(&mut self, env: Env) -> napi::Result<()> {
        self.store = None;
        env.adjust_external_memory(-std::mem::take(&mut self.reported)).map(drop)
    }
}

impl ObjectFinalize for MarketData {
    fn finalize(mut self, env: Env) -> napi::Result<()> {
        self.release(env)
    }
}

/// Reads sources of one format as one load.
fn read_sources(sources: Vec<Source>, format: &str, options: &ReadOptions) -> Result<Store> {
    let mut files = Vec::with_capacity(sources.len());
    for source in sources {
        match source {
            Source::File(pattern) => {
                files.extend(matching_files(&pattern).map_err(|error| error.at("source"))?.into_iter().map(Source::File));
            }
            bytes @ Source::Bytes(_) => files.push(bytes),
        }
    }
    let one = if let [one] = &files[..] { one.name().map(str::to_owned) } else { None };
    let read = if format == "csv" { read_csv_files(&files, options) } else { read_each(files, format, options) };
    read.map_err(|error| {
        let mut error = locate(error, "source");
        if let Some(file) = one.filter(|_| error.path == "source" && !error.message.starts_with("cannot read")) {
            error.message = format!("{file}: {}", error.message);
        }
        error
    })
}

/// Reads each source by itself, and makes one store of all.
fn read_each(files: Vec<Source>, format: &str, options: &ReadOptions) -> Result<Store> {
    let is_alone = files.len() == 1;
    let read = |source: Source| {
        let name = source.name().map(str::to_owned);
        let read = match (source, format) {
            // Its pages are read one by one.
            (Source::File(path), "parquet") => open_file(&path).and_then(|file| read_parquet_file(file, options)),
            (Source::Bytes(bytes), "parquet") => read_parquet(bytes, options),
            (source, "jsonLines") => source.bytes().and_then(|bytes| read_json_lines(&bytes, options)),
            (_, other) => Err(Error::bug(format!("no reader for {other}"))),
        };
        read.map_err(|mut error| {
            if let Some(name) = name.filter(|_| !is_alone && !error.message.starts_with("cannot read")) {
                error.message = format!("{name}: {}", error.message);
            }
            error
        })
    };
    let mut stores = files.into_iter().map(read).collect::<Result<Vec<_>>>()?;
    if is_alone && let Some(store) = stores.pop() {
        return Ok(store);
    }
    merge_watched(&stores.iter().collect::<Vec<_>>(), &options.watch)
}

/// A reader's error with a path that the caller of the facade knows: options stand under `options`, data under the
/// `argument` that they came in by.
fn locate(error: Error, argument: &str) -> Error {
    let is_of = |whole: &str| error.path.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
    let path = match error.code {
        Code::Bug => error.path.clone(),
        Code::InvalidData | Code::Overflow if is_of(argument) => error.path.clone(),
        // What the columns of a file are called is an option, as the choice of the stamp is.
        Code::InvalidData if is_of("columns") || is_of("exchangeTime") => join("options", &error.path),
        Code::InvalidData | Code::Overflow => argument.to_owned(),
        _ if error.path.is_empty() => "options".to_owned(),
        _ => join("options", &error.path),
    };
    error.at(path)
}

/// A load on a thread of its own: of files, or of what other data become.
#[napi(js_name = "NativeLoad")]
pub struct Load {
    watch: Watch,
}

#[napi]
impl Load {
    /// A load before its start.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: Env) -> napi::Result<Self> {
        guard(env, || Ok(Self { watch: Watch::new(job::stop_flag(env).map_err(napi_failed)?) }))
    }

    /// Reads sources (paths, patterns, bytes) of one format as one; resolves with a `NativeMarketData`, or an error object.
    #[napi(catch_unwind, ts_return_type = "Promise<NativeMarketData | Error>")]
    pub fn read(
        &self,
        env: Env,
        format: String,
        #[napi(ts_arg_type = "(string | Uint8Array)[]")] sources: Vec<Either<String, Uint8Array>>,
        options: String,
    ) -> napi::Result<Value> {
        guard(env, || {
            let options = ReadOptions { watch: self.watch.clone(), ..read_options(&options)? };
            let source = |source: Either<String, Uint8Array>| match source {
                Either::A(path) => Source::File(path),
                Either::B(bytes) => Source::Bytes(bytes.to_vec()),
            };
            let sources = sources.into_iter().map(source).collect();
            self.start(env, move |_| read_sources(sources, &format, &options))
        })
    }

    /// All parts as one.
    #[napi(catch_unwind, ts_return_type = "Promise<NativeMarketData | Error>")]
    pub fn merge(&self, env: Env, parts: Vec<ClassInstance<MarketData>>) -> napi::Result<Value> {
        guard(env, || {
            let stores = parts.iter().map(|part| part.store()).collect::<Result<Vec<_>>>()?;
            self.start(env, move |watch| merge_watched(&stores.iter().map(|store| &**store).collect::<Vec<_>>(), watch))
        })
    }

    /// Some of the instruments, some of the time.
    #[napi(catch_unwind, ts_return_type = "Promise<NativeMarketData | Error>")]
    pub fn select(&self, env: Env, data: ClassInstance<MarketData>, part: String) -> napi::Result<Value> {
        guard(env, || {
            let store = data.store()?;
            let Part { symbols, from, to } = read_part(&part)?;
            self.start(env, move |watch| {
                let symbols: Option<Vec<&str>> = symbols.as_ref().map(|symbols| symbols.iter().map(String::as_str).collect());
                store.select_watched(symbols.as_deref(), from, to, watch)
            })
        })
    }

    /// What is done, and of how much.
    #[napi(getter, catch_unwind, ts_return_type = "[done: number, total: number]")]
    pub fn progress(&self) -> Vec<f64> {
        let (done, total) = self.watch.progress();
        vec![done.min(total) as f64, total as f64]
    }

    /// Stops it soon.
    #[napi(catch_unwind)]
    pub fn stop(&self) {
        self.watch.stop();
    }
}

impl Load {
    fn start(&self, env: Env, work: impl FnOnce(&Watch) -> Result<Store> + Send + 'static) -> Result<Value, Halt> {
        let watch = self.watch.clone();
        job::spawn(env, move || Ok(Arc::new(work(&watch)?)), wrap).map_err(napi_failed)
    }
}

/// What napi could not do is a bug of ours or of Node.
pub fn napi_failed(error: napi::Error) -> Halt {
    Error::bug(error.reason.clone()).into()
}

fn wrap(js: &Js, store: Arc<Store>) -> napi::Result<Value> {
    let env = Env::from_raw(js.raw());
    let held = MarketData::hold(env, store).map_err(|_| napi::Error::from_reason("V8 did not take note of the data's size"))?;
    let instance = held.into_instance(&env)?;
    Ok(Value(napi::JsValue::raw(&instance)))
}

/// Columns by name. `argument` is what they came in by: `columns`, or `rows` of which the facade made them.
#[napi(catch_unwind)]
pub fn market_data_from_columns(
    env: Env,
    names: Vec<String>,
    #[napi(ts_arg_type = "(Float64Array | BigInt64Array | string[])[]")] columns: List<Column>,
    options: String,
    argument: String,
) -> napi::Result<MarketData> {
    guard(env, || {
        let options = read_options(&options)?;
        let texts: Vec<Vec<&str>> = columns
            .iter()
            .map(|column| if let Either3::C(texts) = column { texts.iter().map(String::as_str).collect() } else { Vec::new() })
            .collect();
        let table: Vec<(&str, ColumnData<'_>)> = names
            .iter()
            .zip(columns.iter().zip(&texts))
            .map(|(name, (column, texts))| {
                let data = match column {
                    Either3::A(values) => ColumnData::F64(values),
                    Either3::B(values) => ColumnData::I64(values),
                    Either3::C(_) => ColumnData::Text(texts),
                };
                (name.as_str(), data)
            })
            .collect();
        let read = read_columns(&table, &options).map_err(|error| {
            let error = locate(error, "columns");
            if argument == "rows" { of_rows(error) } else { error }
        });
        MarketData::hold(env, Arc::new(read?))
    })
}

/// `columns.price[17]` as `rows[17].price`.
fn of_rows(error: Error) -> Error {
    let Some(rest) = error.path.strip_prefix("columns") else { return error };
    let cell = rest.strip_prefix('.').and_then(|rest| rest.split_once('['));
    let path = cell.map_or_else(|| "rows".to_owned(), |(field, row)| format!("rows[{row}.{field}"));
    error.at(path)
}

/// OHLCV rows, flat: six numbers each, NaN where there is none.
#[napi(catch_unwind)]
pub fn market_data_from_ohlcv(env: Env, rows: Float64Array, options: String) -> napi::Result<MarketData> {
    guard(env, || {
        let options = read_options(&options)?;
        let (rows, _) = rows.as_chunks::<6>();
        let store = read_ohlcv(rows, &options).map_err(|error| locate(error, "rows"))?;
        MarketData::hold(env, Arc::new(store))
    })
}

/// All parts as one.
#[napi(catch_unwind)]
pub fn merge_market_data(env: Env, parts: Vec<ClassInstance<MarketData>>) -> napi::Result<MarketData> {
    guard(env, || {
        let stores = parts.iter().map(|part| part.store()).collect::<Result<Vec<_>>>()?;
        let parts: Vec<&Store> = stores.iter().map(|store| &**store).collect();
        MarketData::hold(env, Arc::new(merge(&parts)?))
    })
}

/// The sample that comes with the package.
#[napi(catch_unwind)]
pub fn sample_binance_spot(env: Env) -> napi::Result<MarketData> {
    guard(env, || MarketData::hold(env, Arc::new(haggle_data::sample::binance_spot()?)))
}

/// The data behind a ticket from another thread.
#[napi(catch_unwind)]
pub fn attach_market_data(env: Env, ticket: u32) -> napi::Result<MarketData> {
    guard(env, || MarketData::hold(env, tickets::redeem(ticket)?))
}

#[napi]
impl MarketData {
    /// Length, exchange time of the first and last row (ns), and the instruments' names: symbols, with the exchange in
    /// front where two have the same.
    #[napi(catch_unwind, ts_return_type = "{ length: number, start: bigint, end: bigint, symbols: string[] }")]
    pub fn describe(&self, env: Env) -> napi::Result<Value> {
        guard(env, || {
            let store = self.store()?;
            let js = Js::new(env);
            let made = || -> napi::Result<Value> {
                js.record(&[
                    ("length", js.number(store.len() as f64)?),
                    ("start", js.bigint(store.start().unwrap_or(0))?),
                    ("end", js.bigint(store.end().unwrap_or(0))?),
                    ("symbols", js.list(names(&store).iter().map(|name| js.text(name)))?),
                ])
            };
            made().map_err(napi_failed)
        })
    }

    /// JSON: of each instrument its name, rows by kind, and the increments that its prices and sizes have.
    #[napi(catch_unwind)]
    pub fn instruments(&self, env: Env) -> napi::Result<String> {
        guard(env, || {
            let store = self.store()?;
            let kinds = store.kinds();
            let items = names(&store).into_iter().zip(&store.instruments).zip(kinds).map(|((name, instrument), kinds)| {
                json!({
                    "symbol": name,
                    "quotes": kinds.quotes,
                    "trades": kinds.trades,
                    "bars": kinds.bars,
                    "tickSize": instrument.tick.value().normalize().to_string(),
                    "lotSize": instrument.lot.value().normalize().to_string(),
                })
            });
            Ok(serde_json::Value::Array(items.collect()).to_string())
        })
    }

    /// JSON: what loading noticed, as a list of `{ code, message }`.
    #[napi(catch_unwind)]
    pub fn warnings(&self, env: Env) -> napi::Result<String> {
        guard(env, || {
            let warnings = self.store()?.report.warnings();
            let items = warnings.into_iter().map(|(code, message)| json!({ "code": code, "message": message }));
            Ok(serde_json::Value::Array(items.collect()).to_string())
        })
    }

    /// JSON: stretches without rows where some should be; times in nanoseconds, as texts.
    #[napi(catch_unwind)]
    pub fn holes(&self, env: Env) -> napi::Result<String> {
        guard(env, || {
            let store = self.store()?;
            let names = names(&store);
            let items = store.holes().into_iter().map(|hole| {
                json!({
                    "symbol": names[usize::from(hole.instrument)],
                    "from": hole.from.to_string(),
                    "to": hole.to.to_string(),
                    "missing": hole.missing,
                })
            });
            Ok(serde_json::Value::Array(items.collect()).to_string())
        })
    }

    /// JSON: the next rows from a place on that the filter lets through, and the place behind them.
    #[napi(catch_unwind)]
    pub fn rows(&self, env: Env, filter: String, from: f64) -> napi::Result<String> {
        guard(env, || {
            let store = self.store()?;
            let filter = RowFilter::read(&filter, &store)?;
            Ok(rows_json(&store, &names(&store), &filter, from as usize))
        })
    }

    /// The rows of one kind of one instrument as columns of doubles.
    #[napi(catch_unwind, ts_return_type = "Record<string, Float64Array>")]
    pub fn columns(&self, env: Env, filter: String) -> napi::Result<Value> {
        guard(env, || {
            let store = self.store()?;
            // Here they are arguments of their own.
            let filter = RowFilter::read(&filter, &store).map_err(|error| {
                let path = error.path.trim_start_matches("options.").to_owned();
                error.at(path)
            })?;
            let js = Js::new(env);
            let made = || -> napi::Result<Value> {
                let columns = columns_of(&store, &filter);
                let values =
                    columns.iter().map(|(name, values)| Ok((*name, js.array(Kind::F64, values)?))).collect::<napi::Result<Vec<_>>>()?;
                js.record(&values)
            };
            made().map_err(napi_failed)
        })
    }

    /// Some of the instruments, some of the time.
    #[napi(catch_unwind)]
    pub fn select(&self, env: Env, part: String) -> napi::Result<MarketData> {
        guard(env, || {
            let Part { symbols, from, to } = read_part(&part)?;
            let symbols: Option<Vec<&str>> = symbols.as_ref().map(|symbols| symbols.iter().map(String::as_str).collect());
            MarketData::hold(env, Arc::new(self.store()?.select(symbols.as_deref(), from, to)?))
        })
    }

    /// Writes Parquet on a thread of its own; resolves with nothing, or an error object.
    #[napi(catch_unwind, ts_return_type = "Promise<undefined | Error>")]
    pub fn write_parquet(&self, env: Env, path: String) -> napi::Result<Value> {
        guard(env, || {
            let store = self.store()?;
            let work = move || Ok(write_parquet_file(&store, &path)?);
            job::spawn(env, work, |js, ()| js.undefined()).map_err(napi_failed)
        })
    }

    /// A ticket for other threads.
    #[napi(catch_unwind)]
    pub fn share(&self, env: Env) -> napi::Result<u32> {
        guard(env, || Ok(tickets::issue(&self.store()?)?))
    }

    /// Drops this holder's reference.
    #[napi(catch_unwind)]
    pub fn close(&mut self, env: Env) -> napi::Result<()> {
        guard(env, || self.release(env).map_err(napi_failed))
    }
}

/// The instruments' names, each of them once: a symbol that two exchanges have stands behind its exchange.
fn names(store: &Store) -> Vec<String> {
    let is_alone = |symbol: &str| store.symbols().filter(|other| *other == symbol).count() == 1;
    let name = |instrument: &haggle_data::DataInstrument| match &instrument.exchange {
        Some(exchange) if !is_alone(&instrument.symbol) => format!("{exchange}:{}", instrument.symbol),
        _ => instrument.symbol.clone(),
    };
    store.instruments.iter().map(name).collect()
}
