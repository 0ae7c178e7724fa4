import { describe, expect, it } from 'vitest'
import { backtestSync, runBacktests, runBacktestsSync, type BacktestArgsDynamic } from '../../src/index'
import { rejected, sample } from '../run/common'
import { EmaCross, Maker } from '../run/strategies'
import { CROSS, fate, MAKER } from './common'

/** Native runs with different parameters, long and short ones mixed. */
function grid(count: number): BacktestArgsDynamic[] {
  return Array.from({ length: count }, (_, i) => ({ id: `run ${i}`, strategy: { native: i % 3 === 0 ? 'smaCross' : 'emaCross', fast: 5 + i, slow: 50 + 2 * i } }))
}

describe('runBacktests', () => {
  it('gives each run the result that it has alone, in the order of the arguments, on any number of threads', async () => {
    const dynamics = grid(40)
    const alone = dynamics.map((dynamic) => backtestSync(sample, dynamic).resultHash)
    for (const threads of [1, 2, 3, 100]) {
      const { summaries, numBacktests } = await runBacktests(sample, dynamics, { threads })
      expect(numBacktests).toBe(40)
      expect(summaries.map(({ id }) => id)).toEqual(dynamics.map(({ id }) => id))
      expect(summaries.map(fate)).toEqual(alone)
    }
    expect(runBacktestsSync(sample, dynamics).summaries.map(fate)).toEqual(alone)
  })

  it('gives summaries that say what those of single runs say', async () => {
    const dynamic: BacktestArgsDynamic = { id: 'x', strategy: { native: 'emaCross', fast: 10, slow: 20 }, riskFreeReturn: '0.05', seed: 7 }
    const { summaries: [summary] } = await runBacktests(sample, [dynamic])
    const { duration_ms: _, ...alone } = backtestSync(sample, dynamic).toJSON() as Record<string, unknown>
    const { duration_ms: __, ...inBatch } = summary!.toJSON() as Record<string, unknown>
    expect(inBatch).toEqual(alone)
  })

  it('mixes strategies of the core, objects, functions and none', async () => {
    const dynamics: BacktestArgsDynamic[] = [
      { strategy: new EmaCross(10, 20) }, { strategy: { native: 'emaCross', fast: 10, slow: 20 } }, { strategy: () => new Maker() },
      { strategy: () => ({ native: 'emaCross', fast: 10, slow: 20 }) }, {}, { strategy: new Maker() },
    ]
    const { summaries } = await runBacktests(sample, dynamics)
    const none = backtestSync(sample).resultHash
    expect(summaries.map(fate)).toEqual([CROSS, CROSS, MAKER, CROSS, none, MAKER])
    expect(summaries.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5].map((i) => `backtest-${i}`))
    expect(summaries[4]!.warnings.map(({ code }) => code)).toContain('NO_STRATEGY')
    const again = dynamics.map(({ strategy }, i) => (i === 0 ? { strategy: new EmaCross(10, 20) } : i === 5 ? { strategy: new Maker() } : { strategy: strategy! }))
    expect(runBacktestsSync(sample, [...again.slice(0, 4), {}, again[5]!]).summaries.map(fate)).toEqual(summaries.map(fate))
  })

  it('runs twice where that is asked for', async () => {
    const chance = { onTrade: () => {} }
    const { summaries } = await runBacktests(sample, [
      { strategy: { native: 'emaCross', fast: 10, slow: 20 } }, { strategy: () => new Maker() }, { strategy: new Maker() }, { strategy: chance },
    ], { verify: true })
    expect(summaries.map(fate)).toEqual([CROSS, MAKER, 'INVALID_ARGUMENT dynamics[2].strategy', summaries[3]!.resultHash])
  })

  it('draws from a generator only what it needs soon', async () => {
    let drawn = 0
    let isOver = false
    function* dynamics(): Generator<BacktestArgsDynamic> {
      try {
        for (;;) yield { strategy: { native: 'smaCross', fast: 4_999, slow: 5_000 }, seed: drawn++ }
      } finally {
        isOver = true
      }
    }
    const controller = new AbortController()
    const batch = rejected(runBacktests(sample, dynamics(), { threads: 1, signal: controller.signal }))
    await new Promise(setImmediate)
    // One thread's, and the one that waits for a place.
    expect(drawn).toBe(17)
    controller.abort('enough')
    expect(await batch).toEqual({ reason: 'enough' })
    expect(isOver).toBe(true)
  })

  it('gives timers their turn between runs on this thread', async () => {
    let ticks = 0
    const timer = setInterval(() => { ticks++ }, 1)
    await runBacktests(sample, Array.from({ length: 20 }, () => ({ strategy: new EmaCross(10, 20) })))
    clearInterval(timer)
    expect(ticks).toBeGreaterThan(2)
  })
})

describe('ids', () => {
  const strategy = { native: 'buyAndHold' } as const
  it.each<[string, readonly unknown[], string]>([
    ['twice', [{ id: 'a' }, { id: 'b' }, { id: 'b' }], 'dynamics[2].id'],
    ['that one without gets', [{ id: 'backtest-1' }, { strategy }], 'dynamics[1].id'],
    ['of another kind', [{}, { id: 7 }], 'dynamics[1].id'],
    ['of nothing', [{}, undefined], 'dynamics[1]'],
  ])('%s are refused before anything runs', async (_, dynamics, path) => {
    let calls = 0
    const counted = [...dynamics]
    counted[0] = { ...(counted[0] as object), strategy: () => { calls++; return { onTrade() {} } } }
    const { reason } = await rejected(runBacktests(sample, counted as BacktestArgsDynamic[]))
    expect(reason).toMatchObject({ code: 'INVALID_ARGUMENT', path })
    expect(calls).toBe(0)
    expect(() => runBacktestsSync(sample, counted as BacktestArgsDynamic[])).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', path }) as Error)
  })

  it('of a generator are refused where they come', async () => {
    const { reason } = await rejected(runBacktests(sample, (function* () { yield { id: 'a' }; yield { id: 'a' } })()))
    expect(reason).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'dynamics[1].id' })
  })

  it.each([undefined, 7, 'text', { strategy }, (async function* () { yield {} })()])('%s is no list', async (dynamics) => {
    expect((await rejected(runBacktests(sample, dynamics as never))).reason).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'dynamics' })
  })
})

describe('what cannot run at all', () => {
  it('is thrown with its path', async () => {
    for (const [constant, options, path] of [
      [{ ...sample, balances: {} }, {}, 'balances'], [{ ...sample, marketData: {} }, {}, 'marketData'], [undefined, {}, 'constant'],
      [sample, { threads: 0 }, 'options.threads'], [sample, { thread: 1 }, 'options.thread'],
    ] as const) {
      expect((await rejected(runBacktests(constant as never, [{}], options as never))).reason).toMatchObject({ path })
    }
  })

  it('is a batch inside of a callback', async () => {
    const strategy = { onTrade: () => { void runBacktestsSync(sample, [{}]) } }
    expect(fate(runBacktestsSync(sample, [{ strategy }]).summaries[0]!)).toBe('REENTRANT undefined')
  })

  it('is what the iterable throws', async () => {
    const words = new Error('no more')
    expect((await rejected(runBacktests(sample, (function* () { yield {}; throw words })()))).reason).toBe(words)
  })
})
