import { describe, expect, it } from 'vitest'
import { backtest, backtestSync, HaggleError, runBacktests, type Context, type Order, type OrderToCheck, type RiskLimits, type Strategy } from '../../src/index'
import { caught, quiet, rejected, refusal, sampleBtc, START, world } from './common'

/** Bids and offers of 99.9 and 100.1, ten each, a second apart. */
const calm = world(quiet(5))

/** Runs a strategy that acts in every `onBook` under limits; every order and what `onOrder` said of it. */
function limited(risk: RiskLimits, act: (ctx: Context, turn: number) => void, more: Strategy = {}) {
  const told: string[] = []
  let turn = 0
  const run = backtestSync(calm, {
    risk,
    strategy: {
      ...more,
      onBook(ctx) { act(ctx, turn++) },
      onOrder(_, order) { told.push(`${order.cid} ${order.quantity} ${reasonOf(order) || order.state.kind}`) },
    },
  })
  return { run, told, reasons: [...run.orders].map(reasonOf), codes: run.warnings.map(({ code }) => code) }
}

function reasonOf({ state }: Order): string {
  return state.kind === 'OpenFailed' ? [state.reason.code, ...Object.entries(state.reason.details).map(([key, value]) => `${key}=${value}`)].join(' ') : ''
}

describe('limits', () => {
  const bid = (ctx: Context): void => { ctx.buy(1, { price: 99 }) }
  const each: readonly (readonly [name: string, risk: RiskLimits, act: (ctx: Context) => void, reasons: string[]])[] = [
    ['maxQuantity', { maxQuantity: 0.5 }, bid, Array(5).fill('RiskQuantityExceeded quantity=1 max=0.5') as string[]],
    ['maxNotional', { maxNotional: '98.99' }, bid, Array(5).fill('RiskNotionalExceeded notional=99 max=98.99') as string[]],
    ['maxPosition', { maxPosition: 2 }, bid, ['', '', ...Array(3).fill('RiskPositionExceeded position=3 max=2') as string[]]],
    ['maxOpenOrders', { maxOpenOrders: 3 }, bid, ['', '', '', ...Array(2).fill('RiskOpenOrdersExceeded open=3 max=3') as string[]]],
    ['maxOrderRate', { maxOrderRate: { orders: 1, per: '2s' } }, bid, ['', 'RiskOrderRateExceeded max=1 per=2000000000', '', 'RiskOrderRateExceeded max=1 per=2000000000', '']],
    ['priceCollar', { priceCollar: '0.01' }, (ctx) => { ctx.sell(1, { price: 98.9 }) }, Array(5).fill('RiskPriceOutOfCollar price=98.9 min=99') as string[]],
    ['of one instrument', { maxQuantity: 5, instruments: { 'A/B': { maxQuantity: 0.1 } } }, bid, Array(5).fill('RiskQuantityExceeded quantity=1 max=0.1') as string[]],
  ]
  it.each(each)('%s', (_, risk, act, expected) => {
    const { reasons, codes } = limited(risk, act)
    expect(reasons).toEqual(expected)
    expect(codes).toContain('RISK_REFUSED')
  })

  it('a refusal comes to onOrder after the callback that sent it', () => {
    const states: string[] = []
    const { told } = limited({ maxQuantity: 5 }, (ctx, turn) => {
      if (turn > 0) return
      states.push(ctx.buy(9, { price: 99 }).state.kind, ctx.buy(1, { price: 99 }).state.kind)
      expect(ctx.openOrders).toHaveLength(2)
    })
    expect(states).toEqual(['OpenInFlight', 'OpenInFlight'])
    expect(told).toEqual(['backtest-0 9 RiskQuantityExceeded quantity=9 max=5', 'backtest-1 1 Open'])
  })

  it('a refused order is no open order any more', () => {
    const counts: number[] = []
    limited({ maxQuantity: 5 }, (ctx, turn) => {
      counts.push(ctx.openOrders.length)
      if (turn === 0) ctx.buy(9, { price: 99 })
    })
    expect(counts).toEqual([0, 0, 0, 0, 0])
  })

  it('an order that is cut says so before it is open', () => {
    const { told, run, codes } = limited({ maxNotional: 250, excess: 'shrink' }, (ctx, turn) => { if (turn === 0) ctx.buy({ quote: 1000 }) })
    expect(told).toEqual(['backtest-0 2.49 OpenInFlight', 'backtest-0 2.49 FullyFilled'])
    expect(run.orders.at(0)?.filledQuantity).toBe('2.49')
    expect(codes).toContain('RISK_CUT')
  })

  it('a refused amend leaves the order as it is', () => {
    const { told, run } = limited({ maxQuantity: 5 }, (ctx, turn) => {
      if (turn === 0) ctx.buy(4, { price: 99 })
      if (turn === 1) ctx.amend(ctx.openOrders[0]!, { quantity: 6 })
      if (turn === 2) ctx.amend(ctx.openOrders[0]!, { quantity: 5 })
    })
    expect(told.slice(0, 3)).toEqual(['backtest-0 4 Open', 'backtest-0 4 Open', 'backtest-0 5 Open'])
    expect(run.orders.at(0)?.quantity).toBe('5')
  })

  it('limits that never bind change nothing', () => {
    const strategy = { native: 'emaCross', fast: 10, slow: 20 } as const
    const wide: RiskLimits = { maxQuantity: 1e9, maxNotional: 1e9, maxPosition: 1e9, maxOpenOrders: 1e6, priceCollar: 0.9, maxDrawdown: 0.9 }
    const hashes = [undefined, {}, wide].map((risk) => backtestSync(sampleBtc, { strategy, ...(risk && { risk }) }).resultHash)
    expect(new Set(hashes).size).toBe(1)
  })

  it('hold for native runs, promises and batches alike', async () => {
    const strategy = { native: 'emaCross', fast: 10, slow: 20 } as const
    const risk: RiskLimits = { maxNotional: 500, excess: 'shrink' }
    const here = backtestSync(sampleBtc, { strategy, risk })
    expect(here.fills.length).toBeGreaterThan(0)
    expect([...here.fills].every(({ price, quantity }) => Number(price) * Number(quantity) < 501)).toBe(true)
    const there = await backtest(sampleBtc, { strategy, risk })
    const { summaries } = await runBacktests(sampleBtc, [{ strategy, risk }, { strategy: () => strategy, risk }])
    expect([there, ...summaries].map(({ resultHash }) => resultHash)).toEqual(Array(3).fill(here.resultHash))
  })
})

