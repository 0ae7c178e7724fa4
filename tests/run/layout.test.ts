import { describe, expect, it } from 'vitest'
import { bridgeLayout, reasonsJson } from '#native'
import { LIQUIDITIES, ORDER_KINDS, SIDES, STATES, TIMES_IN_FORCE } from '../../src/results/columns'
import * as layout from '../../src/strategy/layout'
import { ABSENT, NONE } from '../../src/table/column'

describe('what the facade and the core agree on', () => {
  it('is every slot, offset, flag and code, by name: none stands on one side alone', () => {
    expect({ ...layout, ABSENT: Number(ABSENT), NONE }).toEqual(bridgeLayout())
  })

  it('has codes that count from zero', () => {
    const lists = Object.values(layout).filter((entry) => typeof entry === 'object')
    expect(lists.length).toBeGreaterThan(5)
    for (const list of lists) expect(Object.values(list)).toEqual(Object.keys(list).map((_, code) => code))
  })

  it('is the words that columns of results have for those codes', () => {
    const { SIDE, ORDER_KIND, LIQUIDITY, TIME_IN_FORCE, STATE } = layout
    expect([SIDES, ORDER_KINDS, LIQUIDITIES, STATES]).toEqual([SIDE, ORDER_KIND, LIQUIDITY, STATE].map((list) => Object.keys(list)))
    expect([...TIMES_IN_FORCE, 'goodUntil']).toEqual(Object.keys(TIME_IN_FORCE))
  })

  it('fits: areas do not overlap', () => {
    const { ASSET, COMMAND, CURRENT, EVENT, FILL_ID, HEADER, LOCKED, MARKET, OPEN_NUMBER, SHOWN, TEXT_LENGTH } = layout
    expect([TEXT_LENGTH < EVENT, FILL_ID < CURRENT, CURRENT + MARKET <= HEADER, SHOWN <= MARKET, LOCKED < ASSET, OPEN_NUMBER < COMMAND]).toEqual(Array(6).fill(true))
  })

  it('is a table of reasons, each with a number, a code and a sentence of its own', () => {
    const rows = JSON.parse(reasonsJson()) as [number, string, string][]
    for (const part of [0, 1, 2]) expect(new Set(rows.map((row) => row[part])).size).toBe(rows.length)
    const codes = rows.map(([, code]) => code)
    expect(codes).toEqual(expect.arrayContaining(['BalanceInsufficient', 'PostOnlyWouldTake', 'DataEnded', 'RunEnded', 'OrderAlreadyFullyFilled']))
    expect(rows.every(([number, code, message]) => number > 0 && /^[A-Z][A-Za-z]+$/.test(code) && /^[a-z].*[a-z]$/.test(message))).toBe(true)
  })
})
