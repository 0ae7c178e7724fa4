import { describe, expect, it } from 'vitest'
import { backtest, MarketData, type BacktestArgsConstant, type Strategy } from '../../src/index'
import { busy, quiet, rejected, START, world } from './common'

/** A run of half a second: 250 callbacks of 2 ms. */
const slow = (): Strategy => ({ onBook: () => { busy(2) } })
const calm = world(quiet(250))

/** Prints for a native strategy that takes long: an average of 5,000 prices, each time anew. */
const length = 300_000
const long: BacktestArgsConstant = {
  system: { instruments: [{ symbol: 'A/B', tickSize: '0.1', lotSize: '0.01' }] },
  marketData: MarketData.fromColumns({
    time: Float64Array.from({ length }, (_, i) => START + i * 100),
    price: Float64Array.from({ length }, (_, i) => 100 + (i % 7) / 10),
    quantity: new Float64Array(length).fill(1),
    side: new Float64Array(length).fill(1),
  }, { symbol: 'A/B' }),
  balances: { B: 1_000 },
}
const native = (slow: number) => ({ strategy: { native: 'smaCross', fast: 1, slow } as const })

describe('a run under a promise gives way', () => {
  it('to timers, after every few slow callbacks', async () => {
    let ticks = 0
    let turns = 0
    let inTurn = 0
    let inTurnMax = 0
    const count = (): void => {
      turns++
      inTurn = 0
      immediate = setImmediate(count)
    }
    let immediate = setImmediate(count)
    const interval = setInterval(() => { ticks++ }, 5)
    await backtest(calm, { strategy: { onBook: () => { busy(2); inTurnMax = Math.max(inTurnMax, ++inTurn) } } })
    clearImmediate(immediate)
    clearInterval(interval)
    // 16 rows are looked at before the clock at the most while they are slow: 25 callbacks of 2 ms are 50 ms.
    expect(inTurnMax).toBeLessThanOrEqual(25)
    expect(turns).toBeGreaterThanOrEqual(10)
    expect(ticks).toBeGreaterThanOrEqual(5)
  })

  it('to timers, also where callbacks become slow all of a sudden', async () => {
    let calls = 0
    let inTurn = 0
    let inTurnMax = 0
    const immediate = setInterval(() => { inTurn = 0 }, 0)
    const strategy = { onBook: () => {
      if (++calls < 20_000 || calls > 20_200) return
      busy(2)
      inTurnMax = Math.max(inTurnMax, ++inTurn)
    } }
    await backtest(world(quiet(21_000)), { strategy })
    clearInterval(immediate)
    expect(inTurnMax).toBeGreaterThan(0)
    expect(inTurnMax).toBeLessThanOrEqual(100)
  })

  it('to an abort, and rejects with its very reason', async () => {
    for (const reason of [new RangeError('enough'), 'text', null, 0, Object.freeze({ why: 'frozen' })]) {
      const controller = new AbortController()
      setTimeout(() => { controller.abort(reason) }, 20)
      let calls = 0
      const run = backtest(calm, { strategy: { onBook: () => { calls++; busy(2) } } }, { signal: controller.signal })
      expect((await rejected(run)).reason).toBe(reason)
      const callsThen = calls
      expect(callsThen).toBeLessThan(250)
      await new Promise((resolve) => setTimeout(resolve, 30))
      expect(calls).toBe(callsThen)
    }
  })

  it('to an abort from its own callback, even the last one', async () => {
    for (const hook of ['onStart', 'onBook', 'onStop'] as const) {
      const controller = new AbortController()
      const strategy = { onBook() {}, [hook]: () => { controller.abort(hook) } }
      expect((await rejected(backtest(world(quiet(3)), { strategy }, { signal: controller.signal }))).reason).toBe(hook)
    }
  })

  it('to an abort while native code runs', async () => {
    const controller = new AbortController()
    const reason = { native: true }
    setTimeout(() => { controller.abort(reason) }, 20)
    expect((await rejected(backtest(long, native(5_000), { signal: controller.signal }))).reason).toBe(reason)
  })

  it('to nothing at all where it was aborted before', async () => {
    let made = 0
    const strategy = (): Strategy => {
      made++
      return slow()
    }
    for (const reason of [new Error('early'), 'text', null, false]) {
      expect((await rejected(backtest(calm, { strategy }, { signal: AbortSignal.abort(reason) }))).reason).toBe(reason)
      expect((await rejected(backtest(long, native(2), { signal: AbortSignal.abort(reason) }))).reason).toBe(reason)
    }
    expect((await rejected(backtest(calm, { strategy }, { signal: AbortSignal.abort() }))).reason).toMatchObject({ name: 'AbortError' })
    expect(made).toBe(0)
  })

  it('to the next run after an abort', async () => {
    const signal = AbortSignal.abort('early')
    await rejected(backtest(calm, { strategy: slow() }, { signal }))
    expect((await backtest(calm, { strategy: { onBook() {} } }, { signal: new AbortController().signal })).events).toBe(250)
  })
})

describe('progress', () => {
  const kinds = [
    { kind: 'JavaScript', run: (onProgress: (done: number, total: number) => void) => backtest(calm, { strategy: slow() }, { onProgress }), total: 250 },
    { kind: 'native', run: (onProgress: (done: number, total: number) => void) => backtest(long, native(1_000), { onProgress }), total: length },
  ]

  it.each(kinds)('goes up and ends with all rows: $kind', async ({ run, total }) => {
    const reports: [number, number][] = []
    await run((...report) => { reports.push(report) })
    expect(reports.at(-1)).toEqual([total, total])
    expect(reports.every(([, of]) => of === total)).toBe(true)
    expect(reports.map(([done]) => done)).toEqual(reports.map(([done]) => done).toSorted((a, b) => a - b))
    expect(reports.length).toBeGreaterThan(1)
  })

  it.each(kinds)('that throws ends the run with what it threw: $kind', async ({ run }) => {
    const early = new Error('early')
    let reports = 0
    expect((await rejected(run(() => { reports++; throw early }))).reason).toBe(early)
    expect(reports).toBe(1)
    expect((await rejected(run((done, total) => { if (done === total) throw Object.freeze(['last']) }))).reason).toEqual(['last'])
  })

  it('is reported to the options that it was given in', async () => {
    const seen: unknown[] = []
    const options = { onProgress(this: unknown) { seen.push(this) } }
    await backtest(calm, { strategy: { onBook() {} } }, options)
    expect(seen).toEqual([options])
    expect(seen[0]).toBe(options)
  })
})
