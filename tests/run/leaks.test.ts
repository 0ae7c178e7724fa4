import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const entry = join(__dirname, '../../dist/index.js')

/** Megabytes that 2,000 runs may add: a leak of one shared block (66 kB) or one result a run would be 130 and more. */
const GROWTH_MAX = 80

// What follows reads dist, which `npm test` builds first.
describe.skipIf(!existsSync(entry))('two thousand runs need no more memory than three hundred', () => {
  it.each(['sync', 'syncWithTurns', 'native', 'async', 'onThread', 'thrown', 'refused', 'aborted'])('%s', async (kind) => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', join(__dirname, 'leaks.cjs'), entry, kind])
    expect(stdout).toMatch(/^-?\d+\n$/)
    expect(Number(stdout)).toBeLessThan(GROWTH_MAX)
  }, 300_000)
})
