import { HaggleError, invalid, isRevoked, show } from '../errors'
import { EngineEvent } from '../events/engine-event'
import { isOf } from '../options'
import type { SystemConfig } from '../system-config'
import type { NumberedBook, QuoteLike } from '../types/events'
import type { FeedOptions } from '../types/live'
import type { TradeLike } from '../types/market-data'

/**
 * What can be fed: an event, or a row of ccxt's (a trade, a ticker, an order book, an OHLCV row).
 *
 * @example
 * import { startSystem, type Feedable } from 'haggle'
 * const rows: Feedable[] = [
 *   { symbol: 'BTC/USDT', timestamp: 1, bid: 99, ask: 101 },
 *   { symbol: 'BTC/USDT', timestamp: 2, price: 100, amount: 1, side: 'buy' },
 * ]
 * const system = startSystem({ instruments: ['BTC/USDT'] }, { clock: 'manual', balances: { USDT: 1_000 } })
 * console.log(system.feedEvents(rows))   // 2
 * await system.shutdown()
 */
export type Feedable = EngineEvent | TradeLike | QuoteLike | NumberedBook | readonly (number | undefined)[]

/** The event that a row is. @internal */
export function eventOfRow(row: unknown, path: string, options: FeedOptions, config: SystemConfig): EngineEvent {
  if (isOf(row, EngineEvent)) return row as EngineEvent
  if (typeof row !== 'object' || row === null || isRevoked(row)) throw invalid(path, `expected an EngineEvent, or a trade, ticker, order book or OHLCV row of ccxt's, found ${show(row)}`)
  const { symbol = options.symbol } = row as { symbol?: string }
  const { timeframe, symbol: _, ...rest } = options
  const exchange = rest.exchange ?? exchangeOf(symbol, config)
  const market = { ...rest, ...(exchange !== undefined && { exchange }) }
  if (Array.isArray(row)) {
    if (timeframe === undefined) throw invalid('options.timeframe', 'is missing: an OHLCV row is told at its close')
    return EngineEvent.candle(row, { ...market, symbol: symbol!, timeframe })
  }
  const named = { ...row, symbol: symbol! }
  if ('bids' in row && 'asks' in row) return EngineEvent.book(named as NumberedBook, market)
  if ('amount' in row && 'price' in row) return EngineEvent.trade(named as TradeLike, market)
  if ('bid' in row || 'ask' in row) return EngineEvent.quotes(named as QuoteLike, market)
  throw new HaggleError('INVALID_DATA', `is neither a trade, a ticker, nor an order book: it has ${Object.keys(row).join(', ') || 'no fields'}`, { path })
}

/** The exchange of the one instrument with this symbol; what the row says itself comes before. */
function exchangeOf(symbol: string | undefined, { instruments }: SystemConfig): string | undefined {
  const found = instruments.filter((instrument) => instrument.symbol === (typeof symbol === 'string' ? symbol.toUpperCase() : undefined))
  return found.length === 1 ? found[0]!.exchange : undefined
}
