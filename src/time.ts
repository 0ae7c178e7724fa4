import { types } from 'node:util'
import { decimalOfNumber } from './decimal'
import { HaggleError, invalid, show } from './errors'
import type { Duration, Time } from './types/primitives'

const NANOS_MIN = -(2n ** 63n)
/** The last moment that the core's times hold. @internal */
export const NANOS_MAX = 2n ** 63n - 1n
const MILLISECOND = 1_000_000n
const SECOND = 1_000_000_000n

const TEXT = /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2}))?$/

/**
 * A time as UTC nanoseconds since the epoch.
 *
 * @example
 * nanosOf('2025-03-25T23:07:00.773674205Z', 'from')   // 1742944020773674205n
 * nanosOf(new Date(0), 'from')                        // 0n
 *
 * @throws HaggleError `INVALID_ARGUMENT` with the path where it is no time between 1677 and 2262.
 * @internal
 */
export function nanosOf(time: Time, path: string): bigint {
  if (typeof time === 'bigint') return within(time, time, path)
  if (typeof time === 'number') return within(nanosOfMillis(time, time, path), time, path)
  if (typeof time === 'string') return within(nanosOfText(time, path), time, path)
  if (types.isDate(time)) return within(nanosOfMillis(Date.prototype.getTime.call(time), time, path), time, path)
  throw invalid(path, `expected a time, found ${show(time)}`, 'give milliseconds, nanoseconds as bigint, a Date, or RFC 3339 text')
}

/** Milliseconds, of which the part below one counts to the nanosecond: the whole part alone would not fit a double. */
function nanosOfMillis(millis: number, given: unknown, path: string): bigint {
  if (!Number.isFinite(millis)) {
    throw invalid(path, types.isDate(given) ? 'expected a time, found an invalid Date' : `expected a time, found ${millis}`)
  }
  const whole = Math.floor(millis)
  return BigInt(whole) * MILLISECOND + BigInt(Math.round((millis - whole) * 1e6))
}

function nanosOfText(text: string, path: string): bigint {
  const match = TEXT.exec(text)
  if (!match) {
    const zoneless = TEXT.test(`${text}Z`) ? `add the zone: '${text}Z'` : undefined
    const digits = /^\d+$/.test(text) ? `a text of digits may mean several units: give ${text} (milliseconds) or ${text}n (nanoseconds)` : undefined
    throw invalid(path, `${show(text)} is no RFC 3339 time`, zoneless ?? digits)
  }
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match
  const date = new Date(0)
  // Not Date.UTC, which reads the years 0 to 99 as 1900 to 1999.
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  const exists = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
  const offset = zone.length === 1 ? 0 : Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4))
  if (!exists || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59 || offset >= 24 * 60) {
    throw invalid(path, `${show(text)} is no time: there is no such day, hour, minute or second`)
  }
  const seconds = date.getTime() / 1000 + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - (zone.startsWith('-') ? -60 : 60) * offset
  return BigInt(seconds) * SECOND + BigInt(fraction.padEnd(9, '0'))
}

function within(nanos: bigint, given: Time, path: string): bigint {
  if (nanos >= NANOS_MIN && nanos <= NANOS_MAX) return nanos
  throw invalid(path, `${show(given)} is no time between 1677 and 2262`, typeof given === 'number' ? 'a number is in milliseconds' : undefined)
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n, us: 1_000n, ms: MILLISECOND, s: SECOND, m: 60_000_000_000n, h: 3_600_000_000_000n, d: 86_400_000_000_000n,
}
const DURATION = /^(\d+)(?:\.(\d+))?(ns|us|ms|s|m|h|d)$/

/**
 * A duration in nanoseconds; what is below one is cut off.
 *
 * @example
 * nanosOfDuration('1.5h', 'latency')   // 5400000000000n
 * nanosOfDuration(250, 'latency')      // 250000000n
 *
 * @throws HaggleError `INVALID_ARGUMENT` where it is no duration or below zero, `OVERFLOW` beyond 292 years; both with the path.
 * @internal
 */
export function nanosOfDuration(duration: Duration, path: string): bigint {
  const nanos = typeof duration === 'number' ? durationOfMillis(duration, path) : durationOfText(duration, path)
  if (nanos <= NANOS_MAX) return nanos
  throw new HaggleError('OVERFLOW', `${show(duration)} is longer than 292 years`, { path })
}

function durationOfMillis(millis: number, path: string): bigint {
  if (!Number.isFinite(millis) || millis < 0) {
    throw invalid(path, `expected a duration not below zero, found ${millis}`, "write '250ms', '5s', '1h', or a number of milliseconds")
  }
  // Through its decimal text, as the core reads it: 8.2 * 1e6 is 8199999.999999999.
  return durationOfText(`${decimalOfNumber(millis, path)}ms`, path)
}

function durationOfText(text: unknown, path: string): bigint {
  const match = typeof text === 'string' ? DURATION.exec(text) : null
  if (!match) {
    throw invalid(path, `expected a duration not below zero, found ${show(text)}`, "write '250ms', '5s', '1h', or a number of milliseconds")
  }
  const [, whole = '', fraction = '', unit = ''] = match
  return (BigInt(whole + fraction) * UNITS[unit]!) / 10n ** BigInt(fraction.length)
}

/**
 * RFC 3339 text with `Z` and as many decimals of a second (0, 3, 6 or 9) as the time needs.
 *
 * @example
 * timeText(1742944020773674205n)   // '2025-03-25T23:07:00.773674205Z'
 * timeText(0n)                     // '1970-01-01T00:00:00Z'
 * @internal
 */
export function timeText(nanos: bigint): string {
  let below = Number(nanos % SECOND)
  let second = Number(nanos / SECOND)
  if (below < 0) {
    below += 1_000_000_000
    second -= 1
  }
  // Rows follow each other closely: most share their second with the row before.
  if (second !== lastSecond) {
    lastSecond = second
    lastText = new Date(second * 1_000).toISOString().slice(0, -5)
  }
  if (below === 0) return `${lastText}Z`
  const digits = String(below).padStart(9, '0')
  return `${lastText}.${digits.endsWith('000000') ? digits.slice(0, 3) : digits.endsWith('000') ? digits.slice(0, 6) : digits}Z`
}

let lastSecond = 0
let lastText = '1970-01-01T00:00:00'

/** Milliseconds since the epoch, with their fraction: what strategies and charts read. @internal */
export function millisOf(nanos: bigint): number {
  return Number(nanos / MILLISECOND) + Number(nanos % MILLISECOND) / 1e6
}
