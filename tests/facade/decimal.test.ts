import { describe, expect, it } from 'vitest'
import { checkDecimal, decimalText, formatScaled, numberOfScaled, plainNumber, wideMantissa } from '../../src/decimal'
import { Random } from './random'
import { thrown } from './thrown'

describe('decimals going in', () => {
  it.each([
    ['0.10', '0.1'], ['1e-3', '0.001'], ['1E3', '1000'], ['+5', '5'], ['-0', '0'], ['-0.000', '0'], ['007.50', '7.5'], ['.5', '0.5'], ['5.', '5'],
    ['123.456e1', '1234.56'], ['123.456e-5', '0.00123456'], ['0e99999', '0'], ['87232.00000000', '87232'], ['0.0000000000000000000000000001', '0.0000000000000000000000000001'],
    ['1234567890123456789012345678', '1234567890123456789012345678'],
  ])('text %s is exactly %s', (text, expected) => {
    expect(checkDecimal(text, 'p')).toEqual({ text: expected, exact: true })
  })

  it.each([
    [0.1, '0.1'], [-0, '0'], [1e21, '1000000000000000000000'], [1e-7, '0.0000001'], [1.5e-9, '0.0000000015'], [0.1 + 0.2, '0.30000000000000004'],
    [-123456.789, '-123456.789'], [5e-324, '0'], [1.2345678901234567e-20, '0.0000000000000000000123456789'], [6e-29, '0.0000000000000000000000000001'],
    [4e-29, '0'], [9007199254740993, '9007199254740992'],
  ])('number %d is about %s', (number, expected) => {
    expect(checkDecimal(number, 'p')).toEqual({ text: expected, exact: false })
  })

  it('bigints and decimal objects are exact', () => {
    expect(checkDecimal(-12n, 'p')).toEqual({ text: '-12', exact: true })
    expect(checkDecimal({ toFixed: () => '1.50' }, 'p')).toEqual({ text: '1.5', exact: true })
    // A boxed number has a toFixed() too, one that rounds to '2'.
    expect(checkDecimal(Object(1.5) as number, 'p')).toEqual({ text: '1.5', exact: false })
  })

  it.each(['', '.', '-', 'abc', '1,5', '0x10', 'Infinity', 'NaN', ' 1', '1 ', '1e', '--1', '1.2.3', '1e999999', '\u0661'])('refuses the text %j', (text) => {
    expect(thrown(() => decimalText(text, 'fees.maker'))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'fees.maker' })
  })

  it.each([NaN, Infinity, -Infinity, null, undefined, true, {}, [], () => 1, Symbol('x'), { toFixed: 7 }, { toFixed: () => 7 }, { toFixed: () => 'NaN' }])('refuses %o', (value) => {
    expect(thrown(() => decimalText(value as never, 'a[0].b'))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'a[0].b' })
  })

  it.each(['1e28', '1e-29', '1e400', '-1e-400', '12345678901234567890123456789', '1234567890.1234567890123456789'])('says that %s has too many digits', (text) => {
    expect(thrown(() => decimalText(text, 'p'))).toMatchObject({ code: 'OVERFLOW', path: 'p' })
  })

  it('knows what was meant', () => {
    expect(thrown(() => decimalText('10_000', 'p')).hint).toBe("write '10000'")
    expect(thrown(() => decimalText(10n ** 28n, 'p')).code).toBe('OVERFLOW')
    expect(thrown(() => decimalText(1e300, 'p')).code).toBe('OVERFLOW')
  })

  it('is one text for one value, however it is written (20,000 seeded)', () => {
    const random = new Random(1)
    for (let i = 0; i < 20_000; i++) {
      const whole = random.digits(random.below(10))
      const fraction = random.digits(random.below(10) + 1)
      const sign = random.of(['', '-'])
      const text = decimalText(`${sign}${whole}.${fraction}`, 'p')
      expect(text).toMatch(/^(0|-?(0|[1-9]\d*)(\.\d*[1-9])?)$/)
      expect(decimalText(text, 'p')).toBe(text)
      expect(decimalText(`${sign}000${whole}${fraction}000e-${fraction.length + 3}`, 'p')).toBe(text)
      expect(Number(text)).toBe(Number(`${sign}${whole}.${fraction}`) || 0)
    }
  })
})

describe('numbers as text', () => {
  it('reads back as the same number (20,000 seeded)', () => {
    const random = new Random(2)
    for (let i = 0; i < 20_000; i++) {
      const number = Number(`${random.digits(17)}e${random.below(80) - 60}`) * random.of([1, -1])
      const text = plainNumber(number)
      expect(text).not.toContain('e')
      expect(Number(text)).toBe(number)
    }
  })
})

describe('scaled integers', () => {
  it.each([
    [8723201n, 2, 1n, '87232.01'], [23n, 2, 5n, '1.15'], [20n, 2, 5n, '1'], [0n, 8, 1n, '0'], [-5n, 3, 1n, '-0.005'], [1200n, 0, 1n, '1200'],
    [-(2n ** 63n), 4, 1n, '-922337203685477.5808'], [2n ** 63n - 1n, 18, 10n, '92.23372036854775807'], [1n, 18, 1n, '0.000000000000000001'],
  ])('%d / 10^%d x %d is %s', (count, scale, mantissa, expected) => {
    expect(formatScaled(count, scale, mantissa)).toBe(expected)
    expect(numberOfScaled(count, scale, mantissa)).toBe(Number(expected))
  })

  it('agree with the literal in text and number (20,000 seeded)', () => {
    const random = new Random(3)
    for (let i = 0; i < 20_000; i++) {
      const scale = random.below(19)
      const digits = random.digits(random.below(18) + 1)
      const count = BigInt(digits) * random.of([1n, -1n])
      const literal = `${count < 0n ? '-' : ''}${digits}e-${scale}`
      expect(formatScaled(count, scale)).toBe(decimalText(literal, 'p'))
      expect(numberOfScaled(count, scale) + 0).toBe(Number(literal) + 0)
    }
  })

  it('take the halves of a 128-bit mantissa', () => {
    for (const value of [0n, -1n, 1n, 2n ** 63n, -(2n ** 63n) - 1n, 79228162514264337593543950335n, -79228162514264337593543950335n]) {
      expect(wideMantissa(BigInt.asIntN(64, value), value >> 64n)).toBe(value)
    }
  })
})
