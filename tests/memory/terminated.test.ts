import { describe, expect, it } from 'vitest'
import { isBuilt, program } from './common'

// glibc gives threads memory of their own, which it keeps when they end: up to 8 pieces for each core, into which a leak could not be seen.
process.env['MALLOC_ARENA_MAX'] = '2'

/** Memory after all workers over memory after the first ones: their stacks and heaps come and go. */
const GROWTH_MAX = 1.2

// The first forty: what the allocator keeps varies by half before that, downwards as often as upwards.
// What follows reads dist, which `npm test` builds first.
describe.skipIf(!isBuilt)('workers that are terminated leave no memory behind:', () => {
  it.each(['loads', 'native', 'script', 'live'])('%s', async (kind) => {
    const [before, after] = JSON.parse(await program('terminated.cjs', kind, 40, 100)) as [number, number]
    expect(before).toBeGreaterThan(20)
    expect(after / before, `${before.toFixed(1)} MB became ${after.toFixed(1)} MB`).toBeLessThan(GROWTH_MAX)
  })
})
