import type { Decimal, Duration, Time } from './primitives'

/**
 * How to read market data.
 *
 * @example
 * import { MarketData, type ReadOptions } from 'haggle'
 * const options: ReadOptions = { symbol: 'GOOG/USD', timeframe: '1d', stamp: 'open', columns: { close: 'Last' } }
 * const csv = 'Date,Open,High,Low,Last,Volume\n2025-01-02,10,12,9,11,100\n'
 * const data = await MarketData.fromCsv(new TextEncoder().encode(csv), options)
 * console.log(data.length, data.end)   // 1 2025-01-03T00:00:00Z
 */
export interface ReadOptions {
  /** The instrument, where the data does not name it. */
  symbol?: string
  /** Where it trades, where the data does not say it and a system has several exchanges. */
  exchange?: string
  /** What the rows are; if not given, what their columns say. */
  kind?: 'bars' | 'trades' | 'quotes' | 'book'
  /** Bars: their length. An error for rows that are none. */
  timeframe?: Duration
  /** Bars: whether their stamp is their open or their close. An error for rows that are none. */
  stamp?: 'open' | 'close'
  /**
   * Which column (by name or place) is which field: `time timeReceived timeOpen timeClose timeOfDay symbol exchange side buyerMaker makerSide
   * isSnapshot kind price quantity bid bidSize ask askSize open high low close volume`. It wins over every usual name; what is not
   * named here goes by these.
   */
  columns?: Readonly<Record<string, string | number>>
  /** First moment, included. */
  from?: Time
  /** Last moment, excluded. */
  to?: Time
  /** Refuse rows out of order instead of sorting them. */
  strictOrder?: boolean
  /** Which stamp counts as exchange time; `aligned` is the default for data of which only one kind carries the venue's. */
  exchangeTime?: 'venue' | 'received' | 'aligned'
  /** CSV: lines that begin with this are left out. */
  comment?: string
  /** CSV: so many lines are left out at the start. */
  skipLines?: number
  /** Rows that cannot be read: an error (`refuse`, the default), or left out, counted, and told as the warning `BAD_ROWS`. */
  badRows?: 'refuse' | 'skip'
  /**
   * How times are written: the unit of numbers (`s`, `ms`, `us`, `ns`), or a pattern as of `strftime`, such as `%d/%m/%Y %H:%M:%S.%f`. Default: what
   * they look like.
   */
  timeFormat?: string
  /** The zone of times without one: `America/New_York`, or an offset such as `-05:00`. Default: UTC. */
  timeZone?: string
  /**
   * Digits that no market has. If not given, the noise of doubles goes (`1.8275937099999997` is 1.82759371) and all else stays; `exact` keeps every
   * digit; `round` takes off the noise of 32-bit floats, too (`185.63999938964844` is 185.64), and all beyond eight decimals.
   */
  decimals?: 'exact' | 'round'
  /**
   * Rows that are there twice: bars of one instrument and period (default `drop`, and `refuse` with `strictOrder`; the later one stays), ticks that are equal in
   * all they say (default `keep`). What went is told as the warning `DUPLICATES`.
   */
  duplicates?: 'refuse' | 'drop' | 'keep'
  /** Bars: whether their volume limits what can be traded; `ignore` does not read it. */
  volume?: 'limit' | 'ignore'
  /** Quotes: the size of both sides, where the source has no sizes. */
  quoteSize?: Decimal
  /**
   * How much a load may take. If not given: 64 rows and 200 unpacked bytes for each byte of the source, but at least 2^20 rows and 64 MiB, and 1,024 bytes
   * of text in a symbol. Above it is `OVERFLOW`.
   */
  limits?: { rows?: number, bytes?: number, text?: number }
}

/**
 * How to wait for a load.
 *
 * @example
 * import { MarketData, type LoadOptions } from 'haggle'
 * const options: LoadOptions = { signal: AbortSignal.timeout(60_000), onProgress(done, total) { if (done === total) console.log('all bytes') } }
 * const csv = new TextEncoder().encode('time,price,qty\n1723161600,100.5,2\n')
 * console.log((await MarketData.fromCsv(csv, { symbol: 'BTC/USDT', ...options })).length)   // 1
 */
export interface LoadOptions {
  /** Ends the load; the promise is rejected with the signal's reason. */
  signal?: AbortSignal
  /** What is done, of how much: bytes of files, rows of data in memory. */
  onProgress?(done: number, total: number): void
}

