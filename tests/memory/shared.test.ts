import { expect, it } from 'vitest'
import { isBuilt, program } from './common'

const ROWS = 2_000_000
/** What they take in memory: 48 bytes each. */
const DATA = (ROWS * 48) / 2 ** 20

it.skipIf(!isBuilt)('eight threads over one data set hold it once', async () => {
  const { empty, loaded, one, eight } = JSON.parse(await program('shared.cjs', ROWS)) as Record<'empty' | 'loaded' | 'one' | 'eight', number>
  expect(loaded - empty).toBeGreaterThan(0.9 * DATA)
  // Less than half a copy for a thread and its run, and less than a whole one for seven more.
  expect(one - loaded).toBeLessThan(DATA / 2)
  expect(eight - one).toBeLessThan(DATA)
})
