import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  backtestSync, MarketData, MockExecutionClient, startSystem, testStrategy, type Context, type MockExecutionClient as Client, type Order, type SpotOptions, type Strategy, type StrategyTest,
} from '../../src/index'
import { INSTRUMENT } from './common'

const tests: StrategyTest[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const test of tests.splice(0)) await test.close()
})

function start(strategy: Strategy | (() => Strategy), options: Partial<SpotOptions> = {}): StrategyTest {
  const test = testStrategy(strategy, { symbols: [INSTRUMENT], balances: { A: 10, B: 10_000 }, ...options })
  tests.push(test)
  return test
}

const stand = ({ cid, state, filledQuantity, quantity }: Order): string =>
  `${cid} ${state.kind}${state.kind === 'OpenFailed' ? `(${state.reason.code})` : ''} ${filledQuantity}/${quantity}`

/** A strategy that writes down what it is told, in milliseconds, and acts. */
function diary(act: Partial<Record<keyof Strategy, (ctx: Context, ...event: never[]) => void>>): { log: string[], strategy: Strategy } {
  const log: string[] = []
  const note = <T>(name: keyof Strategy, words: (ctx: Context, event: T) => string) => (ctx: Context, event?: T): void => {
    log.push(`${ctx.now} ${words(ctx, event!)}`)
    act[name]?.(ctx, event as never)
  }
  return {
    log,
    strategy: {
      onStart: note('onStart', () => 'start'),
      onTrade: note('onTrade', (_, trade) => `trade ${trade.side} ${trade.quantity}@${trade.price}`),
      onBook: note('onBook', (_, book) => `book ${book.bid} ${book.ask}`),
      onBar: note('onBar', (_, bar) => `bar ${bar.close}`),
      onFill: note('onFill', (ctx, fill) => `fill ${fill.quantity}@${fill.price} position ${ctx.position}`),
      onOrder: note('onOrder', (ctx, order) => `order ${stand(order)} free ${ctx.balance('B').free}`),
      onTimer: note('onTimer', (_, tag) => `timer ${tag}`),
      onStop: note('onStop', () => 'stop'),
    },
  }
}

const buyOnce = (ctx: Context): void => { if (!ctx.position && ctx.openOrders.length === 0) ctx.buy(1, { cid: 'one' }) }
const bidOnce = (ctx: Context): void => { ctx.buy(1, { price: 90, cid: 'bid' }) }
const TICKER = { bid: 99, ask: 100 }

