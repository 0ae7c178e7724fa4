import { describe, expect, it } from 'vitest'
import { isBuilt, program } from './common'

/** Memory after all runs over memory after the first quarter of them. */
const GROWTH_MAX = 1.1

/** Kinds of runs, and how many of each: the slower, the fewer. In the first quarter code is compiled, and pools fill. */
const kinds: readonly (readonly [kind: string, runs: number])[] = [
  ['sync', 10_000], ['syncWithTurns', 10_000], ['native', 10_000], ['batchSync', 10_000], ['batchNative', 10_000],
  ['batchObjects', 10_000], ['async', 5_000], ['batchModules', 5_000], ['batchFailing', 5_000],
  ['thrown', 3_000], ['refused', 3_000], ['aborted', 3_000], ['abortedOnThread', 3_000], ['batchAborted', 32_000], ['ignored', 3_000],
  ['modulesAborted', 15_000],
  // Their results are kept for a while, and let go.
  ['syncKept', 6_000], ['onThreadKept', 6_000],
]

// What follows reads dist, which `npm test` builds first.
describe.skipIf(!isBuilt).concurrent('many more runs need no more memory', () => {
  it.each(kinds)('%s: %i runs', async (kind, runs) => {
    const [before, after] = JSON.parse(await program('runs.cjs', kind, runs / 4, runs)) as [number, number]
    expect(before).toBeGreaterThan(20)
    expect(after / before, `${before.toFixed(1)} MB became ${after.toFixed(1)} MB`).toBeLessThan(GROWTH_MAX)
  })
})
