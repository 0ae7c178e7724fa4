import { describe, expect, it } from 'vitest'
import { startSystem } from '../../src/index'
import { CONFIG, START } from './common'

/** Rows as ccxt's methods return them, with more fields than anybody asks for. */
const trade = {
  info: { e: 'trade' }, id: '4711', order: undefined, timestamp: START + 1, datetime: '2024-01-01T00:00:00.001Z', symbol: 'A/B', type: undefined, side: 'sell',
  takerOrMaker: undefined, price: 100, amount: 2, cost: 200, fee: undefined, fees: [],
}
const ticker = {
  symbol: 'A/B', timestamp: START + 2, datetime: '2024-01-01T00:00:00.002Z', high: 110, low: 90, bid: 99.9, bidVolume: 3, ask: 100.1, askVolume: 4, vwap: 100, open: 95,
  close: 100, last: 100, previousClose: undefined, change: 5, percentage: 5, average: 97, baseVolume: 1_000, quoteVolume: 100_000, info: {},
}
const book = { symbol: 'A/B', bids: [[99.8, 5], [99.7, 6]], asks: [[100.2, 7], [100.3, 8]], timestamp: START + 3, datetime: '2024-01-01T00:00:00.003Z', nonce: 12 }
const candle = [START, 100, 101, 99, 100.5, 42]

function watch(rows: unknown, options = {}): unknown[] {
  const seen: unknown[] = []
  const system = startSystem({ ...CONFIG, exchange: 'binance_spot' }, {
    clock: 'manual', start: START, balances: { B: 1_000 },
    strategy: {
      onTrade(_, { price, quantity, side }) { seen.push(['trade', price, quantity, side]) },
      onBook(_, { bid, bidSize, ask, askSize }) { seen.push(['book', bid, bidSize, ask, askSize]) },
      onBar(_, { time, closeTime, open, high, low, close, volume }) { seen.push(['bar', time - START, closeTime - START, open, high, low, close, volume]) },
    },
  })
  system.feedEvents(rows as never, options)
  system.advance('5m')
  void system.abort()
  return seen
}

describe('rows of ccxt go in as they are', () => {
  it.each<[string, unknown, object, unknown[]]>([
    ['a trade', trade, {}, [['trade', 100, 2, 'Sell']]],
    ['what watchTrades gives', [trade, { ...trade, id: '4712', price: 100.1, side: 'buy' }], {}, [['trade', 100, 2, 'Sell'], ['trade', 100.1, 2, 'Buy']]],
    ['a ticker', ticker, {}, [['book', 99.9, 3, 100.1, 4]]],
    ['an order book', book, {}, [['book', 99.8, 5, 100.2, 7]]],
    ['what fetchOHLCV gives', [candle, [START + 60_000, 100.5, 102, 100, 101, 7]], { symbol: 'A/B', timeframe: '1m' },
      [['bar', 0, 60_000, 100, 101, 99, 100.5, 42], ['bar', 60_000, 120_000, 100.5, 102, 100, 101, 7]]],
    ['one of its rows', candle, { symbol: 'A/B', timeframe: '1m' }, [['bar', 0, 60_000, 100, 101, 99, 100.5, 42]]],
    ['a set of them', new Set([trade, ticker]), {}, [['trade', 100, 2, 'Sell'], ['book', 99.9, 3, 100.1, 4]]],
  ])('%s', (_, rows, options, expected) => {
    expect(watch(rows, options)).toEqual(expected)
  })

  it('nothing is nothing', () => {
    expect(watch([])).toEqual([])
  })
})