interface Case { name: string, act: Parameters<typeof diary>[0], test(client: Client): void, options?: Partial<SpotOptions>, says: string[] }
const CASES: Case[] = [
  {
    name: 'buys on a ticker', act: { onBook: buyOnce },
    test: (client) => { client.setTicker('A/B', TICKER) },
    says: ['0 start', '0 book 99 100', '0 fill 1@100 position 1', '0 order one FullyFilled 1/1 free 9900', '0 stop'],
  },
  {
    name: 'buys on a print, on a book', act: { onTrade: (ctx) => { ctx.buy('0.5', { price: 95 }) }, onBook: (ctx) => { ctx.cancelAll() } },
    test: (client) => {
      client.pushTrade({ symbol: 'A/B', price: 96, amount: 2, side: 'sell' })
      client.pushBook({ symbol: 'A/B', bids: [[94, 1]], asks: [[97, 1]] })
    },
    says: ['0 start', '0 trade Sell 2@96', '0 order mock-0 Open 0/0.5 free 9952.5', '0 book 94 97', '0 order mock-0 Cancelled 0/0.5 free 10000', '0 stop'],
  },
  {
    name: 'reacts to a rejected order', act: { onBook: buyOnce, onOrder: (ctx, order: Order) => { if (order.state.kind === 'OpenFailed') ctx.buy('0.5', { cid: 'two' }) } },
    test: (client) => { client.rejectNext('QuantityOutOfRange'); client.setTicker('A/B', TICKER) },
    says: ['0 start', '0 book 99 100', '0 order one OpenFailed(QuantityOutOfRange) 0/1 free 10000', '0 fill 0.5@100 position 0.5', '0 order two FullyFilled 0.5/0.5 free 9950', '0 stop'],
  },
  {
    name: 'reacts to a partial fill', act: { onStart: bidOnce, onFill: (ctx) => { ctx.cancel('bid') } },
    test: (client) => { client.fillOrder('bid', { quantity: '0.4' }) },
    says: ['0 start', '0 order bid Open 0/1 free 9910', '0 fill 0.4@90 position 0.4', '0 order bid CancelInFlight 0.4/1 free 9910', '0 order bid Cancelled 0.4/1 free 9964', '0 stop'],
  },
  {
    name: 'has no connection', act: { onBook: bidOnce },
    test: (client) => { client.disconnect(); client.setTicker('A/B', TICKER) },
    says: ['0 start', '0 book 99 100', '0 order bid OpenFailed(Socket) 0/1 free 10000', '0 stop'],
  },
  {
    name: 'learns after a disconnect what it has missed', act: { onStart: bidOnce, onFill: (ctx) => { ctx.timer('1s', 'again') } },
    test: (client) => {
      client.disconnect()
      client.fillOrder('bid', { quantity: '0.4' })
      client.advance('5s')
      client.fillOrder('bid')
      client.reconnect()
      client.advance('5s')
    },
    says: [
      '0 start', '0 order bid Open 0/1 free 9910', '5000 fill 0.4@90 position 0.4', '5000 order bid Open 0.4/1 free 9910',
      '5000 fill 0.6@90 position 1', '5000 order bid FullyFilled 1/1 free 9910', '6000 timer again', '6000 timer again', '10000 stop',
    ],
  },
  {
    name: 'never gets an answer: nothing happened', act: { onBook: bidOnce },
    test: (client) => { client.failNext('timeout'); client.setTicker('A/B', TICKER); client.disconnect(); client.reconnect() },
    // It is told of the doubt, which the snapshot ends.
    says: ['0 start', '0 book 99 100', '0 order bid OpenInFlight 0/1 free 10000', '0 order bid OpenFailed(Timeout) 0/1 free 10000', '0 stop'],
  },
  {
    name: 'never gets an answer: the order works, as its next event shows', act: { onBook: bidOnce },
    test: (client) => { client.failNext('timeout', { afterEffect: true }); client.setTicker('A/B', TICKER); client.fillOrder('bid', { quantity: '0.4' }) },
    says: ['0 start', '0 book 99 100', '0 order bid OpenInFlight 0/1 free 10000', '0 order bid Open 0/1 free 10000', '0 fill 0.4@90 position 0.4', '0 order bid Open 0.4/1 free 9910', '0 stop'],
  },
  {
    name: 'is told twice: an execution counts once', act: { onBook: buyOnce },
    test: (client) => { client.duplicateNext(); client.setTicker('A/B', TICKER) },
    says: ['0 start', '0 book 99 100', '0 fill 1@100 position 1', '0 order one FullyFilled 1/1 free 9900', '0 stop'],
  },
  {
    name: 'too many requests', act: { onBook: bidOnce },
    test: (client) => { client.failNext('rateLimit'); client.setTicker('A/B', TICKER) },
    says: ['0 start', '0 book 99 100', '0 order bid OpenFailed(RateLimit) 0/1 free 10000', '0 stop'],
  },
  {
    name: 'an instrument that is halted', act: { onBook: bidOnce, onStart: bidOnce },
    test: (client) => { client.halt('A/B'); client.cancelOrder('bid'); client.setTicker('A/B', TICKER) },
    says: ['0 start', '0 order bid Open 0/1 free 9910', '0 order bid Cancelled 0/1 free 10000', '0 stop'],
  },
  {
    name: 'timers, by the clock', act: { onStart: (ctx) => { ctx.timer('2s', 'two'); ctx.timer(1_000, 'one') }, onTimer: (ctx) => { if (ctx.now < 3_000) ctx.timer('500ms', 'more') } },
    test: (client) => { client.advance('2s'); client.advanceTo(3_100) },
    says: ['0 start', '1000 timer one', '1500 timer more', '2000 timer two', '2000 timer more', '2500 timer more', '2500 timer more', '3000 timer more', '3000 timer more', '3100 stop'],
  },
  {
    name: 'latency: answers come when the clock has moved', act: { onBook: buyOnce }, options: { latency: { open: '5ms', cancel: '5ms', response: '10ms' } },
    test: (client) => { client.setTicker('A/B', TICKER); client.advance('4ms'); client.setTicker('A/B', { bid: 101, ask: 102 }); client.advance('11ms') },
    says: ['0 start', '0 book 99 100', '4 book 101 102', '15 fill 1@102 position 1', '15 order one FullyFilled 1/1 free 9898', '15 stop'],
  },
]

