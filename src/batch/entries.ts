import { types } from 'node:util'
import { HaggleError, invalid, isRevoked, show, under } from '../errors'
import { bagOf, meantBy } from '../options'
import { BacktestSummary } from '../results/summary'
import type { BacktestArgsDynamic } from '../types/backtest'

/** One run of a batch: its arguments, with an id, and its place. @internal */
export interface Entry {
  readonly index: number
  readonly id: string
  readonly dynamic: BacktestArgsDynamic
}

/**
 * The runs of a batch, drawn from the caller's iterable as they are needed; of a list, all are looked at first.
 *
 * @throws HaggleError `INVALID_ARGUMENT` with the path `dynamics[3]`, or `dynamics[3].id` where an id comes twice.
 * @internal
 */
export function entriesOf(dynamics: unknown): Iterable<Entry> {
  const isObject = typeof dynamics === 'object' && dynamics !== null && !isRevoked(dynamics)
  if (!isObject || ArrayBuffer.isView(dynamics) || typeof (dynamics as Partial<Iterable<unknown>>)[Symbol.iterator] !== 'function') {
    const hint = isObject && Symbol.asyncIterator in dynamics ? 'collect it first: await Array.fromAsync(dynamics)' : types.isPromise(dynamics) ? meantBy(dynamics) : undefined
    throw invalid('dynamics', `expected a list of arguments, found ${show(dynamics)}`, hint)
  }
  const entries = draw(dynamics as Iterable<unknown>)
  return Array.isArray(dynamics) ? [...entries] : entries
}

function* draw(dynamics: Iterable<unknown>): Generator<Entry, void> {
  const ids = new Set<string>()
  let index = 0
  for (const dynamic of dynamics) {
    const path = `dynamics[${index}]`
    const bag = bagOf(dynamic, path, 'arguments of a back-test')
    const given = bag['id']
    if (given !== undefined && typeof given !== 'string') throw invalid(`${path}.id`, `expected a text, found ${show(given)}`)
    const id = given ?? `backtest-${index}`
    if (ids.has(id)) {
      throw invalid(`${path}.id`, `two runs have the id ${show(id)}`, given === undefined ? 'a run without an id gets the one of its place' : undefined)
    }
    ids.add(id)
    yield { index, id, dynamic: { ...bag, id } }
    index++
  }
}

/** How many runs there will be, where that can be told. @internal */
export function countOf(dynamics: unknown): number | undefined {
  if (Array.isArray(dynamics)) return dynamics.length
  return dynamics instanceof Set || dynamics instanceof Map ? dynamics.size : undefined
}

/**
 * What stands for a run that failed. An error of ours keeps its code, and a path within the arguments is one within
 * `dynamics`; anything else that was thrown becomes the cause of a `STRATEGY_FAILED`.
 * @internal
 */
export function failedSummary({ index, id, dynamic }: Entry, thrown: unknown): BacktestSummary {
  const { riskFreeReturn, seed } = dynamic
  return BacktestSummary.failed({
    id,
    riskFreeReturn: typeof riskFreeReturn === 'string' || typeof riskFreeReturn === 'number' ? String(riskFreeReturn) : '0',
    seed: typeof seed === 'number' ? seed : 0,
    error: errorOf(thrown, dynamic, `dynamics[${index}]`),
  })
}

function errorOf(thrown: unknown, dynamic: object, path: string): HaggleError {
  if (thrown instanceof HaggleError) {
    const field = /^[^.[]*/.exec(thrown.path ?? '')![0]
    // Other paths are within the arguments of a call that the strategy made.
    return field !== '' && (field === 'strategy' || Object.hasOwn(dynamic, field)) ? under(thrown, path) : thrown
  }
  const words = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : show(thrown)
  return new HaggleError('STRATEGY_FAILED', `it threw ${words}`, { path: `${path}.strategy`, cause: thrown })
}
