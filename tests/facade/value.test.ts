import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { assignFrozen, camelCase, snakeCase, Value } from '../../src/value'

class Point extends Value {
  declare readonly nameExchange: string
  declare readonly levels: readonly { price: string }[]
  declare readonly note?: string

  constructor(nameExchange: string, price: string, note?: string) {
    super()
    assignFrozen(this, { nameExchange, levels: [{ price }], note })
    Object.freeze(this)
  }
}
class Other extends Point {}

describe('values', () => {
  it('have own enumerable frozen fields, and none that are undefined', () => {
    const point = new Point('BTCUSDT', '0.1')
    expect(Object.keys(point)).toEqual(['nameExchange', 'levels'])
    expect({ ...point }).toEqual({ nameExchange: 'BTCUSDT', levels: [{ price: '0.1' }] })
    expect(structuredClone({ ...point })).toEqual({ ...point })
    expect(() => { (point as { note: string }).note = 'x' }).toThrow(TypeError)
    expect(() => { (point.levels[0] as { price: string }).price = '2' }).toThrow(TypeError)
  })

  it('are equal by value and class', () => {
    const point = new Point('BTCUSDT', '0.1')
    expect(point.equals(new Point('BTCUSDT', '0.1'))).toBe(true)
    expect(point.equals(new Point('BTCUSDT', '0.2'))).toBe(false)
    expect(point.equals(new Point('BTCUSDT', '0.1', 'x'))).toBe(false)
    expect(point.equals(new Other('BTCUSDT', '0.1'))).toBe(false)
    expect(point.equals({ ...point })).toBe(false)
    expect(point.equals(undefined)).toBe(false)
    expect(point).toEqual(new Point('BTCUSDT', '0.1'))
    expect(point).not.toEqual(new Point('BTCUSDT', '0.2'))
  })

  it('go to JSON in snake_case', () => {
    expect(JSON.stringify(new Point('BTCUSDT', '0.1'))).toBe('{"name_exchange":"BTCUSDT","levels":[{"price":"0.1"}]}')
  })

  it('print as what they are', () => {
    const point = new Point('BTCUSDT', '0.1')
    expect(inspect(point)).toBe("Point { nameExchange: 'BTCUSDT', levels: [ { price: '0.1' } ] }")
    expect(inspect({ a: { b: { point } } }, { depth: 2 })).toBe('{ a: { b: { point: [Point] } } }')
    expect(inspect(point, { colors: true })).toContain('\u001b[32m\'BTCUSDT\'')
  })
})

describe('names', () => {
  it.each([['timeExchange', 'time_exchange'], ['pnl', 'pnl'], ['notionalMin', 'notional_min'], ['aB', 'a_b']])('%s is %s', (camel, snake) => {
    expect(snakeCase(camel)).toBe(snake)
    expect(camelCase(snake)).toBe(camel)
  })

  it('come back as they were where digits stand in them', () => {
    expect(snakeCase(camelCase('var_95'))).toBe('var_95')
  })
})