describe('a strategy', () => {
  it.each(CASES)('$name', async ({ act, test, options, says }) => {
    const { log, strategy } = diary(act)
    const tested = start(strategy, options)
    test(tested.client)
    tested.client.invariants()
    await tested.close()
    expect(log).toEqual(says)
  })

  it('shows what it sent and got, at both ends under one name', async () => {
    const test = start({ onBook: buyOnce, onFill(ctx, { side }) { if (side === 'Buy') ctx.sell('0.5', { price: 110 }) } })
    test.client.setTicker('A/B', TICKER)
    expect(test.fills).toEqual([expect.objectContaining({ id: '0', orderId: '0', cid: 'one', quantity: '1', price: '100', side: 'Buy', symbol: 'A/B', time: 0 })])
    expect(test.fills).toEqual(test.client.fetchTrades())
    expect(test.orders.map((order) => `${order.id} ${stand(order)}`)).toEqual(['0 one FullyFilled 1/1', '1 mock-1 Open 0/0.5'])
    const [, open] = test.orders
    expect(test.client.fetchOrder('mock-1')).toMatchObject({ side: 'Sell', price: '110', strategy: 'mock' })
    test.client.fillOrder(open!, { quantity: '0.2' })
    expect([test.position(), test.position('A/B'), test.position(0)]).toEqual([0.8, 0.8, 0.8])
    expect(stand(open!)).toBe('mock-1 Open 0/0.5')
    await test.close()
    expect([test.position(), test.fills.length, test.orders.map(stand)]).toEqual([0.8, 2, ['one FullyFilled 1/1', 'mock-1 Open 0.2/0.5']])
  })

  it('is not told of orders that the test opens itself, but of what they leave', () => {
    const seen: string[] = []
    const test = start({ onBook(ctx) { seen.push(`${ctx.balance('B').free} ${ctx.position} ${ctx.openOrders.length}`); ctx.buy(1, { price: 50 }) }, onFill() { throw new Error('not its own') } })
    test.client.setTicker('A/B', TICKER)
    test.client.openMarketOrder('A/B', 'Buy', 2)
    test.client.openLimitOrder('A/B', 'Buy', 1, 10)
    test.client.account('other', { B: 1_000 }).openMarketOrder('A/B', 'Buy', 1)
    test.client.setTicker('A/B', TICKER)
    expect(seen).toEqual(['10000 0 0', '9740 0 1'])
    expect(test.orders.map(({ id, cid }) => `${id} ${cid}`)).toEqual(['0 mock-0', '4 mock-4'])
    expect(test.client.fetchOpenOrders().map(({ id }) => id)).toEqual(['0', '2', '4'])
    test.client.invariants()
  })

  it('made by a factory, with the seed of its options', () => {
    const draw = (seed: number): number[] => {
      const drawn: number[] = []
      start(() => ({ onStart(ctx) { drawn.push(ctx.random(), ctx.random()) } }), { seed })
      return drawn
    }
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
  })

  it('in several instruments', () => {
    const test = start({ onBook(ctx) { if (ctx.symbol === 'C/B') ctx.of('A/B').buy(1) } }, { symbols: [INSTRUMENT, 'C/B'], balances: { B: 1_000 } })
    test.client.setTicker('A/B', TICKER)
    test.client.setTicker('C/B', { last: 5 })
    expect([test.position('A/B'), test.position('C/B')]).toEqual([1, 0])
    expect(() => test.position()).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', path: 'of' }) as Error)
    expect(() => test.position('X/Y')).toThrow(expect.objectContaining({ code: 'UNKNOWN_NAME' }) as Error)
  })

  it('sees the levels of a book that is pushed', () => {
    const seen: number[][] = []
    const test = start({ onBook(ctx, book) { seen.push([book.price('Buy', 1), book.size('Buy', 1), ctx.price('Sell', 1), ctx.price('Sell', 2)]) } })
    test.client.pushBook({ symbol: 'A/B', bids: [[99, 1], [98, 3]], asks: [[100, 2], [101.5, 4]] })
    expect(seen).toEqual([[98, 3, 101.5, Number.NaN]])
  })

  it('by the time of day', () => {
    vi.useFakeTimers({ now: 1e12 })
    const { log, strategy } = diary({ onStart: (ctx) => { ctx.timer('1s', 'tick') }, onTimer: bidOnce })
    const test = start(strategy, { clock: 'wall', latency: { open: '5ms', response: '5ms' } })
    vi.advanceTimersByTime(2_000)
    expect(log).toEqual(['1000000000000 start', '1000000001000 timer tick', '1000000001010 order bid Open 0/1 free 9910'])
    expect(test.orders.map(stand)).toEqual(['bid Open 0/1'])
  })
})

