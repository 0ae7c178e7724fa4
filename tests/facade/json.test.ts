import { describe, expect, it } from 'vitest'
import { jsonText } from '../../src/json'
import { Value } from '../../src/value'
import { thrown } from './thrown'

class Symbolic extends Value {
  override toJSON(): object {
    return { name_exchange: 'BTCUSDT', inner: 7n }
  }
}

describe('options on their way into the core', () => {
  it('keep the difference between about and exactly', () => {
    expect(jsonText({ a: 0.1, b: '0.10', c: 5n, d: { toFixed: () => '1.50', toJSON: () => '1.5e0' }, e: -0, f: 1e21 })).toBe(
      '{"a":0.1,"b":"0.10","c":"5","d":"1.50","e":0,"f":1e+21}',
    )
  })

  it('leave out what is undefined, and keep null', () => {
    expect(jsonText({ a: undefined, b: null, c: [], d: {}, e: [null, true, 'x'] })).toBe('{"b":null,"c":[],"d":{},"e":[null,true,"x"]}')
  })

  it('write dates and values of ours', () => {
    expect(jsonText({ from: new Date(1_500), instrument: new Symbolic(), n: Object(3), ['__proto__x']: 1 })).toBe(
      '{"from":"1970-01-01T00:00:01.500Z","instrument":{"name_exchange":"BTCUSDT","inner":"7"},"n":3,"__proto__x":1}',
    )
  })

  it('are what JSON.parse reads, keys and quotes included', () => {
    const value = { 'a"b': 'line\nend \u2028', list: [{ x: [1, [2]] }], ['__proto__']: 1, '': 'empty' }
    const own = Object.defineProperty({ ...value }, '__proto__', { value: 'own', enumerable: true })
    expect(JSON.parse(jsonText(own))).toEqual(JSON.parse(JSON.stringify(own)))
  })

  it('may hold one object twice, but not itself', () => {
    const fees = { maker: 0 }
    expect(jsonText([fees, fees])).toBe('[{"maker":0},{"maker":0}]')
    const cycle: Record<string, unknown> = { a: [] }
    ;(cycle['a'] as unknown[]).push({ back: cycle })
    expect(thrown(() => jsonText(cycle))).toMatchObject({ path: 'a[0].back', message: 'a[0].back: the object contains itself' })
  })

  it.each([
    [{ a: { b: NaN } }, 'a.b'], [{ a: [1, Infinity] }, 'a[1]'], [{ f: () => 1 }, 'f'], [{ s: Symbol('x') }, 's'], [{ a: [1, , 3] }, 'a[1]'], [{ m: new Map() }, 'm'],
    [{ m: new Set() }, 'm'], [{ t: new Float64Array(2) }, 't'], [{ d: new Date(NaN) }, 'd'], [{ d: { toFixed: () => 'NaN' } }, 'd'], [{ d: { toFixed: () => 1 } }, 'd'],
    [{ x: '\ud800' }, 'x'], [{ r: /x/ }, 'r'], [{ p: Promise.resolve() }, 'p'], [{ executions: [{ latency_ms: -Infinity }] }, 'executions[0].latency_ms'],
    [{ balances: { 'BTC/USDT': NaN } }, 'balances.BTC/USDT'],
  ])('are refused where they cannot cross: %o at %s', (value, path) => {
    expect(thrown(() => jsonText(value))).toMatchObject({ code: 'INVALID_ARGUMENT', path })
  })

  it('are refused with the path that the caller gave them', () => {
    expect(thrown(() => jsonText({ a: NaN }, 'dynamic')).path).toBe('dynamic.a')
    expect(thrown(() => jsonText(undefined, 'dynamic')).path).toBe('dynamic')
    expect(thrown(() => jsonText({ m: new Map() })).hint).toBe('write Object.fromEntries(map)')
  })

  it('are refused when nested without end', () => {
    let deep: object = {}
    for (let i = 0; i < 100_000; i++) deep = { a: deep }
    expect(thrown(() => jsonText(deep)).message).toContain('nested deeper than 64')
  })
})
