import { describe, expect, it } from 'vitest'
import { backtestSync, MarketData, type Context, type Strategy } from '../../src/index'
import { caught, first, quiet, quotes, refusal, sample, sampleBtc, START, world } from './common'

/** A/B on two exchanges, C/B on one of them. */
const venue = (exchange: string, price: number): MarketData => MarketData.fromColumns({
  time: [START, START + 1_000, START + 2_000], bid: [price, price, price], bidSize: [5, 5, 5], ask: [price + 1, price + 1, price + 1], askSize: [5, 5, 5],
}, { symbol: 'A/B', exchange })
const two = {
  system: { instruments: ['one:A/B', 'two:A/B', { symbol: 'C/B', exchange: 'two', nameExchange: 'CB-PERP' }], latency: 0 },
  marketData: MarketData.merge(venue('one', 100), venue('two', 200), quotes('C/B', quiet(3))),
  balances: { one: { B: 1_000 }, two: { B: 2_000, C: 3 } },
}

describe('ctx.of', () => {
  it('finds a market by symbol, exchange and symbol, the venue\'s name, or its place', () => {
    first(two, (ctx) => {
      const market = (name: string | number): string => { const { exchange, symbol } = ctx.of(name); return `${exchange} ${symbol}` }
      expect(['one:A/B', 'two:A/B', 'C/B', 'c/b', 'TWO:C/B', 'two:c/b', 'CB-PERP', 0, 1, 2].map(market))
        .toEqual(['one A/B', 'two A/B', 'two C/B', 'two C/B', 'two C/B', 'two C/B', 'two C/B', 'one A/B', 'two A/B', 'two C/B'])
      expect(ctx.of('C/B')).toBe(ctx.of(2))
    })
    first(sample, (ctx) => { expect(ctx.of('BTCUSDT')).toBe(ctx.of('binance_spot:BTC/USDT')) })
  })

  it('says which two it could be', () => {
    for (const name of ['A/B', 'AB']) {
      expect(refusal(() => first(two, (ctx) => { ctx.of(name) }))).toMatchObject({ code: 'AMBIGUOUS_NAME', path: 'name', message: expect.stringContaining("write 'one:A/B'") as unknown })
    }
  })

  it.each<unknown>(['D/B', 'three:A/B', '', 3, -1, 0.5, Number.NaN, undefined, null, {}])('does not find %o', (name) => {
    expect(refusal(() => first(two, (ctx) => { ctx.of(name as string) }))).toMatchObject({ code: 'UNKNOWN_NAME', path: 'name', message: expect.stringContaining('C/B') as unknown })
  })

  it('gives markets to read and to trade, whatever the event is of', () => {
    const run = first(two, (ctx) => {
      ctx.of('two:A/B').buy(1)
      ctx.of('C/B').sell(2)
    }, { onOrder(ctx, order) { expect([ctx.exchange, ctx.symbol]).toEqual([order.exchange, order.symbol]) } })
    expect(run.fills.toArray().map(({ exchange, symbol, side, price }) => [exchange, symbol, side, price])).toEqual([['two', 'C/B', 'Sell', '99.9'], ['two', 'A/B', 'Buy', '201']].reverse())
  })
})