/**
 * Where a load comes from: a path (with `*`, `?` or `[...]` for several files), a `file:` URL, bytes, or a list of these.
 *
 * @example
 * import { MarketData, type LoadSource } from 'haggle'
 * const source: LoadSource = Buffer.from('timestamp,open,high,low,close,volume\n0,1,2,1,2,10\n60000,2,3,2,3,10\n')
 * const data = await MarketData.fromCsv(source, { symbol: 'BTC/USDT', timeframe: '1m', stamp: 'open' })
 * console.log(data.length)   // 2
 */
export type LoadSource = string | URL | Uint8Array | readonly (string | URL | Uint8Array)[]

/**
 * A row of market data as a value, with decimals as text. A side that a quote does not have is null; a bar stands at its close.
 * Times are RFC 3339 to the nanosecond; `time` is the exchange time in milliseconds.
 *
 * @example
 * import { MarketData, type MarketDataRow } from 'haggle'
 * const data = MarketData.fromTrades([{ symbol: 'BTC/USDT', timestamp: 0, price: 100.5, amount: 2, side: 'buy' }])
 * const rows: MarketDataRow[] = [...data.rows()]
 * if (rows[0]?.kind === 'trade') console.log(rows[0].side, rows[0].price)   // Buy 100.5
 */
export type MarketDataRow =
  & { readonly symbol: string, readonly time: number, readonly timeExchange: string, readonly timeReceived: string }
  & (
    | { readonly kind: 'trade', readonly side: 'Buy' | 'Sell', readonly price: string, readonly quantity: string }
    | { readonly kind: 'quote', readonly bid: string | null, readonly bidSize: string | null, readonly ask: string | null, readonly askSize: string | null }
    | { readonly kind: 'bar', readonly timeOpen: string, readonly open: string, readonly high: string, readonly low: string, readonly close: string, readonly volume: string }
    | { readonly kind: 'book', readonly isSnapshot: boolean, readonly bids: readonly (readonly [string, string])[], readonly asks: readonly (readonly [string, string])[] }
    | { readonly kind: 'gap' }
  )

/**
 * A stretch of time without rows where some should be: bars missing between others, or the time after a reconnect (`missing` is 0).
 *
 * @example
 * import { MarketData, type Hole } from 'haggle'
 * const bars = [0, 1, 4].map((minute) => [minute * 60_000, 1, 1, 1, 1, 1])
 * const data = MarketData.fromOhlcv(bars, { symbol: 'BTC/USDT', timeframe: '1m' })
 * const holes: readonly Hole[] = data.holes()
 * console.log(holes[0]?.missing)   // 2
 */
export interface Hole {
  readonly symbol: string
  /** Where the rows before end, RFC 3339. */
  readonly from: string
  /** Where the rows behind begin, RFC 3339. */
  readonly to: string
  /** How many bars would fit in between. */
  readonly missing: number
}

/**
 * `[price, size]` pairs, best first; ccxt's levels fit.
 *
 * @example
 * import { EngineEvent, type Levels } from 'haggle'
 * const bids: Levels = [['99.5', 1], ['99', 3]]
 * console.log(EngineEvent.book({ symbol: 'BTC/USDT', timestamp: 0, bids, asks: [] }).kind)   // Market
 */
export type Levels = readonly (readonly (Decimal | undefined)[])[]

/**
 * A print; ccxt's trades fit.
 *
 * @example
 * import { MarketData, type TradeLike } from 'haggle'
 * const trades: TradeLike[] = [{ symbol: 'BTC/USDT', timestamp: 0, price: 100.5, amount: 2, side: 'buy' }]
 * console.log(MarketData.fromTrades(trades).length)   // 1
 */
export interface TradeLike {
  symbol?: string
  timestamp?: Time
  price?: Decimal
  amount?: Decimal
  side?: string
  id?: string
}

/**
 * A book; ccxt's order books fit.
 *
 * @example
 * import { EngineEvent, type BookLike } from 'haggle'
 * const book: BookLike = { symbol: 'BTC/USDT', timestamp: 0, bids: [[99, 1]], asks: [[101, 2]] }
 * const event = EngineEvent.book(book)
 * if (event.kind === 'Market' && event.market.kind === 'OrderBook') console.log(event.market.book.bids[0]?.[0])   // 99
 */
export interface BookLike {
  symbol?: string
  timestamp?: Time
  bids: Levels
  asks: Levels
}

/**
 * Market data on its way to another thread: plain data.
 *
 * @example
 * import { MarketData, sampleData, type SharedMarketData } from 'haggle'
 * const { marketData } = sampleData.binanceSpot()
 * const shared: SharedMarketData = marketData.share()
 * const attached = MarketData.attach(structuredClone(shared))
 * console.log(attached.length === marketData.length)   // true
 */
export interface SharedMarketData {
  readonly haggleData: number
}
