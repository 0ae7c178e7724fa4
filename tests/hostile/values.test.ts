import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'

const entry = join(__dirname, '../../dist/index.js')
const PARTS = ['exports', 'client', 'system', 'here', 'audit', 'data', 'fills', 'orders', 'run', 'config', 'map', 'key', 'request', 'test'] as const

// Files that calls write, where a value is taken for a path.
const folder = mkdtempSync(join(tmpdir(), 'haggle-hostile-'))
afterAll(() => { rmSync(folder, { recursive: true }) })

// What follows reads dist, which `npm test` builds first. In processes of their own: a value that ends one is seen, too.
describe.skipIf(!existsSync(entry)).concurrent('any value in any position is taken, or refused with an error of ours', () => {
  it.each(PARTS)('%s', async (part) => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(__dirname, 'values.cjs'), entry, part], { maxBuffer: 2 ** 24, cwd: folder })
    const { calls, wrong } = JSON.parse(stdout) as { calls: number, wrong: string[] }
    expect(wrong).toEqual([])
    expect(calls).toBeGreaterThan(50)
  })
})
