import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { backtest, MultiBacktestSummary, runBacktests, runBacktestsSync, type BacktestArgsDynamic } from '../../src/index'
import { rejected, sample } from '../run/common'
import { CROSS, fate, isBuilt, MAKER, moduleUrl } from './common'

const native: BacktestArgsDynamic = { strategy: { native: 'emaCross', fast: 10, slow: 20 } }
const inModule = (name: string): BacktestArgsDynamic => ({ strategy: moduleUrl(name) })
const url = (text: string): BacktestArgsDynamic => ({ strategy: new URL(text) })

/** Whatever a call throws. */
function caught(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('no run at all', () => {
  it('is a summary of none', async () => {
    const seen: [number, number][] = []
    const multi = await runBacktests(sample, [], { onProgress: (done, total) => seen.push([done, total]) })
    expect(multi).toBeInstanceOf(MultiBacktestSummary)
    expect([multi.numBacktests, multi.summaries]).toEqual([0, []])
    expect(seen).toEqual([[0, 0]])
    expect(inspect(multi)).toMatch(/^0 back-tests, .*, 0 events$/)
    expect(MultiBacktestSummary.fromJSON(JSON.stringify(multi)).equals(multi)).toBe(true)
    expect((await runBacktests(sample, (function* (): Generator<BacktestArgsDynamic> {})())).numBacktests).toBe(0)
    expect(runBacktestsSync(sample, new Set<BacktestArgsDynamic>()).numBacktests).toBe(0)
  })

  it('does not hide what is wrong with the data', async () => {
    expect((await rejected(runBacktests({ ...sample, balances: {} }, []))).reason).toMatchObject({ path: 'balances' })
  })
})

describe('threads', () => {
  it.each([0, -1, 1.5, NaN, Infinity, -Infinity, '2', null, true, 2n, [2], {}])('cannot be %s', async (threads) => {
    const refusal = { code: 'INVALID_ARGUMENT', path: 'options.threads' }
    for (const run of [runBacktests(sample, [native], { threads: threads as number }), backtest(sample, native, { threads: threads as number })]) {
      expect((await rejected(run)).reason).toMatchObject(refusal)
    }
  })

  it.each([65, 1e9, Number.MAX_SAFE_INTEGER])('may be %i, of which none stands idle', async (threads) => {
    expect((await runBacktests(sample, [native, native, native], { threads })).summaries.map(fate)).toEqual([CROSS, CROSS, CROSS])
    if (isBuilt) expect((await runBacktests(sample, [inModule('maker.cjs')], { threads })).summaries.map(fate)).toEqual([MAKER])
  })
})

describe('an iterable', () => {
  const words = new Error('no more')
  function* failing(): Generator<BacktestArgsDynamic> {
    yield native
    yield native
    throw words
  }

  it('that throws midway ends the batch with that, once', async () => {
    expect((await rejected(runBacktests(sample, failing()))).reason).toBe(words)
    expect(caught(() => runBacktestsSync(sample, failing()))).toBe(words)
    if (isBuilt) {
      const mixed = rejected(runBacktests(sample, (function* () { yield inModule('endless.mjs'); throw words })()))
      expect((await mixed).reason).toBe(words)
    }
  })

  it('that breaks the protocol throws what JavaScript throws', async () => {
    const broken = { [Symbol.iterator]: () => ({}) } as never
    expect((await rejected(runBacktests(sample, broken))).reason).toBeInstanceOf(TypeError)
    expect(caught(() => runBacktestsSync(sample, broken))).toBeInstanceOf(TypeError)
  })

  it('of pairs says that they are no arguments', async () => {
    // Not as a run that fails alone: a list is no object of arguments at all.
    const pairs = new Map([['a', native]]) as never
    expect((await rejected(runBacktests(sample, pairs))).reason).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'dynamics[0]' })
  })

  it('is closed where a later one is refused', async () => {
    let isClosed = false
    function* twice(): Generator<BacktestArgsDynamic> {
      try {
        for (;;) yield { ...native, id: 'the same' }
      } finally {
        isClosed = true
      }
    }
    expect((await rejected(runBacktests(sample, twice()))).reason).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'dynamics[1].id' })
    expect(isClosed).toBe(true)
  })
})

describe('a huge batch', () => {
  it.each<[string, () => Iterable<BacktestArgsDynamic>]>([
    ['list', () => Array.from({ length: 100_000 }, () => native)],
    ['generator without an end', function* () { for (;;) yield native }],
  ])('in a %s ends when it is told to', async (_, make) => {
    const controller = new AbortController()
    const batch = rejected(runBacktests(sample, make(), { signal: controller.signal }))
    setTimeout(() => { controller.abort('enough') }, 50)
    expect(await batch).toEqual({ reason: 'enough' })
  })
})

describe.skipIf(!isBuilt)('a module', () => {
  it.each<[string, BacktestArgsDynamic, string, RegExp]>([
    ['that is no JavaScript', url('data:text/javascript,export default ('), 'STRATEGY_FAILED', /cannot be loaded: /],
    ['from elsewhere', url('https://127.0.0.1:9/strategy.mjs'), 'STRATEGY_FAILED', /cannot be loaded: .*https/],
    ['that is a folder', inModule('.'), 'STRATEGY_FAILED', /cannot be loaded: .*irectory/],
    ['whose strategy is nothing', url('data:text/javascript,export default () => undefined'), 'INVALID_ARGUMENT', /undefined/],
    ['whose strategy has hooks of another name', url('data:text/javascript,export default () => ({ onTrad() {} })'), 'UNKNOWN_NAME', /onTrad/],
    ['whose factory throws', url('data:text/javascript,export default () => { throw new RangeError("not today") }'), 'STRATEGY_FAILED', /RangeError: not today/],
    ['that ends its thread on import', inModule('exits-early.mjs'), 'STRATEGY_FAILED', /exit code 0/],
    ['that leaves a promise rejected', inModule('rejects.mjs'), 'STRATEGY_FAILED', /nobody waits for this/],
  ])('%s costs its own run', async (_, dynamic, code, words) => {
    // One thread, so that the runs meet.
    const { summaries } = await runBacktests(sample, [inModule('cross.mjs'), dynamic, inModule('cross.mjs')], { threads: 1 })
    expect(summaries.map((summary) => summary.error?.code ?? fate(summary))).toEqual([CROSS, code, CROSS])
    expect(summaries[1]!.error!.message).toMatch(words)
    expect(summaries[1]!.error!.path).toMatch(/^dynamics\[1\]\.strategy/)
  })
})
