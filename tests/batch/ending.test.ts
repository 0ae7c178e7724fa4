import { describe, expect, it } from 'vitest'
import { backtest, runBacktests, type BacktestArgsDynamic } from '../../src/index'
import { rejected, sample } from '../run/common'
import { Maker } from '../run/strategies'
import { fate, isBuilt, moduleUrl } from './common'

const native: BacktestArgsDynamic = { strategy: { native: 'smaCross', fast: 400, slow: 500 } }
const many = (dynamic: BacktestArgsDynamic, count = 200): BacktestArgsDynamic[] => Array.from({ length: count }, () => ({ ...dynamic }))

describe('progress', () => {
  it.each<[string, BacktestArgsDynamic[]]>([
    ['native runs', many(native, 60)], ['runs here', many({ strategy: () => new Maker() }, 40)],
    ['runs that fail', many({ strategy: { native: 'emaCross', fast: 2, slow: 1 } }, 5)],
  ])('of %s only goes on, and ends with all rows', async (_, dynamics) => {
    const seen: [number, number][] = []
    await runBacktests(sample, dynamics, { onProgress: (done, total) => seen.push([done, total]) })
    const all = dynamics.length * 50_000
    expect(seen.at(-1)).toEqual([all, all])
    expect(seen.every(([done, total], i) => total === all && done <= total && done >= (seen[i - 1]?.[0] ?? 0))).toBe(true)
  })

  it('of a generator has a total that grows', async () => {
    const seen: [number, number][] = []
    await runBacktests(sample, (function* () { yield* many(native, 60) })(), { threads: 1, onProgress: (done, total) => seen.push([done, total]) })
    expect(seen.at(-1)).toEqual([3_000_000, 3_000_000])
    expect(seen.every(([done, total], i) => done <= total && total >= (seen[i - 1]?.[1] ?? 0))).toBe(true)
  })

  it('that throws ends the batch with that', async () => {
    const words = new Error('no display')
    const { reason } = await rejected(runBacktests(sample, many(native), { onProgress: () => { throw words } }))
    expect(reason).toBe(words)
  })
})

describe('abort', () => {
  const cases: [string, BacktestArgsDynamic][] = [['native runs', native], ['runs here', { strategy: () => new Maker() }]]
  if (isBuilt) cases.push(['workers, however busy', { strategy: moduleUrl('endless.mjs') }])

  it.each(cases)('ends %s with the reason', async (_, dynamic) => {
    const controller = new AbortController()
    const reason = { any: 'value' }
    const batch = rejected(runBacktests(sample, many(dynamic, 2_000), { signal: controller.signal, threads: 2 }))
    setTimeout(() => { controller.abort(reason) }, 150)
    expect((await batch).reason).toBe(reason)
  })

  it('before the start runs nothing', async () => {
    let calls = 0
    const signal = AbortSignal.abort('before')
    expect((await rejected(runBacktests(sample, [{ strategy: () => { calls++; return new Maker() } }], { signal }))).reason).toBe('before')
    expect(calls).toBe(0)
  })

  it.skipIf(!isBuilt)('ends a single run in a worker', async () => {
    const controller = new AbortController()
    setTimeout(() => { controller.abort('enough') }, 100)
    expect((await rejected(backtest(sample, { strategy: moduleUrl('endless.mjs') }, { signal: controller.signal }))).reason).toBe('enough')
  })

  it('leaves nothing behind that would disturb the next batch', async () => {
    expect((await runBacktests(sample, many(native, 3))).summaries.map(fate)).toHaveLength(3)
  })
})
