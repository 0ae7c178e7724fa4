import { HaggleError, invalid, show, under } from '../errors'
import { formatMulti } from '../print/multi'
import { printable } from '../print/printable'
import { widthOf } from '../print/width'
import { readJson } from '../json'
import type { Json } from '../types/primitives'
import { assignFrozen, MADE, noConstructor, Value } from '../value'
import { BacktestSummary } from './summary'
import { objectOf } from './tear-sheet'

/**
 * What the runs of a batch came to. `console.log` prints it as a table.
 *
 * A run that fails does so alone: its place in `summaries` has an `error` with a code, and what it has no value for
 * throws that error.
 *
 * @example
 * import { runBacktests, sampleData } from 'haggle'
 * const constant = { ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }
 * const multi = await runBacktests(constant, [10, 20, 50].map((fast) => ({ id: `fast ${fast}`, strategy: { native: 'emaCross', fast, slow: 200 } })))
 * console.log(multi)   // the runs, as a table
 * for (const run of multi.summaries) {
 *   console.log(run.id, run.error ? run.error.message : run.tradingSummary.portfolio.pnl)
 * }
 */
export class MultiBacktestSummary extends Value {
  /** How many runs there were, failed ones included. */
  declare readonly numBacktests: number
  /** Wall-clock time of all. */
  declare readonly durationMs: number
  /** One for each run, in the order of the arguments, whichever was ready first. */
  declare readonly summaries: readonly BacktestSummary[]

  private constructor(summaries: readonly BacktestSummary[], durationMs: number, made: symbol) {
    super()
    if (made !== MADE) throw noConstructor('MultiBacktestSummary', 'await runBacktests(...), or MultiBacktestSummary.fromJSON(...)')
    assignFrozen(this, { numBacktests: summaries.length, durationMs, summaries: [...summaries] })
    Object.freeze(this)
  }

  /** @internal */
  static of(summaries: readonly BacktestSummary[], durationMs: number): MultiBacktestSummary {
    return new MultiBacktestSummary(summaries, Math.round(durationMs * 1e3) / 1e3, MADE)
  }

  /**
   * Reads what {@link MultiBacktestSummary.toJSON} writes: the text, or what `JSON.parse` made of it.
   *
   * @throws HaggleError `INVALID_ARGUMENT` with the path of what is missing or of the wrong kind.
   */
  static fromJSON(json: Json): MultiBacktestSummary {
    const { num_backtests, duration_ms, summaries } = objectOf(readJson(json), '')
    if (!Array.isArray(summaries)) throw invalid('summaries', `expected a list, found ${show(summaries)}`)
    if (num_backtests !== undefined && num_backtests !== summaries.length) throw invalid('num_backtests', `is ${show(num_backtests)}, but there are ${summaries.length} summaries`)
    if (typeof duration_ms !== 'number') throw invalid('duration_ms', `expected a number, found ${show(duration_ms)}`)
    return new MultiBacktestSummary(summaries.map((summary: object, i) => read(summary, `summaries[${i}]`)), duration_ms, MADE)
  }

  /** The JSON shape: `{ num_backtests, duration_ms, summaries }`. */
  override toJSON(): object {
    return { num_backtests: this.numBacktests, duration_ms: this.durationMs, summaries: this.summaries.map((summary) => summary.toJSON()) }
  }

  static {
    printable(this.prototype, function (this: MultiBacktestSummary, depth, options) {
      if (depth !== null && depth < 0) return options.stylize('[MultiBacktestSummary]', 'special')
      return formatMulti(this, { width: widthOf(options), color: options.colors === true })
    })
  }
}

function read(json: object, path: string): BacktestSummary {
  try {
    return BacktestSummary.fromJSON(json)
  } catch (error) {
    throw error instanceof HaggleError ? under(error, path) : error
  }
}
