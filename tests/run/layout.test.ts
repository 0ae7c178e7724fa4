import { describe, expect, it } from 'vitest'
import { blockLayout, reasonsJson } from '#native'
import * as layout from '../../src/strategy/layout'

describe('what the facade and the core agree on', () => {
  it('is where things stand in the shared memory', () => {
    const ours = { ...layout } as Record<string, number>
    const native = blockLayout()
    expect(Object.fromEntries(Object.keys(native).map((name) => [name, ours[name]]))).toEqual(native)
    expect(Object.keys(native)).toEqual(expect.arrayContaining(['COUNT', 'EVENT', 'MARKET', 'ASSET', 'COMMAND', 'COMMANDS_MAX', 'FULL']))
  })

  it('is a table of reasons, each with a number, a code and a sentence of its own', () => {
    const rows = JSON.parse(reasonsJson()) as [number, string, string][]
    for (const part of [0, 1, 2]) expect(new Set(rows.map((row) => row[part])).size).toBe(rows.length)
    const codes = rows.map(([, code]) => code)
    expect(codes).toEqual(expect.arrayContaining(['BalanceInsufficient', 'PostOnlyWouldTake', 'DataEnded', 'RunEnded', 'OrderAlreadyFullyFilled']))
    expect(rows.every(([number, code, message]) => number > 0 && /^[A-Z][A-Za-z]+$/.test(code) && /^[a-z].*[a-z]$/.test(message))).toBe(true)
  })
})