describe('a market', () => {
  it('has no price before the first, whatever ran before', () => {
    const seen: number[] = []
    const strategy: Strategy = { onStart(ctx) {
      const market = ctx.of('C/B')
      seen.push(market.bid, market.ask, market.mid, market.last, market.entryPrice)
      expect([market.position, market.pnl, market.openOrders.length]).toEqual([0, 0, 0])
    } }
    for (let i = 0; i < 3; i++) backtestSync(two, { strategy })
    expect(seen).toEqual(new Array(15).fill(Number.NaN))
    backtestSync(sampleBtc, { strategy: { onStart(ctx) { seen.push(ctx.bid, ctx.ask, ctx.mid, ctx.last) } } })
    backtestSync(sampleBtc, { strategy: { onStart(ctx) { seen.push(ctx.bid, ctx.ask, ctx.mid, ctx.last) } } })
    expect(seen).toEqual(new Array(23).fill(Number.NaN))
  })

  it('has the same prices by every way to it', () => {
    let events = 0
    const different = new Set<string>()
    const same = (a: unknown, b: unknown, what: string): void => { if (!Object.is(a, b)) different.add(what) }
    const compare = (ctx: Context): void => {
      const market = ctx.of(ctx.symbol)
      for (const name of ['bid', 'ask', 'mid', 'last', 'position', 'entryPrice', 'pnl', 'symbol', 'exchange', 'openOrders'] as const) same(market[name], ctx[name], name)
      if (ctx.position === 0 && ++events % 500 === 1) ctx.buy({ quote: 50 })
    }
    backtestSync(sample, { strategy: {
      onTrade(ctx, trade) {
        compare(ctx)
        same(trade.price, ctx.last, 'trade.price')
      },
      onBook(ctx, book) {
        compare(ctx)
        same(book.bid, ctx.bid, 'book.bid')
        same(book.ask, ctx.ask, 'book.ask')
        same(book.price('Buy', 0), ctx.bid, 'book.price of a bid')
        same(book.price('Sell', 0), ctx.ask, 'book.price of an ask')
        same(book.size('Buy', 0), book.bidSize, 'book.size of a bid')
        same(book.size('Sell', 0), book.askSize, 'book.size of an ask')
        same(book.price('Buy', 1), Number.NaN, 'book.price behind the best')
      },
      onFill: compare, onOrder: compare,
    } })
    expect(different).toEqual(new Set())
    expect(events).toBeGreaterThan(3)
  })

  it('knows its position, what it cost, and what it would bring', () => {
    const seen: unknown[] = []
    backtestSync(world([[99.9, 10, 100.1, 10], [99.9, 10, 100.1, 10], [109.9, 10, 110.1, 10], [109.9, 10, 110.1, 10]]), { strategy: { onBook(ctx) {
      seen.push([ctx.position, ctx.entryPrice, Math.round(ctx.pnl * 1e6) / 1e6])
      if (seen.length === 1) ctx.buy(2)
      if (seen.length === 3) expect(ctx.closePosition()).toMatchObject({ side: 'Sell', quantity: '2', kind: 'Market' })
      if (seen.length === 4) expect(ctx.closePosition()).toBeUndefined()
    } } })
    expect(seen).toEqual([[0, Number.NaN, 0], [2, 100.1, -0.2], [2, 100.1, 19.8], [0, Number.NaN, 0]])
  })

  it.each(['onStart', 'onTimer', 'onStop'] as const)('of the event is that of the lone instrument in %s, and none where there are several', (hook) => {
    const strategy = (act: (ctx: Context) => void): Strategy => ({ onBook() {}, onStart(ctx) { ctx.timer(0) }, [hook]: (ctx: Context) => { act(ctx) } })
    let calls = 0
    backtestSync(world(quiet(3)), { strategy: strategy((ctx) => {
      calls++
      expect([ctx.symbol, ctx.exchange]).toEqual(['A/B', 'mock'])
      expect(ctx.buy(1).symbol).toBe('A/B')
    }) })
    backtestSync(two, { strategy: strategy((ctx) => {
      calls++
      const without = { code: 'INVALID_ARGUMENT', message: expect.stringContaining('no current market') as unknown }
      for (const act of [() => ctx.symbol, () => ctx.exchange, () => ctx.openOrders, () => ctx.buy(1), () => ctx.sell(1), () => ctx.closePosition(), () => { ctx.cancelAll() }]) expect(refusal(act)).toMatchObject(without)
      expect([ctx.bid, ctx.ask, ctx.mid, ctx.last, ctx.position, ctx.entryPrice, ctx.pnl]).toEqual(new Array(7).fill(Number.NaN))
      expect(ctx.of('two:A/B').buy(1).exchange).toBe('two')
    }) })
    expect(calls).toBe(2)
  })

  it('is read-only', () => {
    first(two, (ctx) => {
      for (const market of [ctx, ctx.of('C/B')]) {
        for (const name of ['bid', 'position', 'symbol', 'openOrders'] as const) expect(caught(() => { (market as unknown as Record<string, unknown>)[name] = 1 })).toBeInstanceOf(TypeError)
      }
      ctx.buy(1, { price: 1 })
      expect(caught(() => { (ctx.openOrders as unknown[]).push(1) })).toBeInstanceOf(TypeError)
    })
  })
})

describe('the account', () => {
  it('tells what is free, locked, and both', () => {
    const seen: unknown[] = []
    backtestSync(world(quiet(4)), { strategy: { onBook(ctx) {
      seen.push(ctx.balance('B'), ctx.balance('a', 'mock'))
      if (seen.length === 2) ctx.buy('0.07', { price: '50.1' })
      if (seen.length === 4) ctx.sell(3)
    } } })
    expect(seen).toEqual([
      { free: 10_000, locked: 0, total: 10_000 }, { free: 100, locked: 0, total: 100 },
      // Not 10,000 - 9,996.493, which is 3.506999999999607.
      { free: 9_996.493, locked: 3.507, total: 10_000 }, { free: 100, locked: 0, total: 100 },
      { free: 10_296.193, locked: 3.507, total: 10_299.7 }, { free: 97, locked: 0, total: 97 },
      { free: 10_296.193, locked: 3.507, total: 10_299.7 }, { free: 97, locked: 0, total: 97 },
    ])
    expect(Object.isFrozen(seen[0])).toBe(true)
  })

  it('is asked by asset, and by exchange where two have it', () => {
    first(two, (ctx) => {
      expect([ctx.balance('B', 'one').total, ctx.balance('b', 'two').total, ctx.balance('C').total]).toEqual([1_000, 2_000, 3])
      expect(refusal(() => ctx.balance('B'))).toMatchObject({ code: 'AMBIGUOUS_NAME', path: 'exchange' })
      for (const [asset, exchange] of [['D'], ['C', 'one'], [''], [undefined], [7]] as [string, string][]) expect(refusal(() => ctx.balance(asset, exchange))).toMatchObject({ code: 'UNKNOWN_NAME', path: 'asset' })
    })
  })

  it('has an equity that ends as the last sample of the run', () => {
    for (const seed of [0, 1]) {
      let equity = 0
      const run = backtestSync(sample, { seed, strategy: { onTrade(ctx) { if (ctx.random() < 0.001) ctx.buy({ quote: 300 }) }, onStop(ctx) { equity = ctx.equity } } })
      expect(run.fills.length).toBeGreaterThan(5)
      expect(equity).toBeCloseTo(run.equity.at(-1)!.value, 8)
      expect(equity).not.toBe(10_000)
    }
  })
})

describe('chance', () => {
  const draw = (seed?: number, count = 1_000): number[] => {
    const numbers: number[] = []
    backtestSync(world(quiet(1)), { ...(seed === undefined ? {} : { seed }), strategy: { onBook(ctx) { for (let i = 0; i < count; i++) numbers.push(ctx.random()) } } })
    return numbers
  }

  it('comes from the seed, between 0 and 1', () => {
    const numbers = draw(7)
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
    expect(new Set(numbers).size).toBe(1_000)
    expect(numbers.reduce((sum, number) => sum + number) / 1_000).toBeCloseTo(0.5, 1)
    expect(draw(7)).toEqual(numbers)
    expect(draw(8)).not.toEqual(numbers)
    expect(draw()).toEqual(draw(0))
  })
})
