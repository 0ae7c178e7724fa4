import { attachMarketData, marketDataFromColumns, marketDataFromOhlcv, mergeMarketData, NativeMarketData } from '#native'
import { nativeColumn } from './data/columns'
import { load, loadOptions, sourcesOf } from './data/load'
import { pathOf, readOptionsText, record, refuseColumns, span } from './data/options'
import { flatOhlcv, tradeColumns } from './data/rows'
import { HaggleError, invalid, isRevoked, show } from './errors'
import { jsonText } from './json'
import { call, fromNative } from './native/errors'
import { isOf } from './options'
import { formatMarketData, type InstrumentRows } from './print/market-data'
import { printable } from './print/printable'
import { widthOf } from './print/width'
import { timeText } from './time'
import type { Hole, LoadOptions, LoadSource, MarketDataRow, ReadOptions, SharedMarketData, TradeLike } from './types/market-data'
import type { Name, Time } from './types/primitives'

// What this module and no caller may do with a MarketData; its static block says how.
let nativeHandle: (data: MarketData) => NativeMarketData | undefined
let wrap: (native: NativeMarketData) => MarketData

/**
 * Market data: rows of one or several instruments, read once, immutable, shared by all runs and worker threads.
 *
 * Prices and sizes are kept to the digit. Rows are sorted by time where they are not (`strictOrder` refuses them
 * instead), and checked: what is not finite, a price that is not above zero, a bar whose high is below its low are
 * errors of the code `INVALID_DATA` that name the line or row.
 *
 * @example
 * import { MarketData } from 'haggle'
 * const rows = [[1704067200000, 100, 104, 99, 103, 12.5], [1704153600000, 103, 105, 101, 102, 8]]
 * const data = MarketData.fromOhlcv(rows, { symbol: 'BTC/USDT', timeframe: '1d' })
 * console.log(data.length, data.symbols, data.end)   // 2 [ 'BTC/USDT' ] 2024-01-03T00:00:00Z
 * console.log(data)                                  // what is in it, as a table
 * data.close()
 */
export class MarketData implements Disposable {
  #native: NativeMarketData | undefined
  readonly #facts: ReturnType<NativeMarketData['describe']>