describe('risk limits', () => {
  const options = { symbols: ['A/B'], balances: { B: 10_000 } }

  it('refuse, cut and check orders before they leave, and tell the strategy', async () => {
    const told: string[] = []
    const test = testStrategy(
      { onStart: (ctx) => { ctx.buy(5, { price: 90, cid: 'much' }); ctx.buy(1, { price: 90, cid: 'fine' }); ctx.buy(2, { price: 91, cid: 'odd' }) }, onOrder: (_, order) => { told.push(`${order.cid} ${order.state.kind}`) } },
      { ...options, risk: { maxQuantity: 3, check: (order) => order.quantity !== '2' || 'not two' } },
    )
    expect(told).toEqual(['much OpenFailed', 'odd OpenFailed', 'fine Open'])
    expect(test.client.fetchOpenOrders().map(({ cid }) => cid)).toEqual(['fine'])
    const reasons = test.orders.map(({ state }) => (state.kind === 'OpenFailed' ? state.reason.code : state.kind))
    expect(reasons).toEqual(['RiskQuantityExceeded', 'Open', 'RiskCheckRefused'])
    await test.close()
  })

  it('an order that the drawdown switch cancels is being cancelled at once', async () => {
    const seen: string[] = []
    const test = testStrategy(
      {
        onStart: (ctx) => { ctx.buy(50, { price: 100, cid: 'first' }); ctx.buy(1, { price: 30, cid: 'rest' }) },
        onBook: (ctx) => { seen.push(ctx.openOrders.map((order) => `${order.cid} ${order.state.kind}`).join()) },
      },
      { ...options, latency: { open: 0, cancel: '5ms', response: 0 }, risk: { maxDrawdown: 0.1, drawdownInterval: '1s' } },
    )
    test.client.setTicker('A/B', { bid: 99, ask: 101 })
    test.client.fillOrder('first')
    test.client.setTicker('A/B', { bid: 40, ask: 42 })
    test.client.advance('1s')
    test.client.setTicker('A/B', { bid: 41, ask: 43 })
    expect(seen).toEqual(['first Open,rest Open', 'rest Open', 'rest CancelInFlight'])
    test.client.advance('5ms')
    expect(test.orders.map(({ state }) => state.kind)).toEqual(['FullyFilled', 'Cancelled'])
    await test.close()
  })

  it('that make no sense are refused with their path', () => {
    expect(() => testStrategy({ onStart() {} }, { ...options, risk: { maxQuantity: -1 } })).toThrowError(expect.objectContaining({ path: 'risk.maxQuantity' }))
    expect(() => testStrategy({ onStart() {} }, { ...options, risk: { check: 5 as never } })).toThrowError(expect.objectContaining({ code: 'INVALID_ARGUMENT', path: 'risk.check' }))
    expect(() => testStrategy({ onStart() {} }, { ...options, risk: { maxQuantiy: 1 } as never })).toThrowError(expect.objectContaining({ code: 'UNKNOWN_NAME' }))
  })
})

