import { describe, expect, it } from 'vitest'
import { backtestSync, sampleData, startSystem, type BacktestRun, type NativeStrategy, type Strategy } from '../../src/index'
import { EmaCross, Maker } from '../run/strategies'

const { marketData } = sampleData.binanceSpot()
/** The increments that the sample has; a live system knows no data from which to take them. Its rows come with the feed's latency, so answers take no time. */
const config = {
  exchange: 'binance_spot',
  instruments: [['BTC/USDT', '0.00001'], ['ETH/USDT', '0.0001'], ['SOL/USDT', '0.001']].map(([symbol, lotSize]) => ({ symbol: symbol!, tickSize: '0.01', lotSize: lotSize! })),
  latency: { open: '50ms', response: 0 },
} as const
const balances = { USDT: 10_000, BTC: 1, ETH: 10, SOL: 100 }

const strategies: readonly (readonly [name: string, make: () => Strategy | NativeStrategy])[] = [
  ['emaCross', () => ({ native: 'emaCross', fast: 20, slow: 50 })],
  ['an EMA cross in JavaScript', () => new EmaCross(20, 50)],
  ['a market maker', () => new Maker()],
]

/** The back-test, and the same rows fed to a system whose clock is moved by so much at a time. */
function both(make: () => Strategy | NativeStrategy, feed: (system: ReturnType<typeof startSystem>) => void): [BacktestRun, Promise<BacktestRun>] {
  const run = backtestSync({ system: config, marketData, balances }, { id: 'system', strategy: make() })
  const system = startSystem(config, { clock: 'manual', balances, strategy: make() })
  feed(system)
  return [run, system.shutdownWithSummary()]
}

describe.each(strategies)('%s', (_, make) => {
  it.each<[string, (system: ReturnType<typeof startSystem>) => void]>([
    ['all rows at once', (system) => { system.feedEvents(marketData) }],
    ['all rows, and the clock step by step', (system) => {
      expect(system.feedEvents(marketData)).toBe(50_000)
      for (let i = 0; i < 190; i++) system.advance('950ms')
    }],
    ['rows as time goes by', (system) => {
      const from = Date.parse(marketData.start)
      for (let at = 0; at < 185_000; at += 5_000) {
        system.feedEvents(marketData.select({ from: from + at, to: from + at + 5_000 }))
        system.advance(at === 0 ? 0 : '5s')
      }
    }],
  ])('trades as in a back-test: %s', async (__, feed) => {
    const [run, ending] = both(make, feed)
    const live = await ending
    expect(run.fills.length).toBeGreaterThan(10)
    expect(live.fills.toArray()).toEqual(run.fills.toArray())
    expect(live.orders.toArray()).toEqual(run.orders.toArray())
    expect(live.resultHash).toBe(run.resultHash)
  })
})
