import { rowOf, sideOf } from '../events/market-rows'
import { jsonText } from '../json'
import { listOf, optionsOf } from '../options'
import type { Ticker } from '../types/client'
import type { BookLike, TradeLike } from '../types/market-data'
import type { Decimal, Name } from '../types/primitives'
import type { Market, Markets } from './markets'

/** A ticker's prices and sizes on the grid, as JSON. @internal */
export function tickerText(market: Market, ticker: Ticker): string {
  const given = optionsOf(ticker, 'ticker', ['last', 'bid', 'ask', 'bidSize', 'askSize'], 'prices: { bid, ask } or { last }')
  const fields = Object.entries(given).filter(([, value]) => value !== undefined).map(([field, value]) => {
    const path = `ticker.${field}`
    return [field, field.endsWith('Size') ? sizeText(market, value as Decimal, path) : priceText(market, value as Decimal, path)]
  })
  return jsonText(Object.fromEntries(fields))
}

/** A print: of which instrument, whether a buyer took, price and amount. @internal */
export function printOf(markets: Markets, trade: TradeLike): [name: string, isBuy: boolean, price: string, amount: string] {
  const { symbol, price, amount, side = 'buy' } = rowOf(trade, 'trade') as TradeLike
  const market = markets.find(symbol as Name, 'trade.symbol')
  const lots = market.lot.text(BigInt(market.lot.down(amount as Decimal, 'trade.amount')))
  return [market.name, sideOf(side, 'trade.side') === 'buy', priceText(market, price as Decimal, 'trade.price'), lots]
}

/** A book: of which instrument, and its levels as JSON. @internal */
export function bookText(markets: Markets, book: BookLike): [name: string, levels: string] {
  const { symbol, bids, asks } = rowOf(book, 'book') as BookLike
  const market = markets.find(symbol as Name, 'book.symbol')
  const levels = (given: BookLike['bids'], path: string): string[][] => {
    return listOf(given, path, '[price, size]').map((level, at) => {
      const [price, size] = listOf(level, `${path}[${at}]`, 'price and size') as Decimal[]
      return [priceText(market, price!, `${path}[${at}][0]`), sizeText(market, size!, `${path}[${at}][1]`)]
    })
  }
  return [market.name, jsonText({ bids: levels(bids, 'book.bids'), asks: levels(asks, 'book.asks') })]
}

function priceText({ tick }: Market, price: Decimal, path: string): string {
  return tick.text(BigInt(tick.nearest(price, path)))
}

/** A size may be zero: there is no such side, or no such level. */
function sizeText({ lot }: Market, size: Decimal, path: string): string {
  return size === 0 || size === 0n || size === '0' ? '0' : lot.text(BigInt(lot.down(size, path)))
}
