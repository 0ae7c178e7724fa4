import { invalid, show } from '../errors'
import { jsonText } from '../json'
import type { Ticker } from '../types/client'
import type { BookLike, TradeLike } from '../types/market-data'
import type { Decimal, Name } from '../types/primitives'
import type { Market, Markets } from './markets'

/** A ticker's prices and sizes on the grid, as JSON. @internal */
export function tickerText(market: Market, ticker: Ticker): string {
  if (typeof ticker !== 'object' || ticker === null) throw invalid('ticker', `expected { bid, ask } or { last }, found ${show(ticker)}`)
  const fields = Object.entries(ticker).filter(([, value]) => value !== undefined).map(([field, value]) => {
    const path = `ticker.${field}`
    return [field, field.endsWith('Size') ? sizeText(market, value as Decimal, path) : priceText(market, value as Decimal, path)]
  })
  return jsonText(Object.fromEntries(fields))
}

/** A print: of which instrument, whether a buyer took, price and amount. @internal */
export function printOf(markets: Markets, trade: TradeLike): [name: string, isBuy: boolean, price: string, amount: string] {
  if (typeof trade !== 'object' || trade === null) throw invalid('trade', `expected an object, found ${show(trade)}`)
  const { symbol, price, amount, side = 'buy' } = trade
  const market = markets.find(symbol as Name, 'trade.symbol')
  if (!/^(buy|sell)$/i.test(side)) throw invalid('trade.side', `expected 'buy' or 'sell', found ${show(side)}`)
  const lots = market.lot.text(BigInt(market.lot.down(amount as Decimal, 'trade.amount')))
  return [market.name, side.toLowerCase() === 'buy', priceText(market, price as Decimal, 'trade.price'), lots]
}

/** A book: of which instrument, and its levels as JSON. @internal */
export function bookText(markets: Markets, book: BookLike): [name: string, levels: string] {
  if (typeof book !== 'object' || book === null) throw invalid('book', `expected { symbol, bids, asks }, found ${show(book)}`)
  const market = markets.find(book.symbol as Name, 'book.symbol')
  const levels = (given: BookLike['bids'], path: string): string[][] => {
    if (!Array.isArray(given)) throw invalid(path, `expected a list of [price, size], found ${show(given)}`)
    return given.map((level: unknown, at) => {
      if (!Array.isArray(level)) throw invalid(`${path}[${at}]`, `expected [price, size], found ${show(level)}`)
      const [price, size] = level as Decimal[]
      return [priceText(market, price!, `${path}[${at}][0]`), sizeText(market, size!, `${path}[${at}][1]`)]
    })
  }
  return [market.name, jsonText({ bids: levels(book.bids, 'book.bids'), asks: levels(book.asks, 'book.asks') })]
}

function priceText({ tick }: Market, price: Decimal, path: string): string {
  return tick.text(BigInt(tick.nearest(price, path)))
}

/** A size may be zero: there is no such side, or no such level. */
function sizeText({ lot }: Market, size: Decimal, path: string): string {
  return size === 0 || size === 0n || size === '0' ? '0' : lot.text(BigInt(lot.down(size, path)))
}
