import { checkDecimal, formatScaled } from '../decimal'
import { HaggleError, invalid } from '../errors'
import type { Increment } from '../table/column'
import type { Decimal } from '../types/primitives'

/** Counts up to here are exact as numbers; the shared memory carries them as such. */
const COUNT_MAX = Number.MAX_SAFE_INTEGER
/** What the core's decimals hold. */
const DECIMALS_MAX = 28
const MANTISSA_END = 2n ** 96n

/**
 * Puts prices and quantities on an instrument's grid: a number means "about this" and goes to the nearest tick or down
 * to the lot, as in ccxt; everything else means "exactly this" and is refused off the grid.
 * @internal
 */
export class Grid {
  readonly #mantissa: number
  readonly #power: number
  readonly #increment: Increment
  readonly #unit: string

  constructor(increment: Increment, unit: 'tick' | 'lot') {
    this.#increment = increment
    this.#mantissa = Number(increment.mantissa)
    this.#power = 10 ** increment.scale
    this.#unit = unit
  }

  /** Counts nearest to a price. */
  nearest(value: Decimal, path: string): number {
    if (typeof value !== 'number') return this.#exact(value, path)
    return this.#checked(Math.round((value * this.#power) / this.#mantissa), value, path)
  }

  /** Counts at or below a quantity. A number that is the double of a grid value is that value. */
  down(value: Decimal, path: string): number {
    if (typeof value !== 'number') return this.#exact(value, path)
    const near = Math.round((value * this.#power) / this.#mantissa)
    const count = (near * this.#mantissa) / this.#power <= value ? near : near - 1
    return this.#checked(count, value, path)
  }

  /** Text of a count. */
  text(count: bigint): string {
    return formatScaled(count, this.#increment.scale, this.#increment.mantissa)
  }

  /** Text of `sum / weight` counts: to 28 decimals, the last one half-even, as far as the core's 96 bits reach. */
  average(sum: bigint, weight: bigint): string {
    const { scale, mantissa } = this.#increment
    const dividend = sum * mantissa
    const divisor = weight * 10n ** BigInt(scale)
    for (let decimals = DECIMALS_MAX; ; decimals--) {
      const quotient = halfEven(dividend * 10n ** BigInt(decimals), divisor)
      if (quotient < MANTISSA_END || decimals === 0) return formatScaled(quotient, decimals)
    }
  }

  #checked(count: number, value: number, path: string): number {
    if (!Number.isFinite(value)) throw invalid(path, `expected a finite number, found ${value}`)
    if (value <= 0) throw invalid(path, `expected a number above zero, found ${value}`)
    if (count > COUNT_MAX) throw new HaggleError('OVERFLOW', `${value} is more ${this.#unit}s than can be counted`, { path })
    if (count < 1) throw invalid(path, `${value} is less than one ${this.#unit} (${this.text(1n)})`)
    return count
  }

  #exact(value: Decimal, path: string): number {
    const { text } = checkDecimal(value, path)
    const [whole = '', fraction = ''] = text.split('.')
    if (text.startsWith('-') || text === '0') throw invalid(path, `expected a number above zero, found ${text}`)
    const { scale, mantissa } = this.#increment
    const off = (): HaggleError => invalid(path, `${text} is no whole number of ${this.#unit}s`, `a ${this.#unit} is ${this.text(1n)}; give a number to have it rounded`)
    if (fraction.length > scale) throw off()
    const scaled = BigInt(whole + fraction.padEnd(scale, '0'))
    if (scaled % mantissa !== 0n) throw off()
    const count = Number(scaled / mantissa)
    if (count > COUNT_MAX) throw new HaggleError('OVERFLOW', `${text} is more ${this.#unit}s than can be counted`, { path })
    return count
  }
}

/** A quotient of two numbers above zero, rounded to the nearest, ties to even. */
function halfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  const twice = (dividend % divisor) * 2n
  return twice > divisor || (twice === divisor && quotient % 2n === 1n) ? quotient + 1n : quotient
}
