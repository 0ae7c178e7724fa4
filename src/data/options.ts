import { fileURLToPath } from 'node:url'
import { decimalText } from '../decimal'
import { invalid, show } from '../errors'
import { jsonText } from '../json'
import { bagOf, isOf } from '../options'
import { nanosOf, nanosOfDuration } from '../time'
import type { ReadOptions } from '../types/market-data'
import type { Decimal, Duration, Time } from '../types/primitives'

/**
 * The JSON text in which read options cross into the core: times as nanoseconds in text, the timeframe with its unit.
 * The core checks the rest, unknown fields too.
 *
 * @throws HaggleError `INVALID_ARGUMENT` with a path such as `options.from`.
 * @internal
 */
export function readOptionsText(options: unknown): string {
  if (options === undefined) return '{}'
  const { from, to, timeframe, quoteSize, ...rest } = record(options, 'options', 'read options')
  return jsonText({
    ...rest,
    ...span(from, to, 'options.'),
    ...(quoteSize == null ? {} : { quoteSize: decimalText(quoteSize as Decimal, 'options.quoteSize') }),
    ...(timeframe == null ? {} : { timeframe: `${nanosOfDuration(timeframe as Duration, 'options.timeframe')}ns` }),
  }, 'options')
}

/** Refuses options that mean nothing for rows whose fields have their names and are of one kind. @internal */
export function refuseColumns(options: Readonly<ReadOptions> | undefined, kind: NonNullable<ReadOptions['kind']>): void {
  if (options === undefined) return
  // Its fields are put beside others by spreading, in which all but own fields would be lost.
  bagOf(options, 'options', 'read options')
  if (options.columns != null) throw invalid('options.columns', 'these rows have their fields already', 'use fromColumns for columns of other names')
  if (options.kind != null && options.kind !== kind) throw invalid('options.kind', `these rows are '${kind}', not ${show(options.kind)}`)
}

/** `from` and `to` as the core reads them. @internal */
export function span(from: unknown, to: unknown, prefix: string): { from?: string, to?: string } {
  return {
    ...(from == null ? {} : { from: nanosOf(from as Time, `${prefix}from`).toString() }),
    ...(to == null ? {} : { to: nanosOf(to as Time, `${prefix}to`).toString() }),
  }
}

/** An object with named fields, as opposed to a list or a Map. @internal */
export function record(value: unknown, path: string, what: string): Record<string, unknown> {
  return bagOf(value, path, what)
}

/** The path that a text or a `file:` URL names. @internal */
export function pathOf(path: unknown, name: string): string {
  if (typeof path === 'string') return path
  if (!isOf(path, URL)) throw invalid(name, `expected a path or a file: URL, found ${show(path)}`)
  if (path.protocol !== 'file:') throw invalid(name, `expected a file: URL, found ${path.protocol}`, 'fetch it first, and give its bytes: new Uint8Array(await response.arrayBuffer())')
  try {
    return fileURLToPath(path)
  } catch (error) {
    throw invalid(name, `${path.href} names no file: ${(error as Error).message}`)
  }
}
