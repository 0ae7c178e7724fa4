import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { isBuilt } from '../memory/common'
import { open } from './common'

const entry = join(__dirname, '../../dist/index.js')

/** What a program prints that runs the built package in a process of its own; it has to end by itself. */
async function program(kind: string, ...args: readonly number[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--max-semi-space-size=1', join(__dirname, 'life.cjs'), entry, kind, ...args.map(String)], { timeout: 120_000 })
  return stdout.trim()
}

// What follows reads dist, which `npm test` builds first.
describe.skipIf(!isBuilt)('the life of a client', () => {
  it.each([['closed', 100_000], ['dropped', 20_000], ['thrown', 20_000], ['closed test', 20_000], ['dropped test', 10_000], ['thrown test', 10_000]])('%s, %i times: memory stays as it is', async (kind, count) => {
    const { before, after, handles } = JSON.parse(await program(kind, count)) as { before: number, after: number, handles: string[] }
    expect(after / before, `${before.toFixed(1)} MB became ${after.toFixed(1)} MB`).toBeLessThan(1.1)
    if (!kind.startsWith('dropped')) expect(handles).toEqual([])
  })

  it('what is not held is collected, closed or not', async () => {
    expect(await program('collected')).toBe('0')
  })

  it.each([
    ['forgotten', 'ended'], ['forgotten-wall', 'ended'], ['forgotten-stream', 'Snapshot'], ['never-answered', 'Snapshot'], ['exit', ''],
    ['waited', 'Snapshot OrderSnapshot BalanceSnapshot Open'],
  ])('a script with a client that is %s ends by itself, and not before', async (kind, expected) => {
    expect(await program(kind)).toBe(expected)
  })

  it('while one waits the process lives; close leaves no handle open, and ends what is pending', async () => {
    expect(JSON.parse(await program('handles'))).toEqual({ during: true, after: 0, left: ['CLOSED', true] })
  })

  it('8 worker threads at once have clients of their own, also when they are ended from outside', async () => {
    expect(JSON.parse(await program('workers', 8))).toEqual({ hashes: 1, workers: 8, terminated: 8 })
  })

  it('under node:test', async () => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const { stdout } = await promisify(execFile)(process.execPath, ['--test', '--test-reporter=tap', join(__dirname, 'node-test.cjs')], { env: { ...env, HAGGLE_ENTRY: entry }, timeout: 60_000 })
    expect(/^# pass (\d+)$/m.exec(stdout)?.[1]).toBe('3')
    expect(/^# fail (\d+)$/m.exec(stdout)?.[1]).toBe('0')
  })
})

it('under vitest: no handle stays open', async () => {
  const resources = (): string[] => process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'Immediate')
  const before = resources()
  const client = open({ clock: 'wall', latency: '1h' })
  const settled = client.settled(client.openLimitOrder('A/B', 'Buy', 1, 90))
  expect(resources().length).toBeGreaterThan(before.length)
  await client.close()
  await expect(settled).rejects.toMatchObject({ code: 'CLOSED' })
  expect(resources()).toEqual(before)
})
