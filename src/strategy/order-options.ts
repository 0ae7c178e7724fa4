import { checkDecimal } from '../decimal'
import { HaggleError, invalid, show } from '../errors'
import { bagOf, booleanOf, isBag, optionsOf, unknownField } from '../options'
import { TIMES_IN_FORCE } from '../results/columns'
import { nanosOf, timeText } from '../time'
import type { TimeInForce } from '../types/orders'
import type { Decimal } from '../types/primitives'
import type { OrderOptions } from '../types/strategy'
import { TIME_IN_FORCE } from './layout'

/*
 * What an order is sent with, as the command has it. Everything is checked here, so that a bad option is thrown at the
 * line that gave it.
 */

const OPTIONS = ['cid', 'reduceOnly', 'price', 'postOnly', 'timeInForce']
const CONDITIONAL = ['stop', 'takeProfit', 'trail']
/** Digits of an amount that a double carries for certain: a number's further ones are noise. */
const DIGITS_OF_NUMBER = 15

/** Options that were read. @internal */
export interface ReadOptions {
  readonly cid: string | undefined
  readonly reduceOnly: boolean
  readonly price: Decimal | undefined
  readonly postOnly: boolean
  readonly force: ReadTimeInForce
}

/** A time in force: its number, its moment in nanoseconds where it has one, and how it reads. @internal */
export interface ReadTimeInForce {
  readonly code: number
  readonly until: bigint | undefined
  readonly value: TimeInForce
}

const MARKET: ReadTimeInForce = { code: TIME_IN_FORCE.ImmediateOrCancel, until: undefined, value: 'ImmediateOrCancel' }
const LIMIT: ReadTimeInForce = { code: TIME_IN_FORCE.GoodUntilCancelled, until: undefined, value: 'GoodUntilCancelled' }
const NOTHING: ReadOptions = { cid: undefined, reduceOnly: false, price: undefined, postOnly: false, force: MARKET }

/** Reads the options of an order. @internal */
export function readOrderOptions(options: OrderOptions | undefined): ReadOptions {
  if (options === undefined) return NOTHING
  const given = bagOf(options, 'options', 'order options')
  for (const key of Object.keys(given)) if (!OPTIONS.includes(key)) refuseOption(key, given[key])
  const { cid, price } = given as { cid?: string, price?: Decimal }
  const reduceOnly = booleanOf(given['reduceOnly'], 'options.reduceOnly', false)
  const postOnly = booleanOf(given['postOnly'], 'options.postOnly', false)
  const force = readTimeInForce(given['timeInForce'], price !== undefined)
  if (postOnly && price === undefined) throw invalid('options.postOnly', 'a market order always takes: post-only needs a price')
  if (postOnly && (force.code === TIME_IN_FORCE.ImmediateOrCancel || force.code === TIME_IN_FORCE.FillOrKill)) throw invalid('options.postOnly', `a post-only order cannot be ${String(force.value)}`)
  return { cid, price, reduceOnly, postOnly, force }
}

function refuseOption(key: string, value: unknown): void {
  if (!CONDITIONAL.includes(key)) throw unknownField(key, OPTIONS, 'options')
  if (value === undefined) return
  throw new HaggleError('UNSUPPORTED', 'conditional orders are not built yet', { path: `options.${key}`, hint: 'watch the price in a callback and send a market or limit order' })
}

function readTimeInForce(given: unknown, isLimit: boolean): ReadTimeInForce {
  if (given === undefined) return isLimit ? LIMIT : MARKET
  if (isBag(given) && 'goodUntil' in (given as object)) {
    if (!isLimit) throw invalid('options.timeInForce', 'a market order does not wait: goodUntil needs a price')
    const { goodUntil } = optionsOf(given, 'options.timeInForce', ['goodUntil'])
    const until = nanosOf(goodUntil as never, 'options.timeInForce.goodUntil')
    return { code: TIME_IN_FORCE.goodUntil, until, value: Object.freeze({ goodUntil: timeText(until) }) }
  }
  const code = TIMES_IN_FORCE.indexOf(given as never)
  if (code < 0) throw invalid('options.timeInForce', `expected ${TIMES_IN_FORCE.map((word) => `'${word}'`).join(', ')} or { goodUntil }, found ${show(given)}`)
  if (!isLimit && code < TIME_IN_FORCE.ImmediateOrCancel) throw invalid('options.timeInForce', `a market order does not wait: ${TIMES_IN_FORCE[code]} needs a price`)
  return { code, until: undefined, value: given as TimeInForce }
}

/**
 * An amount as a whole number and a scale: `12.50` is 125 and 1. Of a number the digits that mean something count, cut
 * off and not rounded, as sizes are; everything else is taken to the digit, or refused.
 * @internal
 */
export function readAmount(value: Decimal, path: string): [mantissa: number, scale: number] {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return [value, 0]
  const { text, exact } = checkDecimal(value, path)
  if (text.startsWith('-') || text === '0') throw invalid(path, `expected an amount above zero, found ${text}`)
  const [whole = '', decimals = ''] = text.split('.')
  const fraction = exact ? decimals : decimals.slice(0, roomFor(whole, decimals))
  const mantissa = Number(whole + fraction)
  if (mantissa > Number.MAX_SAFE_INTEGER) throw new HaggleError('OVERFLOW', `${text} has more digits than an amount can have`, { path })
  if (mantissa === 0) throw invalid(path, `expected an amount above zero, found ${text}`)
  return [mantissa, fraction.length]
}

/** How many decimals of a number are within its digits; zeros before the first of them do not count. */
function roomFor(whole: string, decimals: string): number {
  if (whole !== '0') return Math.max(0, DIGITS_OF_NUMBER - whole.length)
  return decimals.search(/[1-9]/) + DIGITS_OF_NUMBER
}
