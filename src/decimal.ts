import { types } from 'node:util'
import { HaggleError, invalid, isRevoked, show } from './errors'
import type { Decimal } from './types/primitives'

/** A decimal that was checked: what it is worth, and whether it was meant to the digit. @internal */
export interface CheckedDecimal {
  /** Canonical text: `'-0.1'`; no exponent, no plus sign, no zeros that say nothing. */
  readonly text: string
  /** Whether the value is refused off the grid (text, bigint, decimal objects) or put on it (numbers). */
  readonly exact: boolean
}

/** Digits that the core's exact decimals have for certain. */
const DIGITS_MAX = 28
const PATTERN = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,5}))?$/

/**
 * Checks a decimal and writes it canonically.
 *
 * @example
 * checkDecimal('1e-3', 'tickSize')   // { text: '0.001', exact: true }
 * checkDecimal(0.10, 'size')         // { text: '0.1', exact: false }
 *
 * @throws HaggleError `INVALID_ARGUMENT` where it is no decimal, `OVERFLOW` where it needs more than 28 digits; both with the path.
 * @internal
 */
export function checkDecimal(value: Decimal, path: string): CheckedDecimal {
  const plain = unbox(value, path)
  switch (typeof plain) {
    case 'number': return { text: decimalOfNumber(plain, path), exact: false }
    case 'bigint': return { text: fits(plain.toString(), path), exact: true }
    default: return { text: canonical(plain, path), exact: true }
  }
}

/** The canonical text of a decimal, whether it was meant exactly or not. @internal */
export function decimalText(value: Decimal, path: string): string {
  return checkDecimal(value, path).text
}

/** The value itself, where it is a box: `new Number(1.5)` has a `toFixed()` too, but one that rounds to `'2'`. */
function unbox(value: unknown, path: string): number | bigint | string {
  switch (typeof value) {
    case 'number': case 'bigint': case 'string': return value
    case 'object': {
      if (types.isNumberObject(value)) return Number.prototype.valueOf.call(value)
      if (value === null || isRevoked(value) || !('toFixed' in value) || typeof value.toFixed !== 'function') break
      const text: unknown = (value as { toFixed(): unknown }).toFixed()
      if (typeof text === 'string') return text
    }
  }
  throw invalid(path, `expected a decimal (a number, a text, a bigint or a decimal object), found ${show(value)}`, types.isPromise(value) ? 'write await in front of it' : undefined)
}

/**
 * The decimal text of a number: the shortest that reads back as it, without an exponent. Digits past the 28th
 * decimal are beyond what "about this" can mean, and are rounded off.
 * @internal
 */
export function decimalOfNumber(value: number, path: string): string {
  if (!Number.isFinite(value)) throw invalid(path, `expected a finite number, found ${value}`)
  const text = plainNumber(value)
  const decimals = text.length - 1 - text.indexOf('.')
  if (text.length <= DIGITS_MAX || !text.includes('.') || decimals <= DIGITS_MAX) return fits(text, path)
  const { negative, digits, point } = take(text, path)
  const kept = point + DIGITS_MAX
  // A number's text has at most 17 digits of its own, so that no tie can matter: halves go away from zero.
  const up = digits.charCodeAt(kept) >= 53 ? 1n : 0n
  return fits(place(negative, (BigInt(digits.slice(0, kept)) + up).toString(), DIGITS_MAX), path)
}

/** The shortest text that reads back as this finite number, without an exponent and with every digit. @internal */
export function plainNumber(value: number): string {
  const text = String(value === 0 ? 0 : value)
  if (!text.includes('e')) return text
  const { negative, digits, point } = take(text, '')
  return place(negative, digits, digits.length - point)
}

function canonical(text: string, path: string): string {
  const { negative, digits, point } = take(text, path)
  // An exponent of thousands must not make thousands of zeros before it is refused.
  if (/[1-9]/.test(digits) && Math.abs(point) > 400) throw overflow(path, text)
  return fits(place(negative, digits, digits.length - point), path)
}

/** Digits and the place of the point among them, which may lie outside. */
function take(text: string, path: string): { negative: boolean, digits: string, point: number } {
  const match = PATTERN.exec(text)
  const [, sign, whole = '', fraction = '', exponent = '0'] = match ?? []
  if (!match || whole.length + fraction.length === 0) {
    const plain = text.replace(/[_' ]/g, '')
    const hint = plain !== text && PATTERN.test(plain) && /\d/.test(plain) ? `write '${plain}'` : undefined
    throw invalid(path, `expected a decimal, found ${show(text)}`, hint)
  }
  return { negative: sign === '-', digits: whole + fraction, point: whole.length + Number(exponent) }
}

/** `digits / 10^scale` in canonical form; the scale may be negative. */
function place(negative: boolean, digits: string, scale: number): string {
  let first = 0
  let last = digits.length
  while (first < last && digits.charCodeAt(first) === 48) first++
  while (last > first && digits.charCodeAt(last - 1) === 48) last--
  if (first === last) return '0'
  const sign = negative ? '-' : ''
  const point = digits.length - scale
  if (point <= first) return `${sign}0.${'0'.repeat(first - point)}${digits.slice(first, last)}`
  if (point >= last) return `${sign}${digits.slice(first, last)}${'0'.repeat(point - last)}`
  return `${sign}${digits.slice(first, point)}.${digits.slice(point, last)}`
}

function fits(text: string, path: string): string {
  let digits = text.length
  if (text.startsWith('-')) digits--
  if (text.includes('.')) digits--
  if (digits <= DIGITS_MAX) return text
  // The zero before the point of a fraction is none of its digits.
  const fraction = /^-?0\.(\d*)$/.exec(text)?.[1]
  if (fraction !== undefined && fraction.length <= DIGITS_MAX) return text
  throw overflow(path, text)
}

function overflow(path: string, text: string): HaggleError {
  return new HaggleError('OVERFLOW', `${show(text)} needs more than the ${DIGITS_MAX} digits that an exact number here has`, { path })
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER)

/**
 * The canonical text of `count * mantissa / 10^scale`: how a scaled integer of the core reads.
 *
 * @example
 * formatScaled(8723201n, 2)       // '87232.01'
 * formatScaled(23n, 2, 5n)        // '1.15': 23 ticks of 0.05
 * @internal
 */
export function formatScaled(count: bigint, scale: number, mantissa = 1n): string {
  const value = mantissa === 1n ? count : count * mantissa
  const negative = value < 0n
  const magnitude = negative ? -value : value
  if (scale === 0) return value.toString()
  // Small bigints print several times faster as numbers.
  const digits = magnitude <= SAFE ? String(Number(magnitude)) : magnitude.toString()
  return place(negative, digits, scale)
}

/**
 * The 128-bit integer whose upper and lower half came over as two 64-bit ones: the mantissa of a decimal that does
 * not fit 64 bits.
 * @internal
 */
export function wideMantissa(low: bigint, high: bigint): bigint {
  return (high << 64n) | BigInt.asUintN(64, low)
}

const POWERS = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))

/**
 * The number nearest to `count * mantissa / 10^scale`. Up to 2^53 and 22 decimals one division of two exact numbers
 * gives it; beyond that its text is parsed, which is slower and as exact.
 * @internal
 */
export function numberOfScaled(count: bigint, scale: number, mantissa = 1n): number {
  const value = mantissa === 1n ? count : count * mantissa
  if (value <= SAFE && value >= -SAFE && scale < POWERS.length) return Number(value) / POWERS[scale]!
  return Number(formatScaled(value, scale))
}
