import { describe, expect, it } from 'vitest'
import { millisOf, nanosOf, nanosOfDuration, timeText } from '../../src/time'
import { Random } from './random'
import { thrown } from './thrown'

describe('times', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0n], ['2025-03-25', 1742860800000000000n], ['2025-03-25T23:07:00.773674205Z', 1742944020773674205n],
    ['2025-03-25t23:07:00.5z', 1742944020500000000n], ['2025-03-25 23:07:00+02:00', 1742936820000000000n], ['2025-03-25T23:07:00-05:30', 1742963820000000000n],
    ['1969-12-31T23:59:59.999999999Z', -1n], ['2024-02-29', 1709164800000000000n], ['2262-04-11T23:47:16.854775807Z', 2n ** 63n - 1n],
    ['1677-09-21T00:12:43.145224192Z', -(2n ** 63n)],
  ])('%s', (text, nanos) => {
    expect(nanosOf(text, 'p')).toBe(nanos)
  })

  it('are taken in every form', () => {
    expect(nanosOf(1742944020773.674, 'p') / 1000n).toBe(1742944020773674n)
    expect(nanosOf(-0.5, 'p')).toBe(-500_000n)
    expect(nanosOf(new Date(7), 'p')).toBe(7_000_000n)
    expect(nanosOf(42n, 'p')).toBe(42n)
  })

  it.each([
    'yesterday', '', '2025-3-5', '2025-02-30', '2023-02-29', '2025-01-01T24:00:00Z', '2025-01-01T00:60:00Z', '2025-01-01T00:00:60Z', '2025-01-01T00:00:00',
    '2025-01-01T00:00:00.Z', '2025-01-01T00:00:00.0123456789Z', '2025-01-01T00:00:00+25:00', '0099-01-01', '9999-01-01', '1742944020773', NaN, Infinity, 1e300,
    new Date(NaN), 2n ** 63n, null, undefined, {}, true,
  ])('refuses %o', (time) => {
    expect(thrown(() => nanosOf(time as never, 'from'))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'from' })
  })

  it('says what to write instead', () => {
    expect(thrown(() => nanosOf('2025-01-01T00:00:00', 'p')).hint).toBe("add the zone: '2025-01-01T00:00:00Z'")
    expect(thrown(() => nanosOf('1742944020773', 'p')).hint).toContain('1742944020773n (nanoseconds)')
  })

  it.each([
    [0n, '1970-01-01T00:00:00Z'], [1n, '1970-01-01T00:00:00.000000001Z'], [1_000n, '1970-01-01T00:00:00.000001Z'], [500_000_000n, '1970-01-01T00:00:00.500Z'],
    [-1n, '1969-12-31T23:59:59.999999999Z'], [-1_000_000n, '1969-12-31T23:59:59.999Z'], [-1_000_000_000n, '1969-12-31T23:59:59Z'], [1_500_000n, '1970-01-01T00:00:00.001500Z'],
  ])('%d ns is %s', (nanos, text) => {
    expect(timeText(nanos)).toBe(text)
  })

  it('go to text and back (20,000 seeded)', () => {
    const random = new Random(4)
    for (let i = 0; i < 20_000; i++) {
      const nanos = BigInt.asIntN(64, BigInt(random.digits(19)) * 2n) / random.of([1n, 1_000n, 1_000_000n, 1_000_000_000n])
        * random.of([1n, 1_000n])
      const inside = BigInt.asIntN(64, nanos)
      const text = timeText(inside)
      expect(nanosOf(text, 'p')).toBe(inside)
      expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.(\d{3}){1,3})?Z$/)
      expect(text).not.toMatch(/000Z$/)
      expect(BigInt(new Date(text).getTime())).toBe((inside - BigInt.asUintN(64, ((inside % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n)
      expect(Math.abs(millisOf(inside) - Number(inside) / 1e6)).toBeLessThan(0.01)
    }
  })
})

describe('durations', () => {
  it.each([
    ['250ms', 250_000_000n], ['1.5h', 5_400_000_000_000n], ['0s', 0n], ['7ns', 7n], ['1.9ns', 1n], ['2us', 2_000n], ['1m', 60_000_000_000n], ['106751d', 9_223_286_400_000_000_000n],
    [250, 250_000_000n], [0.29, 290_000n], [8.2, 8_200_000n], [0, 0n], [1e-7, 0n],
  ] as const)('%s', (duration, nanos) => {
    expect(nanosOfDuration(duration, 'p')).toBe(nanos)
  })

  it.each(['5 parsecs', '5', 's', '-5s', '1e3ms', '.5s', '5.s', '', -1, NaN, Infinity, null, undefined, 5n, {}])('refuses %o', (duration) => {
    expect(thrown(() => nanosOfDuration(duration as never, 'latency'))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'latency' })
  })

  it('says that more than 292 years do not fit', () => {
    expect(thrown(() => nanosOfDuration('106752d', 'p'))).toMatchObject({ code: 'OVERFLOW', path: 'p' })
  })
})