describe('a replay', () => {
  /** Prices that wander, the same each time. */
  const walk = (count: number): number[] => {
    let [seed, price] = [1, 100]
    return Array.from({ length: count }, () => {
      seed = (seed * 48_271) % 2_147_483_647
      return (price = Math.max(50, price + seed / 2_147_483_647 - 0.5))
    })
  }
  const trades = MarketData.fromTrades(walk(2_000).map((price, at) => ({ symbol: 'A/B', timestamp: 1e12 + at * 500, price: price.toFixed(1), amount: (1 + at % 9).toFixed(2), side: at % 3 ? 'buy' : 'sell' })))
  const bars = MarketData.fromOhlcv(walk(2_000).map((price, at) => [1e12 + at * 60_000, ...[price, price + 1, price - 1, price + 0.5].map((value) => Number(value.toFixed(1))), 30]), { symbol: 'A/B', timeframe: '1m' })
  /** Market and limit orders, cancels, timers. */
  const trader = (): Strategy => {
    let count = 0
    const act = (ctx: Context): void => {
      count++
      if (count % 5 === 0) void (ctx.position > 0 ? ctx.closePosition() : ctx.buy({ quote: 500 }))
      if (count % 7 === 0) ctx.buy('1.5', { price: ctx.last * 0.999 })
      if (count % 21 === 0) ctx.cancelAll()
      if (count % 50 === 0) ctx.timer('1s', 'later')
    }
    return { onTrade: act, onBar: act, onTimer(ctx) { ctx.buy('0.5') } }
  }

  it.each([['prints', trades, 0], ['prints, with latency', trades, '700ms'], ['bars', bars, 0]] as const)('of %s is a back-test', (_, marketData, latency) => {
    const terms = { latency, fees: { maker: 0, taker: '0.001' } }
    const run = backtestSync({ system: { instruments: [INSTRUMENT], ...terms }, marketData, balances: { B: 10_000 } }, { strategy: trader() })
    const test = start(trader(), { symbols: [INSTRUMENT], ...terms, balances: { B: 10_000 } })
    expect(test.client.replay(marketData)).toBe(2_000)
    test.client.invariants()
    const words = ({ time, side, quantity, price, fee, orderId }: StrategyTest['fills'][number]): string => `${time} ${side} ${quantity}@${price} ${fee} ${orderId}`
    expect(test.fills.length).toBeGreaterThan(300)
    expect(test.fills.map(words)).toEqual(run.fills.toArray().map(words))
  })

  it('in parts, with what is done in between', () => {
    const seen: number[] = []
    const test = start({ onTrade(ctx) { seen.push(ctx.now - 1e12) }, onTimer() { seen.push(-1) }, onStart(ctx) { ctx.timer(1e12 + 1_250) } })
    expect(test.client.replay(trades, 1e12 + 1_000)).toBe(3)
    test.client.advance(250)
    expect(test.client.replay(trades, 1e12 + 2_000)).toBe(2)
    expect(seen).toEqual([0, 500, 1_000, -1, 1_500, 2_000])
  })
})