  private constructor(native: NativeMarketData) {
    // For callers without types: only this package has such an object.
    if (!isOf(native, NativeMarketData)) {
      throw invalid('', 'MarketData has no constructor', 'MarketData.fromCsv(...), fromOhlcv(...), or sampleData.binanceSpot()')
    }
    this.#native = native
    this.#facts = call(() => native.describe())
    Object.freeze(this.#facts.symbols)
    Object.freeze(this)
  }

  /**
   * Reads bars, trades, quotes or books from CSV, plain or packed (`.gz`, `.zst`, `.zip` with one file): a path, a pattern (`data/*.csv`), a `file:` URL, the bytes
   * themselves, or a list of these, whose rows follow each other.
   *
   * The first line names the columns, in the usual words (`time`, `timestamp`, `Open`, `bidPrice`, `qty`, ...) unless
   * `options.columns` says which is which. Times are RFC 3339, the usual forms of dates (UTC, or `timeZone`), or numbers since 1970. Files without a header of
   * Binance, Kraken and HistData are known by their columns.
   *
   * @example
   * const data = await MarketData.fromCsv('goog_daily.csv', { symbol: 'GOOG/USD', timeframe: '1d', stamp: 'open' })
   *
   * @throws HaggleError `INVALID_DATA` with file, line and column, `OVERFLOW` for more digits than 64 bits hold,
   *   `INVALID_ARGUMENT` or `UNKNOWN_NAME` with the path of the option.
   */
  static async fromCsv(source: LoadSource, options?: ReadOptions & LoadOptions): Promise<MarketData> {
    return readAny('csv', source, options)
  }

  /**
   * Reads Parquet: what {@link MarketData.writeParquet} wrote, or a table with columns as in a CSV file.
   *
   * @throws HaggleError as {@link MarketData.fromCsv}.
   */
  static async fromParquet(source: LoadSource, options?: ReadOptions & LoadOptions): Promise<MarketData> {
    return readAny('parquet', source, options)
  }

  /**
   * Reads the market events of barter, plain or gzipped: JSON Lines of `{"Item": ...}`, or one array of them.
   * `options.instruments` says which symbols the indices 0, 1, 2, ... stand for.
   *
   * @throws HaggleError as {@link MarketData.fromCsv}.
   */
  static async fromJsonLines(source: LoadSource, options?: ReadOptions & LoadOptions & { instruments?: readonly Name[] }): Promise<MarketData> {
    return readAny('jsonLines', source, options)
  }

  /**
   * Bars as ccxt's `fetchOHLCV` gives them: `[milliseconds, open, high, low, close, volume]`, stamped at their open.
   *
   * @throws HaggleError `INVALID_DATA` with a path like `rows[3][2]`, `INVALID_ARGUMENT` without symbol or timeframe.
   */
  static fromOhlcv(rows: Iterable<ArrayLike<number | undefined>>, options: ReadOptions & { symbol: string }): MarketData {
    refuseColumns(options, 'bars')
    const text = readOptionsText(options)
    const flat = flatOhlcv(rows)
    return make(() => marketDataFromOhlcv(flat, text))
  }

  /**
   * Prints as ccxt's `fetchTrades` gives them. Without a side it is told by the tick rule.
   *
   * @throws HaggleError `INVALID_DATA` with a path like `rows[3].price`, `INVALID_ARGUMENT` for the options.
   */
  static fromTrades(rows: Iterable<TradeLike>, options?: ReadOptions): MarketData {
    refuseColumns(options, 'trades')
    const text = readOptionsText({ ...options, kind: 'trades' })
    const { names, columns } = tradeColumns(rows)
    return make(() => marketDataFromColumns(names, columns, text, 'rows'))
  }

  /**
   * Columns by name, the names as in a CSV file. Of times, numbers are milliseconds, bigints and `BigInt64Array`s
   * nanoseconds; of sides, numbers above zero bought and below zero sold; NaN says that there is no value.
   *
   * @example
   * import { MarketData } from 'haggle'
   * const columns = { time: [0, 1000], price: new Float64Array([100.5, 100.25]), amount: [1, 2], side: [1, -1] }
   * const data = MarketData.fromColumns(columns, { symbol: 'BTC/USDT' })
   *
   * @throws HaggleError `INVALID_DATA` with a path like `columns.price[17]`, `INVALID_ARGUMENT` for columns of different
   *   lengths, detached arrays, and options.
   */
  static fromColumns(columns: Readonly<Record<string, ArrayLike<number | bigint | string | Date | null | undefined>>>, options?: ReadOptions): MarketData {
    const text = readOptionsText(options)
    const entries = Object.entries(record(columns, 'columns', 'columns'))
    const natives = entries.map(([name, column]) => nativeColumn(column, `columns.${name}`))
    const length = natives[0]?.length
    const odd = natives.findIndex((column) => column.length !== length)
    if (odd > 0) throw invalid(`columns.${entries[odd]![0]}`, `expected ${length} rows as in '${entries[0]![0]}', found ${natives[odd]!.length}`)
    return make(() => marketDataFromColumns(entries.map(([name]) => name), natives, text, 'columns'))
  }

  /**
   * All rows of all parts, by time; at one instant the earlier part's go first. The same symbol of the same exchange
   * becomes one instrument.
   *
   * @throws HaggleError `INVALID_ARGUMENT` for no parts, `CLOSED` for one that was closed, with the path `parts[i]`.
   */
  static merge(...parts: MarketData[]): MarketData {
    const natives = nativeParts(parts, 'write MarketData.merge(...parts)')
    return make(() => mergeMarketData(natives))
  }

  /**
   * As {@link MarketData.merge}, on a thread of its own, so that timers and other promises go on meanwhile.
   *
   * @throws HaggleError as {@link MarketData.merge}; the signal's reason, where it aborts.
   */
  static async mergeAsync(parts: readonly MarketData[], options?: LoadOptions): Promise<MarketData> {
    const waiting = onlyLoadOptions(options)
    if (!(!isRevoked(parts) && Array.isArray(parts))) throw invalid('parts', `expected a list of MarketData, found ${show(parts)}`)
    const natives = nativeParts(parts)
    return wrap(await load((native) => native.merge(natives), waiting))
  }

  /**
   * The data that another thread shared, without a copy; it has to be closed here too.
   *
   * @throws HaggleError `CLOSED` where all who held the data have closed it.
   */
  static attach(shared: SharedMarketData): MarketData {
    const ticket: unknown = record(shared, 'shared', "what share() returned")['haggleData']
    if (typeof ticket !== 'number' || !Number.isInteger(ticket) || ticket < 0 || ticket > 0xffff_ffff) {
      throw invalid('shared', 'expected what share() returned', 'MarketData itself cannot be posted: it arrives as {}; post data.share()')
    }
    return make(() => attachMarketData(ticket))
  }

  /** Number of rows. */
  get length(): number {
    return this.#described().length
  }

  /** The instruments, each by its symbol, or by `exchange:symbol` where two exchanges have it. */
  get symbols(): readonly string[] {
    return this.#described().symbols
  }

  /** Exchange time of the first row, RFC 3339; a bar's is its close. */
  get start(): string {
    return timeText(this.#described().start)
  }

  /** Exchange time of the last row, RFC 3339. */
  get end(): string {
    return timeText(this.#described().end)
  }

  /**
   * Some of the instruments, and of the time from `from` (included) to `to` (left out). The rows are copied.
   *
   * @throws HaggleError `UNKNOWN_NAME` with the nearest name, `INVALID_DATA` where no row is left.
   */
  select(part: { symbols?: readonly Name[], from?: Time, to?: Time }): MarketData {
    const text = this.#partText(part)
    const native = nativeOf(this)
    return make(() => native.select(text))
  }

  /**
   * As {@link MarketData.select}, on a thread of its own, so that timers and other promises go on meanwhile.
   *
   * @throws HaggleError as {@link MarketData.select}; the signal's reason, where it aborts.
   */
  async selectAsync(part: { symbols?: readonly Name[], from?: Time, to?: Time }, options?: LoadOptions): Promise<MarketData> {
    const waiting = onlyLoadOptions(options)
    const text = this.#partText(part)
    const native = nativeOf(this)
    return wrap(await load((job) => job.select(native, text), waiting))
  }

  /** What loading noticed that a result should be read with: a code and a sentence each. Runs over the data have them, too. */
  get warnings(): readonly { readonly code: string, readonly message: string }[] {
    const native = nativeOf(this)
    return Object.freeze((JSON.parse(call(() => native.warnings())) as { code: string, message: string }[]).map((warning) => Object.freeze(warning)))
  }

  /**
   * Stretches without rows where some should be, by time: bars missing between others of one instrument and length, and the time from each reconnect to
   * the next row. Nights and weekends of markets that close are among them.
   *
   * @example
   * import { MarketData } from 'haggle'
   * const minute = 60_000
   * const data = MarketData.fromOhlcv([0, 1, 4].map((i) => [i * minute, 1, 1, 1, 1, 1]), { symbol: 'BTC/USDT', timeframe: '1m' })
   * console.log(JSON.stringify(data.holes()[0]))   // {"symbol":"BTC/USDT","from":"1970-01-01T00:02:00Z","to":"1970-01-01T00:04:00Z","missing":2}
   *
   * @throws HaggleError `CLOSED`
   */
  holes(): readonly Hole[] {
    const native = nativeOf(this)
    const holes = JSON.parse(call(() => native.holes())) as Hole[]
    return Object.freeze(holes.map((hole) => Object.freeze({ ...hole, from: timeText(BigInt(hole.from)), to: timeText(BigInt(hole.to)) })))
  }

  /**
   * The rows as values, in exchange-time order, decimals as text. They are made as the loop comes to them.
   *
   * @throws HaggleError `UNKNOWN_NAME` and `INVALID_ARGUMENT` with a path such as `options.kind`, `CLOSED`.
   */
  rows(options?: { symbol?: Name, kind?: 'bars' | 'trades' | 'quotes' | 'book', from?: Time, to?: Time }): Iterable<MarketDataRow> {
    const filter = this.#filterText(options)
    const native = nativeOf(this)
    // A wrong option is told at the call, and not at the first step of the loop.
    call(() => native.rows(filter, this.length))
    return { [Symbol.iterator]: () => rowsOf(native, filter) }
  }

  /**
   * The rows of one kind of one instrument as columns of doubles: `time` (milliseconds; of bars the close) and `timeOpen` or `timeReceived`; then `open high low
   * close volume`, `price quantity side` (1 bought, -1 sold), or `bid bidSize ask askSize` (NaN: no such side). They are copies.
   *
   * @example
   * import { MarketData } from 'haggle'
   * const data = MarketData.fromOhlcv([[0, 10, 12, 9, 11, 100]], { symbol: 'BTC/USDT', timeframe: '1d' })
   * console.log(data.columns('BTC/USDT', 'bars').close)   // Float64Array(1) [ 11 ]
   *
   * @throws HaggleError `UNKNOWN_NAME` and `INVALID_ARGUMENT` with a path such as `kind`, `CLOSED`.
   */
  columns(symbol: Name, kind: 'bars' | 'trades' | 'quotes'): Readonly<Record<string, Float64Array>> {
    if (kind !== 'bars' && kind !== 'trades' && kind !== 'quotes') throw invalid('kind', `expected 'bars', 'trades' or 'quotes', found ${show(kind)}`)
    const native = nativeOf(this)
    const filter = jsonText({ symbol: this.#symbolOf(symbol, 'symbol'), kind })
    return Object.freeze(call(() => native.columns(filter)))
  }

  /**
   * Writes all rows to a Parquet file, from which they come back as they are. The file is there whole or not at all: it is written beside its place, and then put there.
   *
   * @throws HaggleError `INVALID_ARGUMENT` where the file cannot be written, `CLOSED`.
   */
  async writeParquet(path: string | URL): Promise<void> {
    const native = nativeOf(this)
    const file = pathOf(path, 'path')
    const error = await call(() => native.writeParquet(file))
    if (error !== undefined) throw fromNative(error)
  }

  /**
   * A ticket for worker threads: plain data, which goes through `workerData` and `postMessage`, where the object itself
   * would arrive as `{}`. It can be redeemed any number of times while any thread holds the data; until the first time it
   * holds the data itself, so a worker that never attaches keeps the memory in use.
   *
   * @example
   * const worker = new Worker(url, { workerData: { shared: data.share() } })
   * // in the worker:
   * const data = MarketData.attach(workerData.shared)
   *
   * @throws HaggleError `CLOSED`
   */
  share(): SharedMarketData {
    const native = nativeOf(this)
    return Object.freeze({ haggleData: call(() => native.share()) })
  }

  /** Lets go of the data; runs under way keep it. Closing twice is fine, every other use then throws `CLOSED`. */
  close(): void {
    const native = this.#native
    this.#native = undefined
    if (native) call(() => native.close())
  }

  /** As {@link MarketData.close}. */
  [Symbol.dispose](): void {
    this.close()
  }

  #partText(part: unknown): string {
    const { symbols, from, to, ...rest } = record(part, 'part', 'symbols, from and to')
    const names = Array.isArray(symbols) ? symbols.map((name, i) => this.#symbolOf(name, `symbols[${i}]`)) : symbols
    return jsonText({ ...rest, symbols: names, ...span(from, to, '') })
  }

  #filterText(options: unknown): string {
    if (options === undefined) return '{}'
    const { symbol, from, to, ...rest } = record(options, 'options', 'symbol, kind, from and to')
    return jsonText({ ...rest, ...(symbol == null ? {} : { symbol: this.#symbolOf(symbol, 'options.symbol') }), ...span(from, to, 'options.') })
  }

  #described(): ReturnType<NativeMarketData['describe']> {
    nativeOf(this)
    return this.#facts
  }

  /** The name by which the core knows an instrument: its place among `symbols`, or the venue's `BTCUSDT`, is translated. */
  #symbolOf(name: unknown, path: string): unknown {
    const symbols = this.symbols
    if (typeof name === 'number') {
      const symbol = symbols[name]
      if (symbol !== undefined) return symbol
      throw new HaggleError('UNKNOWN_NAME', `there is no instrument ${name}: the data has ${symbols.length}`, { path, hint: `known: ${symbols.join(', ')}` })
    }
    if (typeof name !== 'string') throw invalid(path, `expected a name or an index, found ${show(name)}`)
    if (symbols.includes(name)) return name
    const found = symbols.filter((symbol) => symbol.replace('/', '') === name)
    return found.length === 1 ? found[0] : name
  }

  static {
    nativeHandle = (data) => data.#native
    wrap = (native) => new MarketData(native)
    printable(this.prototype, function (this: MarketData, depth, options) {
      const native = this.#native
      if (!native) return options.stylize('[MarketData, closed]', 'special')
      if (depth !== null && depth < 0) return options.stylize('[MarketData]', 'special')
      return formatMarketData(this, JSON.parse(call(() => native.instruments())) as InstrumentRows[], widthOf(options))
    })
  }
}

/**
 * The core's object, for a run.
 *
 * @param path Where the data stands among the caller's arguments.
 * @throws HaggleError `CLOSED`
 * @internal
 */
export function nativeOf(data: MarketData, path?: string): NativeMarketData {
  const native = nativeHandle(data)
  if (native) return native
  throw new HaggleError('CLOSED', 'the market data was closed', { path })
}

/** What the core makes, as ours. @internal */
export function make(native: () => NativeMarketData): MarketData {
  return wrap(call(native))
}

async function readAny(format: 'csv' | 'parquet' | 'jsonLines', source: unknown, options: unknown): Promise<MarketData> {
  const [waiting, rest] = loadOptions(options)
  const text = readOptionsText(rest)
  const sources = sourcesOf(source)
  return wrap(await load((native) => native.read(format, sources, text), waiting))
}

function nativeParts(parts: readonly MarketData[], hint?: string): NativeMarketData[] {
  return parts.map((part, i) => {
    if (!isOf(part, MarketData)) throw invalid(`parts[${i}]`, `expected MarketData, found ${show(part)}`, !isRevoked(part) && Array.isArray(part) ? hint : undefined)
    return nativeOf(part, `parts[${i}]`)
  })
}

/** Options that say how to wait, and nothing else. */
function onlyLoadOptions(options: unknown): LoadOptions {
  const [waiting, rest] = loadOptions(options)
  const [other] = Object.keys(rest)
  if (other !== undefined) throw new HaggleError('UNKNOWN_NAME', `unknown field '${other}'`, { path: `options.${other}`, hint: 'known: signal, onProgress' })
  return waiting
}

function* rowsOf(native: NativeMarketData, filter: string): Generator<MarketDataRow> {
  let next: number | null = 0
  while (next !== null) {
    const from: number = next
    const batch = JSON.parse(call(() => native.rows(filter, from))) as { rows: MarketDataRow[], next: number | null }
    for (const row of batch.rows) yield frozen(row)
    next = batch.next
  }
}

function frozen(row: MarketDataRow): MarketDataRow {
  if (row.kind === 'book') for (const side of [row.bids, row.asks]) Object.freeze(side.map(Object.freeze))
  return Object.freeze(row)
}
