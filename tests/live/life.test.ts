import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { isBuilt } from '../memory/common'

/** What a program prints that runs the built package in a process of its own; it has to end by itself. */
async function program(kind: string, ...args: readonly (string | number)[]): Promise<string> {
  const file = join(__dirname, 'life.cjs')
  const entry = join(__dirname, '../../dist/index.js')
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--max-semi-space-size=1', file, entry, kind, ...args.map(String)], { timeout: 60_000 })
  return stdout.trim()
}

// What follows reads dist, which `npm test` builds first.
describe.skipIf(!isBuilt).concurrent('the life of a system', () => {
  it.each([['rounds', 'here'], ['rounds', 'runtime'], ['dropped', 'here'], ['dropped', 'runtime'], ['thrown', 'here'], ['aborted', 'runtime'], ['unread', 'runtime']])(
    '%s, on the %s: 1,000 starts and ends leave memory and threads as they were', async (kind, seat) => {
      const { before, after, threads, idle } = JSON.parse(await program(kind, seat, 1_000)) as Record<'before' | 'after' | 'threads' | 'idle', number>
      expect(after / before, `${before.toFixed(1)} MB became ${after.toFixed(1)} MB`).toBeLessThan(1.1)
      expect(threads).toBe(idle)
    }, 60_000)

  it.each([
    ['closed', 'ended'], ['aborted-once', 'ended'], ['forgotten', 'ended'], ['forgotten-timer', 'ended'], ['forgotten-native', 'ended'],
    ['recv-then-fed', 'Process'], ['recv-timeout', 'undefined'], ['exit', ''],
  ])('a script with a system that is %s ends by itself', async (kind, expected) => {
    expect(await program(kind)).toBe(expected)
  })

  it('a pending recv keeps the process alive until it is answered', async () => {
    // The answer comes from another thread half a second later; nothing else keeps the process.
    expect(await program('recv-pending')).toBe('Process TradingStateUpdate')
  })

  it.each(['here', 'runtime'])('commands that race the end on the %s are carried out, or CLOSED', async (seat) => {
    expect(JSON.parse(await program('race', seat, 300))).toEqual({ others: 0, rounds: 300 })
  })

  it('worker threads have systems of their own, also when they are ended from outside', async () => {
    expect(JSON.parse(await program('workers', 8))).toEqual({ fills: Array(8).fill(1) as number[], terminated: 8 })
  })
})