describe('the drawdown', () => {
  /** Falls by one a second. */
  const falling = world(Array.from({ length: 60 }, (_, i) => [(999 - 10 * i) / 10, 1_000, (1_001 - 10 * i) / 10, 1_000]))
  const hold = (risk: RiskLimits, seen: string[] = []) => backtestSync({ ...falling, balances: { B: 10_000 } }, {
    risk,
    strategy: {
      onStart(ctx) {
        ctx.buy(90)
        ctx.buy(1, { price: 10 })
      },
      onOrder(ctx, order) { seen.push(`${(ctx.now - START) / 1_000} ${order.cid} ${order.state.kind}`) },
      onBook(ctx) {
        if (ctx.now === START + 40_000) seen.push(reasonOf(ctx.buy(1, { price: 10 })))
      },
    },
  })

  it('beyond the limit cancels, disables trading, and keeps the position', () => {
    const seen: string[] = []
    const run = hold({ maxDrawdown: 0.2, drawdownInterval: '1s' }, seen)
    expect(seen.slice(2)).toEqual(['23 backtest-1 Cancelled', 'TradingDisabled'])
    expect(run.closedTrades).toHaveLength(0)
    expect(run.warnings.map(({ code }) => code)).toContain('DRAWDOWN_LIMIT')
    expect(hold({ maxDrawdown: 0.2, drawdownInterval: '1s' }).resultHash).toBe(run.resultHash)
  })

  it('closes positions if asked to', () => {
    const run = hold({ maxDrawdown: '0.2', drawdownInterval: '1s', onDrawdown: 'close' })
    expect(run.closedTrades).toHaveLength(1)
    expect(run.orders.at(2)).toMatchObject({ side: 'Sell', quantity: '90', state: { kind: 'FullyFilled' } })
  })
})

