import { describe, expect, it } from 'vitest'
import { isBuilt, program } from './common'

/** All runs over the first tenth or sixth of them. */
const GROWTH_MAX = 1.1

/** Kinds of runs, and how many of each: the slower, the fewer. */
const kinds: readonly (readonly [kind: string, few: number, many: number])[] = [
  ['sync', 1_000, 10_000], ['syncWithTurns', 1_000, 10_000], ['native', 1_000, 10_000], ['batchSync', 1_000, 10_000], ['batchNative', 1_000, 10_000],
  ['batchObjects', 1_000, 10_000], ['async', 500, 5_000], ['batchModules', 500, 5_000], ['batchFailing', 500, 5_000],
  ['thrown', 300, 3_000], ['refused', 300, 3_000], ['aborted', 300, 3_000], ['abortedOnThread', 300, 3_000], ['batchAborted', 2_000, 20_000], ['ignored', 300, 3_000],
  ['modulesAborted', 2_500, 15_000],
  // Their results are kept for a while, and let go.
  ['syncKept', 1_000, 6_000], ['onThreadKept', 1_000, 6_000],
]

// What follows reads dist, which `npm test` builds first.
describe.skipIf(!isBuilt).concurrent('many more runs need no more memory', () => {
  it.each(kinds)('%s: %i and %i runs', async (kind, few, many) => {
    const [before, after] = JSON.parse(await program('runs.cjs', kind, few, many)) as [number, number]
    expect(before).toBeGreaterThan(20)
    expect(after / before, `${before.toFixed(1)} MB became ${after.toFixed(1)} MB`).toBeLessThan(GROWTH_MAX)
  })
})
