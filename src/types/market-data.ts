import type { Decimal, Duration, Time } from './primitives'

/** How to read market data. */
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

/** `[price, size]` pairs, best first; ccxt's levels fit. */
export type Levels = readonly (readonly (Decimal | undefined)[])[]

/** A print; ccxt's trades fit. */
export interface TradeLike {
  symbol?: string
  timestamp?: Time
  price?: Decimal
  amount?: Decimal
  side?: string
  id?: string
}

/** A book; ccxt's order books fit. */
export interface BookLike {
  symbol?: string
  timestamp?: Time
  bids: Levels
  asks: Levels
}

/** Market data on its way to another thread: plain data. */
export interface SharedMarketData {
  readonly haggleData: number
}
