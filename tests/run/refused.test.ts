import { describe, expect, it } from 'vitest'
import { backtest, backtestSync, HaggleError, type Context, type Strategy } from '../../src/index'
import { caught, first, quiet, refusal, rejected, world } from './common'

const calm = world(quiet(50))
const good: Strategy = { onBook(ctx) { if (ctx.position === 0) ctx.buy(1) } }

describe('callbacks are synchronous', () => {
  it.each(['onStart', 'onBook', 'onFill', 'onOrder', 'onTimer', 'onStop'] as const)('%s may return nothing, and no promise', async (hook) => {
    const rest: Strategy = { onStart(ctx) { ctx.timer('1s') }, onBook(ctx) { if (ctx.position === 0) ctx.buy(1) } }
    const returns = (value: () => unknown): Strategy => ({ ...rest, [hook]: value } as Strategy)
    for (const value of [async () => {}, async () => { throw new Error('lost') }, () => 0, () => null, () => ({}), () => ({ then() {} })]) {
      const expected = { code: 'STRATEGY_ASYNC', path: `strategy.${hook}` }
      expect(caught(() => backtestSync(calm, { strategy: returns(value) }))).toMatchObject(expected)
      expect((await rejected(backtest(calm, { strategy: returns(value) }))).reason).toMatchObject(expected)
    }
  })

  it('an async one fails the run and leaves no unhandled rejection', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => { unhandled.push(reason) }
    process.on('unhandledRejection', note)
    const strategy = { async onBook() { throw new Error('lost') } } as unknown as Strategy
    expect((await rejected(backtest(calm, { strategy }))).reason).toMatchObject({ code: 'STRATEGY_ASYNC' })
    expect(caught(() => backtestSync(calm, { strategy }))).toMatchObject({ code: 'STRATEGY_ASYNC' })
    const factory = (async () => { throw new Error('lost') }) as never
    expect((await rejected(backtest(calm, { strategy: factory }))).reason).toMatchObject({ code: 'STRATEGY_ASYNC', path: 'strategy' })
    expect(caught(() => backtestSync(calm, { strategy: factory }))).toMatchObject({ code: 'STRATEGY_ASYNC', path: 'strategy' })
    await new Promise((resolve) => setTimeout(resolve, 20))
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})

describe('requests belong into callbacks', () => {
  const requests: readonly [string, (ctx: Context) => unknown][] = [
    ['buy', (ctx) => ctx.buy(1)], ['sell', (ctx) => ctx.sell(1, { price: 200 })], ['of().buy', (ctx) => ctx.of('A/B').buy(1)], ['closePosition', (ctx) => ctx.closePosition()],
    ['cancel', (ctx) => { ctx.cancel('mine') }], ['amend', (ctx) => { ctx.amend('mine', { price: 1 }) }], ['cancelAll', (ctx) => { ctx.cancelAll() }], ['timer', (ctx) => { ctx.timer(1) }],
  ]

  it.each(requests)('%s is refused after the run', async (_, request) => {
    let kept: Context | undefined
    const strategy: Strategy = { onBook(ctx) {
      kept = ctx
      if (ctx.position === 0) ctx.buy(1)
      else if (ctx.openOrders.length === 0) ctx.sell(0.5, { price: 200, cid: 'mine' })
    } }
    const outside = { code: 'REENTRANT' }
    backtestSync(calm, { strategy })
    expect(refusal(() => request(kept!))).toMatchObject(outside)
    // The memory of the first run is the second one's by now.
    const errors: unknown[] = []
    const before = backtestSync(calm, { strategy: good }).resultHash
    const run = backtestSync(calm, { strategy: { ...good, onBook(ctx) { errors.push(caught(() => request(kept!))); good.onBook!(ctx, undefined as never) } } })
    expect(errors).toHaveLength(50)
    expect(errors.every((error) => error instanceof HaggleError && error.code === 'REENTRANT')).toBe(true)
    expect(run.resultHash).toBe(before)
    await backtest(calm, { strategy })
    expect(refusal(() => request(kept!))).toMatchObject(outside)
  })

  it('is refused in microtasks and timers, between slices too', async () => {
    const errors: unknown[] = []
    const trial = (ctx: Context) => (): void => { errors.push(caught(() => ctx.buy(1))) }
    const before = backtestSync(calm, { strategy: good }).resultHash
    let isLate = false
    const run = await backtest(calm, { strategy: { onBook(ctx) {
      const end = performance.now() + 1
      while (performance.now() < end);
      void Promise.resolve().then(trial(ctx))
      setTimeout(trial(ctx), 0)
      process.nextTick(trial(ctx))
      if (!isLate) ctx.buy(1)
      isLate = true
    } } })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(errors).toHaveLength(150)
    expect(errors.every((error) => error instanceof HaggleError && error.code === 'REENTRANT')).toBe(true)
    expect(run.resultHash).toBe(before)
  })

  it('is refused through the context of another run', async () => {
    const contexts: Context[] = []
    const errors: unknown[] = []
    const strategy = (): Strategy => ({
      onStart(ctx) { contexts.push(ctx) },
      onBook(ctx) {
        for (const other of contexts) if (other !== ctx) errors.push(caught(() => other.buy(1)))
        good.onBook!(ctx, undefined as never)
      },
    })
    const hashes = (await Promise.all([1, 2, 3].map(() => backtest(calm, { strategy: strategy() })))).map((run) => run.resultHash)
    expect(new Set([...hashes, backtestSync(calm, { strategy: good }).resultHash]).size).toBe(1)
    expect(errors.length).toBeGreaterThan(0)
    expect(errors.every((error) => error instanceof HaggleError && error.code === 'REENTRANT')).toBe(true)
  })
})

describe('runs are started outside of callbacks', () => {
  it.each(['onStart', 'onBook', 'onStop'] as const)('and not in %s', async (hook) => {
    expect(caught(() => backtestSync(calm, { strategy: { onBook() {}, [hook]: () => { backtestSync(calm) } } }))).toMatchObject({ code: 'REENTRANT' })
    let inner: Promise<unknown> | undefined
    await backtest(calm, { strategy: { onBook() {}, [hook]: () => { inner = rejected(backtest(calm)) } } })
    expect(await inner).toMatchObject({ reason: { code: 'REENTRANT' } })
  })

  it('but between slices, and in progress reports', async () => {
    const hashes: string[] = []
    let isDone = false
    const strategy: Strategy = { onBook(ctx) {
      const end = performance.now() + 3
      while (performance.now() < end);
      if (!isDone) setImmediate(() => { hashes.push(backtestSync(calm, { strategy: good }).resultHash) })
      isDone = true
      good.onBook!(ctx, undefined as never)
    } }
    const run = await backtest(calm, { strategy }, { onProgress: () => { hashes.push(backtestSync(calm, { strategy: good }).resultHash) } })
    expect(hashes.length).toBeGreaterThan(2)
    expect(new Set([...hashes, run.resultHash]).size).toBe(1)
  })
})

describe('what is a strategy', () => {
  it.each([
    ['no object', 7, 'INVALID_ARGUMENT', 'strategy'],
    ['null', null, 'INVALID_ARGUMENT', 'strategy'],
    ['a text', 'emaCross', 'INVALID_ARGUMENT', 'strategy'],
    ['an object without callbacks', {}, 'INVALID_ARGUMENT', 'strategy'],
    ['a misspelt callback', { onTick() {} }, 'UNKNOWN_NAME', 'strategy.onTick'],
    ['a misspelt one beside a good one', { onBook() {}, onFilled() {} }, 'UNKNOWN_NAME', 'strategy.onFilled'],
    ['a callback that is none', { onBook: 1 }, 'INVALID_ARGUMENT', 'strategy.onBook'],
    ['a callback that is null', { onBook: null }, 'INVALID_ARGUMENT', 'strategy.onBook'],
    ['a misspelt method of a class', new (class { onBook() {} onTrades() {} })(), 'UNKNOWN_NAME', 'strategy.onTrades'],
    ['a misspelt inherited method', new (class extends (class { onTrades() {} }) { onBook() {} })(), 'UNKNOWN_NAME', 'strategy.onTrades'],
    ['a native name that there is not', { native: 'smaCros' }, 'UNKNOWN_NAME', 'strategy.native'],
    ['a native one without its numbers', { native: 'smaCross' }, 'INVALID_ARGUMENT', 'strategy.fast'],
    ['a native one with wrong numbers', { native: 'smaCross', fast: 20, slow: 10 }, 'INVALID_ARGUMENT', 'strategy.fast'],
    ['a native one with a field too many', { native: 'buyAndHold', fast: 3 }, 'UNKNOWN_NAME', 'strategy.fast'],
    ['a native one that is a number', { native: 1 }, 'INVALID_ARGUMENT', 'strategy.native'],
    ['a factory of nothing', () => undefined, 'INVALID_ARGUMENT', 'strategy'],
    ['a factory of a factory', () => () => good, 'INVALID_ARGUMENT', 'strategy'],
  ])('%s is not', async (_, strategy, code, path) => {
    expect(refusal(() => backtestSync(calm, { strategy: strategy as never }))).toMatchObject({ code, path })
    expect((await rejected(backtest(calm, { strategy: strategy as never }))).reason).toMatchObject({ code, path })
  })

  it('an object, a class, a factory, a native one, or a factory of that is', () => {
    class Base { count = 0; onBook() { this.count++ } }
    class Derived extends Base { onStop() {} helper() {} online = true }
    const derived = new Derived()
    backtestSync(calm, { strategy: derived })
    expect(derived.count).toBe(50)
    expect(backtestSync(calm, { strategy: () => good }).fills.length).toBe(1)
    expect(backtestSync(calm, { strategy: () => ({ native: 'buyAndHold' }) }).fills.length).toBe(1)
    expect(backtestSync(calm, { strategy: Object.assign(Object.create(null) as object, good) }).fills.length).toBe(1)
    expect(backtestSync(calm, {}).fills.length).toBe(0)
  })

  it('one that trades nothing is said to be so', () => {
    expect(backtestSync(calm).warnings.map(({ code }) => code)).toContain('NO_STRATEGY')
    expect(backtestSync(calm, { strategy: good }).warnings.map(({ code }) => code)).not.toContain('NO_STRATEGY')
  })

  it('only callbacks that exist at the start are called', () => {
    const strategy: Strategy = { onStart() { strategy.onBook = () => { throw new Error('added later') } } }
    expect(backtestSync(calm, { strategy }).events).toBe(50)
  })

  it('is called as a method of itself', () => {
    const seen: unknown[] = []
    const strategy = { onStart() { seen.push(this) }, onBook(this: unknown) { seen.push(this) }, onStop(this: unknown) { seen.push(this) } }
    first(calm, () => {})
    backtestSync(calm, { strategy })
    expect(new Set(seen)).toEqual(new Set([strategy]))
    expect(seen).toHaveLength(52)
  })
})
