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
  /** Bars: their length. */
  timeframe?: Duration
  /** Bars: whether their stamp is their open or their close. */
  stamp?: 'open' | 'close'
  /** Which column (by name or place) is which field; what is not named here goes by the usual names. */
  columns?: Readonly<Record<string, string | number>>
  /** First moment, included. */
  from?: Time
  /** Last moment, excluded. */
  to?: Time
  /** Refuse rows out of order instead of sorting them. */
  strictOrder?: boolean
  /** Which stamp counts as exchange time; `aligned` is the default for data of which only one kind carries the venue's. */
  exchangeTime?: 'venue' | 'received' | 'aligned'
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
