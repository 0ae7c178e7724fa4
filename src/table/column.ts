import { formatScaled, numberOfScaled, wideMantissa } from '../decimal'
import { millisOf, timeText } from '../time'

/** A tick, a lot: `mantissa / 10^scale`. @internal */
export interface Increment {
  readonly mantissa: bigint
  readonly scale: number
}

/** One column: what a row shows of it, and, where it is numeric, the whole of it as numbers and as integers. @internal */
export interface Column {
  readonly length: number
  /** What the row at `index` shows; undefined where it has no such field. */
  cell(index: number): unknown
  /** The row's number; NaN where it has no such field. */
  number?(index: number): number
  /** The row's exact value as `mantissa / 10^scale`; undefined where it has no such field. */
  scaled?(index: number): Increment | undefined
}

/** In a 64-bit column: this row has no such field. @internal */
export const ABSENT = -(2n ** 63n)

/** Counts of an increment; where rows are of several instruments, `by` says which one's increment counts. @internal */
export function scaledColumn(values: BigInt64Array, increments: readonly Increment[], by?: ArrayLike<number>): Column {
  const increment = (index: number): Increment => increments[by ? by[index]! : 0]!
  return {
    length: values.length,
    cell(index) {
      const count = values[index]!
      const { mantissa, scale } = increment(index)
      return count === ABSENT ? undefined : formatScaled(count, scale, mantissa)
    },
    number(index) {
      const count = values[index]!
      const { mantissa, scale } = increment(index)
      return count === ABSENT ? Number.NaN : numberOfScaled(count, scale, mantissa)
    },
    scaled(index) {
      const count = values[index]!
      const { mantissa, scale } = increment(index)
      return count === ABSENT ? undefined : { mantissa: count * mantissa, scale }
    },
  }
}

/** Decimals with a scale each. `high` has the upper halves where mantissas are 128 bits wide. @internal */
export interface Decimals {
  readonly values: BigInt64Array
  readonly high?: BigInt64Array | undefined
  /** One for each row; {@link NONE} where the row has no such field. */
  readonly scales: Uint8Array
}

/** Among the scales of a decimal column: this row has no such field. @internal */
export const NONE = 255

/** Decimals with a scale each: fees, averages, profits. @internal */
export function decimalColumn({ values, high, scales }: Decimals): Column {
  const mantissa = (index: number): bigint => (high ? wideMantissa(values[index]!, high[index]!) : values[index]!)
  return {
    length: values.length,
    cell: (index) => (scales[index] === NONE ? undefined : formatScaled(mantissa(index), scales[index]!)),
    number: (index) => (scales[index] === NONE ? Number.NaN : numberOfScaled(mantissa(index), scales[index]!)),
    scaled: (index) => (scales[index] === NONE ? undefined : { mantissa: mantissa(index), scale: scales[index]! }),
  }
}

/** Nanoseconds since the epoch, shown as RFC 3339 text or as milliseconds. @internal */
export function timeColumn(values: BigInt64Array, shown: 'text' | 'millis'): Column {
  const show = shown === 'text' ? timeText : millisOf
  return {
    length: values.length,
    cell: (index) => (values[index] === ABSENT ? undefined : show(values[index]!)),
    number: (index) => (values[index] === ABSENT ? Number.NaN : millisOf(values[index]!)),
    scaled: (index) => (values[index] === ABSENT ? undefined : { mantissa: values[index]!, scale: 0 }),
  }
}

/** Plain numbers; there is no exact form of them. @internal */
export function numberColumn(values: ArrayLike<number>): Column {
  return { length: values.length, cell: (index) => values[index]!, number: (index) => values[index]! }
}

/** Whole numbers shown as text: ids that are counters. @internal */
export function counterColumn(values: BigInt64Array): Column {
  return {
    length: values.length,
    cell: (index) => (values[index] === ABSENT ? undefined : values[index]!.toString()),
    number: (index) => (values[index] === ABSENT ? Number.NaN : Number(values[index]!)),
    scaled: (index) => (values[index] === ABSENT ? undefined : { mantissa: values[index]!, scale: 0 }),
  }
}

/** Words by number: symbols, sides, assets. @internal */
export function wordColumn(codes: ArrayLike<number>, words: readonly unknown[]): Column {
  return { length: codes.length, cell: (index) => words[codes[index]!] }
}

/** What `cell` makes of the row's index. @internal */
export function derivedColumn(length: number, cell: (index: number) => unknown): Column {
  return { length, cell }
}