describe('a check of ones own', () => {
  const checked = (check: unknown, act: (ctx: Context) => void) => limited({ check: check as NonNullable<RiskLimits['check']> }, (ctx, turn) => { if (turn === 0) act(ctx) })

  it('sees the order as it was asked for', () => {
    const seen: OrderToCheck[] = []
    checked((order: OrderToCheck, ctx: Context) => {
      seen.push(order)
      return ctx.of(order.symbol).position === 0
    }, (ctx) => {
      ctx.buy(1, { price: 99, postOnly: true, cid: 'mine' })
      ctx.sell({ quote: '12.5' }, { reduceOnly: true })
      ctx.buy({ equity: 0.5 })
    })
    const common = { symbol: 'A/B', exchange: 'mock', strategy: 'backtest', postOnly: false, reduceOnly: false }
    expect(seen).toEqual([
      { ...common, cid: 'mine', side: 'Buy', kind: 'Limit', price: '99', quantity: '1', timeInForce: 'GoodUntilCancelled', postOnly: true },
      { ...common, cid: 'backtest-1', side: 'Sell', kind: 'Market', quote: '12.5', timeInForce: 'ImmediateOrCancel', reduceOnly: true },
      { ...common, cid: 'backtest-2', side: 'Buy', kind: 'Market', equity: '0.5', timeInForce: 'ImmediateOrCancel' },
    ])
  })

  it('lets go, refuses with and without words, and cuts; all of it is told and in the result', () => {
    const answers = [true, false, 'not today', { quantity: '0.5' }, { quantity: 0.001 }]
    const { told, reasons, run, codes } = checked(() => answers.shift(), (ctx) => {
      const orders = [1, 2, 3, 4, 5].map(() => ctx.buy(1, { price: 99 }))
      expect(orders.map(({ state, quantity }) => `${state.kind} ${quantity}`)).toEqual(
        ['OpenInFlight 1', 'OpenFailed 1', 'OpenFailed 1', 'OpenInFlight 0.5', 'OpenFailed 1'])
      expect(ctx.openOrders).toHaveLength(2)
    })
    const expected = ['', 'RiskCheckRefused', 'RiskCheckRefused reason=not today', '', 'RiskCheckRefused reason=less than one lot is left']
    expect(reasons).toEqual(expected)
    expect(told.slice(0, 3)).toEqual([1, 2, 4].map((at) => `backtest-${at} 1 ${expected[at]!}`))
    expect(run.orders.at(3)?.quantity).toBe('0.5')
    expect(codes).toContain('RISK_REFUSED')
  })

  it('comes before the limits', () => {
    const { reasons } = limited({ maxQuantity: 1, check: ({ quantity }) => (quantity === '3' ? { quantity: 2 } : true) }, (ctx, turn) => {
      if (turn === 0) for (const size of [1, 2, 3]) ctx.buy(size, { price: 99 })
    })
    expect(reasons).toEqual(['', 'RiskQuantityExceeded quantity=2 max=1', 'RiskQuantityExceeded quantity=2 max=1'])
  })

  it.each<[string, unknown, string, string]>([
    ['nothing', () => {}, 'INVALID_ARGUMENT', 'risk.check'],
    ['a number', () => 1, 'INVALID_ARGUMENT', 'risk.check'],
    ['a promise', async () => true, 'STRATEGY_ASYNC', 'risk.check'],
    ['half a character', () => '\ud800', 'INVALID_ARGUMENT', 'risk.check'],
    ['more than was asked for', () => ({ quantity: 2 }), 'INVALID_ARGUMENT', 'risk.check.quantity'],
    ['a quantity off the grid', () => ({ quantity: '0.001' }), 'INVALID_ARGUMENT', 'risk.check.quantity'],
    ['an order of its own', (_: OrderToCheck, ctx: Context) => { ctx.buy(1) }, 'REENTRANT', 'risk.check'],
  ])('answers %s', (_, check, code, path) => {
    expect(refusal(() => checked(check, (ctx) => { ctx.buy(1, { price: 99 }) }))).toMatchObject({ code, path })
  })

  it('throws through', () => {
    const error = new RangeError('mine')
    expect(caught(() => checked(() => { throw error }, (ctx) => { ctx.buy(1) }))).toBe(error)
  })

  it('is not asked while requests are refused', () => {
    let asked = 0
    limited({ check: () => { asked++; return true } }, () => {}, { onStop: (ctx) => { ctx.buy(1) } })
    expect(asked).toBe(0)
  })

  it('needs a strategy on this thread', async () => {
    const check = (): boolean => true
    const native = { strategy: { native: 'buyAndHold' }, risk: { check } } as const
    expect(refusal(() => backtestSync(calm, native))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'risk.check' })
    const module = { strategy: new URL('file:///nowhere.mjs'), risk: { check } }
    expect((await rejected(backtest(calm, module))).reason).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'risk.check' })
    const { summaries } = await runBacktests(calm, [native, module])
    expect(summaries.map(({ error }) => (error as HaggleError).path)).toEqual(['dynamics[0].risk.check', 'dynamics[1].risk.check'])
  })
})

describe('limits that make no sense', () => {
  it.each<[unknown, string, string, string]>([
    [5, 'INVALID_ARGUMENT', 'risk', ''],
    [{ maxNotional: -1 }, 'INVALID_ARGUMENT', 'risk.maxNotional', ''],
    [{ maxNotional: Number.NaN }, 'INVALID_ARGUMENT', 'risk.maxNotional', ''],
    [{ maxNotinal: 1 }, 'UNKNOWN_NAME', 'risk.maxNotinal', 'maxNotional'],
    [{ maxOpenOrders: 0 }, 'INVALID_ARGUMENT', 'risk.maxOpenOrders', ''],
    [{ maxOrderRate: { orders: 1 } }, 'INVALID_ARGUMENT', 'risk.maxOrderRate.per', ''],
    [{ maxDrawdown: 20 }, 'INVALID_ARGUMENT', 'risk.maxDrawdown', '5 %'],
    [{ onDrawdown: 'close' }, 'INVALID_ARGUMENT', 'risk.onDrawdown', ''],
    [{ excess: 'cut' }, 'INVALID_ARGUMENT', 'risk.excess', ''],
    [{ check: true }, 'INVALID_ARGUMENT', 'risk.check', ''],
    [{ instruments: { 'A/C': { maxQuantity: 1 } } }, 'UNKNOWN_NAME', 'risk.instruments.A/C', 'A/B'],
  ])('%j', (risk, code, path, hint) => {
    for (const strategy of [{ onBook() {} }, { native: 'buyAndHold' }] as const) {
      const error = refusal(() => backtestSync(calm, { strategy, risk: risk as RiskLimits }))
      expect(error).toMatchObject({ code, path })
      expect(error.message).toContain(hint)
    }
  })
})
