import { describe, expect, it } from 'vitest'
import { isBuilt, program } from './common'

/** Memory after all workers over memory after the first ones: their stacks and heaps come and go. */
const GROWTH_MAX = 1.2

// What follows reads dist, which `npm test` builds first.
describe.skipIf(!isBuilt)('workers that are terminated leave no memory behind:', () => {
  it.each(['loads', 'native', 'script', 'live'])('%s', async (kind) => {
    const [before, after] = JSON.parse(await program('terminated.cjs', kind, 20, 60)) as [number, number]
    expect(before).toBeGreaterThan(20)
    expect(after / before, `${before.toFixed(1)} MB became ${after.toFixed(1)} MB`).toBeLessThan(GROWTH_MAX)
  })
})