describe('what goes wrong', () => {
  const thrown = Object.assign(new RangeError('mine'), { code: 'INVALID_ARGUMENT', path: '', hint: '' })
  const boom = (): never => { throw thrown }
  it.each<[string, Strategy, (client: Client) => void]>([
    ['onBook', { onBook: boom }, (client) => { client.setTicker('A/B', TICKER) }],
    ['onTrade', { onTrade: boom }, (client) => { client.pushTrade({ symbol: 'A/B', price: 1, amount: 1 }) }],
    ['onTimer', { onStart(ctx) { ctx.timer(1) }, onTimer: boom }, (client) => { client.advance(2) }],
    ['onFill', { onStart: bidOnce, onFill: boom }, (client) => { client.fillOrder('bid') }],
    ['onOrder', { onStart: bidOnce, onOrder(_, order) { if (order.state.kind === 'Cancelled') boom() } }, (client) => { client.cancelAll() }],
    ['onTrade in a replay', { onTrade: boom }, (client) => { client.replay(MarketData.fromTrades([{ symbol: 'A/B', timestamp: 1, price: 1, amount: 1 }])) }],
  ])('thrown in %s: comes out as it is, and ends the strategy', (_, strategy, act) => {
    const test = start(strategy)
    let caught: unknown
    try { act(test.client) } catch (error) { caught = error }
    expect(caught).toBe(thrown)
    const { length } = test.orders
    test.client.setTicker('A/B', TICKER)
    test.client.invariants()
    expect([test.orders.length, test.position(), test.client.isConnected]).toEqual([length, length === 0 ? 0 : test.position(), true])
  })

  it('thrown in onStart and onStop', async () => {
    expect(() => testStrategy({ onStart: boom }, { symbols: ['A/B'] })).toThrow(thrown)
    const test = start({ onStop: boom })
    await expect(test.close()).rejects.toBe(thrown)
    await test.close()
    expect(() => test.client.now).toThrow(expect.objectContaining({ code: 'CLOSED' }) as Error)
  })

  it('a strategy that answers itself for ever', () => {
    const test = start({ onOrder(ctx, order) { if (order.state.kind === 'Cancelled') ctx.buy(1, { price: 1 }); else if (order.state.kind === 'Open') ctx.cancel(order) }, onBook(ctx) { ctx.buy(1, { price: 1 }) } })
    expect(() => { test.client.setTicker('A/B', TICKER) }).toThrow(expect.objectContaining({ code: 'LIVELOCK' }) as Error)
    test.client.invariants()
  })

  it.each<[string, (test: StrategyTest) => unknown]>([
    ['a look', ({ client }) => client.fetchBalances()],
    ['the time', ({ client }) => client.now],
    ['an order', ({ client }) => client.openMarketOrder('A/B', 'Buy', 1)],
    ['another account', ({ client }) => client.account('other', {})],
    ['the clock', ({ client }) => { client.advance(1) }],
  ])('the client called from inside a callback: %s', (_, act) => {
    let error: unknown
    const test: StrategyTest = start({ onBook() { try { act(test) } catch (caught) { error = caught } } })
    test.client.setTicker('A/B', TICKER)
    expect(error).toMatchObject({ name: 'HaggleError', code: 'REENTRANT' })
    expect(test.client.fetchBalances().length).toBe(2)
  })

  it('the end from inside a callback', async () => {
    let closing: Promise<void> | undefined
    const test: StrategyTest = start({ onBook() { closing = test.close() } })
    test.client.setTicker('A/B', TICKER)
    await expect(closing).rejects.toMatchObject({ code: 'REENTRANT' })
    expect(test.client.now).toBe(0)
  })

  it('used after its end', async () => {
    let kept: Context | undefined
    const { log, strategy } = diary({ onStart: (ctx) => { kept = ctx }, onStop: (ctx) => { expect(ctx.buy(1).state).toMatchObject({ reason: { code: 'RunEnded' } }) } })
    const test = start(strategy)
    await test.close()
    await test.close()
    await test.client.close()
    expect(log).toEqual(['0 start', '0 stop'])
    expect(() => test.client.openMarketOrder('A/B', 'Buy', 1)).toThrow(expect.objectContaining({ code: 'CLOSED' }) as Error)
    expect(() => kept!.buy(1)).toThrow(expect.objectContaining({ code: 'REENTRANT' }) as Error)
  })

  it('a snapshot from before: an engine cannot go back', () => {
    const test = start({ onBook: buyOnce })
    const snapshot = test.client.snapshot()
    expect(() => { test.client.restore(snapshot) }).toThrow(expect.objectContaining({ code: 'UNSUPPORTED', path: 'snapshot' }) as Error)
    const other = MockExecutionClient.spot({ symbols: [INSTRUMENT], balances: { A: 10, B: 10_000 } })
    other.restore(snapshot)
    expect(other.stateHash()).toBe(test.client.stateHash())
  })

  it.each<[unknown, unknown, object]>([
    [undefined, {}, { code: 'INVALID_ARGUMENT', path: 'strategy' }],
    [{}, {}, { code: 'INVALID_ARGUMENT', path: 'strategy' }],
    [{ onTick() {} }, {}, { code: 'UNKNOWN_NAME', path: 'strategy.onTick' }],
    [{ native: 'buyAndHold' }, {}, { code: 'INVALID_ARGUMENT', path: 'strategy' }],
    [async () => ({ onBook() {} }), {}, { code: 'STRATEGY_ASYNC', path: 'strategy' }],
    [{ onBook() {} }, undefined, { code: 'INVALID_ARGUMENT', path: 'options' }],
    [{ onBook() {} }, { symbols: ['A'] }, { code: 'INVALID_ARGUMENT', path: 'symbols[0]' }],
    [{ onBook() {} }, { symbols: ['A/B'], balances: { A: -1 } }, { code: 'INVALID_ARGUMENT' }],
    [{ async onStart() {} }, { symbols: ['A/B'] }, { code: 'STRATEGY_ASYNC', path: 'strategy.onStart' }],
  ])('bad input %#', (strategy, options, expected) => {
    expect(() => testStrategy(strategy as Strategy, options as SpotOptions)).toThrow(expect.objectContaining(expected) as Error)
  })
})

it('leaves nothing of one test in the next: the memory of closed tests is used again', async () => {
  for (let i = 0; i < 50; i++) {
    const test = testStrategy({ onBook(ctx) { ctx.buy(1) } }, { symbols: [INSTRUMENT], balances: { B: 1_000 } })
    expect(test.position()).toBe(0)
    test.client.setTicker('A/B', TICKER)
    expect(test.position()).toBe(1)
    await test.close()
    const system = startSystem({ instruments: [INSTRUMENT] }, { clock: 'manual', start: 0, balances: { B: 1 }, strategy: { onStart() {} } })
    expect(test.position()).toBe(1)
    await system.abort()
  }
})
