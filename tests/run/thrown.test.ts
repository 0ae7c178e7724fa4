import { describe, expect, it } from 'vitest'
import { backtest, backtestSync, MarketData, type BacktestArgsConstant, type Strategy } from '../../src/index'
import { caught, quiet, rejected, START, world } from './common'

class OwnError extends RangeError {
  readonly extra = { deep: [1] }
}

const fail = (): never => { throw new Error('a trap') }
/** Whoever looks at it gets another error: it has to be passed on unseen. */
const untouchable: unknown = new Proxy(Object.freeze({}), {
  get: fail, has: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail, ownKeys: fail, defineProperty: fail, set: fail, isExtensible: fail,
})

const VALUES: readonly (readonly [what: string, value: unknown])[] = [
  ['an error of its own class', new OwnError('mine')],
  ['a frozen error', Object.freeze(new Error('frozen'))],
  ['an error like those of the core', Object.assign(new Error('not yours'), { code: 'CLOSED', path: 'here', hint: 'there' })],
  ['an error like those of Node', Object.assign(new TypeError('no such file'), { code: 'InvalidArg' })],
  ['a text', 'text'], ['undefined', undefined], ['null', null], ['a number', Number.NaN], ['a symbol', Symbol('thrown')], ['a bigint', 1n],
  ['a function', () => {}], ['a frozen object', Object.freeze({ code: 'BUG' })], ['a proxy', untouchable],
]

/** Bars, and a market to trade in. */
const bars = MarketData.fromOhlcv(Array.from({ length: 5 }, (_, i) => [START + i * 60_000, 100, 101, 99, 100, 10]), { symbol: 'C/B', timeframe: '1m' })
const prints = MarketData.fromTrades([{ symbol: 'D/B', timestamp: START + 500, price: 5, amount: 1, side: 'buy' }])
const constant: BacktestArgsConstant = {
  system: { instruments: [{ symbol: 'A/B', lotSize: '0.1' }, 'C/B', 'D/B'], latency: 0 },
  marketData: MarketData.merge(world(quiet(10)).marketData, bars, prints),
  balances: { B: 10_000 },
}
const HOOKS = ['onStart', 'onTrade', 'onBook', 'onBar', 'onFill', 'onOrder', 'onTimer', 'onStop'] as const

/** A strategy in which everything happens, and one hook throws. */
function thrower(hook: typeof HOOKS[number], value: unknown): Strategy {
  return {
    onStart(ctx) { ctx.timer('2s') },
    onBook(ctx) { if (ctx.position === 0) ctx.buy(0.1) },
    [hook]: () => { throw value },
    ...(hook === 'onFill' || hook === 'onOrder' ? { onBook: (ctx) => { ctx.buy(0.1) } } : {}),
  } as Strategy
}

describe.each(HOOKS)('what %s throws', (hook) => {
  it('comes out as it is', async () => {
    for (const [what, value] of VALUES) {
      expect(Object.is(caught(() => backtestSync(constant, { strategy: thrower(hook, value) })), value), what).toBe(true)
      expect(Object.is((await rejected(backtest(constant, { strategy: thrower(hook, value) }))).reason, value), what).toBe(true)
    }
  })

  it('leaves the next run alone', async () => {
    const good = { onBook(ctx) { if (ctx.position === 0) ctx.buy(0.1) } } satisfies Strategy
    const before = backtestSync(constant, { strategy: good }).resultHash
    caught(() => backtestSync(constant, { strategy: thrower(hook, 'text') }))
    expect(backtestSync(constant, { strategy: good }).resultHash).toBe(before)
    const [failed, run] = await Promise.allSettled([backtest(constant, { strategy: thrower(hook, 'text') }), backtest(constant, { strategy: good })])
    expect(failed.status).toBe('rejected')
    expect(run.status === 'fulfilled' && run.value.resultHash).toBe(before)
  })
})

describe('what else throws', () => {
  it('is thrown on: a factory, a decimal object, a getter', async () => {
    const error = new OwnError('mine')
    const fail = (): never => { throw error }
    expect(caught(() => backtestSync(constant, { strategy: fail }))).toBe(error)
    expect((await rejected(backtest(constant, { strategy: fail }))).reason).toBe(error)
    expect(caught(() => backtestSync(constant, { strategy: { get onBook() { return fail() } } }))).toBe(error)
    expect(caught(() => backtestSync(constant, { strategy: { onBook(ctx) { ctx.buy({ toFixed: fail }) } } }))).toBe(error)
  })

  it('can be caught by the strategy, which goes on', () => {
    let refused = 0
    const run = backtestSync(constant, { strategy: { onBook(ctx) {
      try { ctx.buy(-1) } catch { refused++ }
      if (ctx.position === 0) ctx.buy(0.1)
    } } })
    expect(refused).toBe(10)
    expect(run.fills.length).toBe(1)
  })

  it('may be an endless recursion', () => {
    const strategy = { onBook() { this.onBook() } }
    expect(caught(() => backtestSync(constant, { strategy }))).toBeInstanceOf(RangeError)
    expect(backtestSync(constant).events).toBe(16)
  })
})
