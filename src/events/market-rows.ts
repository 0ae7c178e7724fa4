import { types } from 'node:util'
import { invalid, isRevoked, show } from '../errors'
import { listOf, meantBy, optionsOf } from '../options'
import { decimalJson, timeJson } from '../orders/fields'
import { nanosOf, nanosOfDuration, timeText } from '../time'
import type { CandleOptions, LiquidationInit, MarketOptions, NumberedBook, QuoteLike } from '../types/events'
import type { Levels, TradeLike } from '../types/market-data'
import type { Duration, Time } from '../types/primitives'

/*
 * Rows of a market as ccxt has them, in barter's JSON. ccxt's rows have many more fields (info, fee, datetime ...): what is not
 * asked for is passed over.
 */

/** Barter's market event of a print. @internal */
export function tradeJson(trade: TradeLike, options: MarketOptions | undefined): object {
  const { symbol, timestamp, price, amount, side, id } = rowOf(trade, 'trade') as TradeLike
  return event(symbol, timestamp, options, 'trade', {
    Trade: { id: id ?? '', price: decimalJson(price, 'trade.price'), amount: decimalJson(amount, 'trade.amount'), side: sideOf(side, 'trade.side') },
  })
}

/** Barter's market event of the best quotes. @internal */
export function quotesJson(quotes: QuoteLike, options: MarketOptions | undefined): object {
  const { symbol, timestamp, bid, ask, bidVolume, askVolume, bidSize = bidVolume, askSize = askVolume } = rowOf(quotes, 'quotes') as QuoteLike
  const level = (price: unknown, amount: unknown, name: string): object | null => price == null ? null
    : { price: decimalJson(price, `quotes.${name}`), amount: decimalJson(amount ?? 0, `quotes.${name}Size`) }
  return event(symbol, timestamp, options, 'quotes', {
    OrderBookL1: { last_update_time: stamp(timestamp, 'quotes.timestamp'), best_bid: level(bid, bidSize, 'bid'), best_ask: level(ask, askSize, 'ask') },
  })
}

/** Barter's market event of a book: all of it, or what changed. @internal */
export function bookJson(book: NumberedBook, options: MarketOptions | undefined, kind: 'Snapshot' | 'Update'): object {
  const { symbol, timestamp, bids, asks, nonce } = rowOf(book, 'book') as NumberedBook
  const time = stamp(timestamp, 'book.timestamp')
  return event(symbol, timestamp, options, 'book', {
    OrderBook: { [kind]: { sequence: nonce ?? 0, time_engine: time, bids: { levels: levels(bids, 'book.bids') }, asks: { levels: levels(asks, 'book.asks') } } },
  })
}

/** Barter's market event of a candle: one of ccxt's OHLCV rows. @internal */
export function candleJson(row: readonly (number | undefined)[], options: CandleOptions): object {
  const { symbol, timeframe, tradeCount = 0, ...rest } = optionsOf(options, 'options', ['symbol', 'timeframe', 'tradeCount', 'exchange', 'received'])
  if (isRevoked(row) || !Array.isArray(row) || row.length < 5 || row.length > 6) throw invalid('row', `expected time, open, high, low, close, volume, found ${show(row)}`)
  if (timeframe == null) throw invalid('options.timeframe', 'is missing: a candle is told at its close')
  const start = nanosOf(row[0] as Time, 'row[0]')
  const close = timeText(start + nanosOfDuration(timeframe as Duration, 'options.timeframe'))
  const [open, high, low, last, volume] = row.slice(1).map((value, at) => decimalJson(value, `row[${at + 1}]`))
  return event(symbol as string, close, rest, 'options', {
    Candle: { close_time: close, open, high, low, close: last, volume: volume ?? '0', trade_count: tradeCount, open_time: timeText(start) },
  })
}

/** Barter's market event of a liquidation. @internal */
export function liquidationJson(liquidation: LiquidationInit, options: MarketOptions | undefined): object {
  const { symbol, timestamp, side, price, quantity } = rowOf(liquidation, 'liquidation') as LiquidationInit
  return event(symbol, timestamp, options, 'liquidation', {
    Liquidation: {
      side: sideOf(side, 'liquidation.side'), price: decimalJson(price, 'liquidation.price'), quantity: decimalJson(quantity, 'liquidation.quantity'),
      time: stamp(timestamp, 'liquidation.timestamp'),
    },
  })
}

function event(symbol: string | undefined, timestamp: Time | undefined, options: MarketOptions | undefined, path: string, kind: object): object {
  if (typeof symbol !== 'string' || symbol === '') throw invalid(`${path}.symbol`, 'is missing')
  const { exchange, received } = optionsOf(options ?? {}, 'options', ['exchange', 'received', 'symbol']) as MarketOptions
  // 'binance_spot:BTC/USDT'; in ccxt's 'BTC/USDT:USDT' what follows the colon settles the contract.
  const [, before, name = symbol] = /^([^:/]+):(.+)$/.exec(symbol) ?? []
  const time = stamp(timestamp, `${path}.timestamp`)
  return {
    Market: {
      Item: {
        time_exchange: time, time_received: received === undefined ? time : timeJson(received, 'options.received'),
        exchange: exchange ?? before ?? 'mock', instrument: name, kind,
      },
    },
  }
}

/** A row with named fields, of which more may be there than are read. @internal */
export function rowOf(row: unknown, path: string): object {
  if (typeof row !== 'object' || row === null || isRevoked(row) || Array.isArray(row) || types.isPromise(row)) throw invalid(path, `expected an object, found ${show(row)}`, types.isPromise(row) ? meantBy(row) : undefined)
  return row
}

function stamp(time: Time | undefined | null, path: string): string {
  if (time == null) throw invalid(path, 'is missing')
  return timeJson(time, path)
}

/** `buy` or `sell`, in any case. @internal */
export function sideOf(side: unknown, path: string): string {
  if (typeof side === 'string' && /^(buy|sell)$/i.test(side)) return side.toLowerCase()
  throw invalid(path, `expected 'buy' or 'sell', found ${show(side)}`)
}

function levels(given: Levels, path: string): object[] {
  return listOf(given, path, '[price, size]').map((pair, at) => {
    const level = listOf(pair, `${path}[${at}]`, 'price and size')
    return { price: decimalJson(level[0], `${path}[${at}][0]`), amount: decimalJson(level[1], `${path}[${at}][1]`) }
  })
}
