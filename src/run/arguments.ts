import { NativePrepared } from '#native'
import { HaggleError, invalid, show } from '../errors'
import { jsonText } from '../json'
import { MarketData, nativeOf } from '../market-data'
import { call } from '../native/errors'
import { checkStrategy } from '../strategy/hooks'
import { signalsOf, type NativeSignal } from '../strategy/signals'
import { systemInit } from '../system-config'
import type { BacktestArgsConstant, BacktestArgsDynamic, RunOptions } from '../types/backtest'
import type { NativeStrategy, Strategy } from '../types/strategy'

const RUN_OPTIONS = ['signal', 'onProgress', 'threads', 'verify']
const DYNAMIC = ['id', 'strategy', 'riskFreeReturn', 'risk', 'seed']

/** Data and config, joined and checked; to be closed. @internal */
export function prepare(constant: BacktestArgsConstant): NativePrepared {
  const { marketData, system, ...rest } = constant
  if (!(marketData instanceof MarketData)) throw invalid('marketData', `expected MarketData, found ${show(marketData)}`, 'MarketData.fromCsv(...), or sampleData.binanceSpot()')
  const text = jsonText({ system: systemInit(system), ...rest })
  return call(() => new NativePrepared(nativeOf(marketData, 'marketData'), text, 1, 0))
}

/** The strategy itself, made by its factory where it has one. @internal */
export function strategyOf({ strategy }: BacktestArgsDynamic): Strategy | NativeStrategy | undefined {
  if (strategy === undefined) return undefined
  if (strategy instanceof URL) {
    throw invalid('strategy', 'a module runs in a worker thread, which takes a promise', 'use backtest() or runBacktests()')
  }
  return madeStrategy(typeof strategy === 'function' ? strategy() : strategy)
}

/** What a factory made, where it is a strategy. @internal */
export function madeStrategy(made: unknown): Strategy | NativeStrategy {
  if (made instanceof Promise) {
    made.catch(() => {})
    throw new HaggleError('STRATEGY_ASYNC', 'the factory returned a promise', { path: 'strategy', hint: 'do what has to be awaited before the back-test' })
  }
  if (isNative(made)) return made
  checkStrategy(made, 'strategy')
  return made
}

/** Whether the core has this strategy. @internal */
export function isNative(strategy: unknown): strategy is NativeStrategy {
  return typeof strategy === 'object' && strategy !== null && 'native' in strategy
}

/** The arguments of a run whose strategy is JavaScript, as the core reads them; a check stays on this side. @internal */
export function scriptArguments({ risk, ...dynamic }: BacktestArgsDynamic): string {
  const { check: _, ...limits } = risk ?? {}
  return jsonText({ ...dynamic, ...(risk && { risk: limits }), strategy: 'javascript' })
}

/** The same where the strategy runs in a worker thread. @internal */
export function moduleArguments(dynamic: BacktestArgsDynamic): string {
  refuseCheck(dynamic, 'the strategy is a module, which runs in a worker thread')
  return scriptArguments(dynamic)
}

/** Refuses a check that could not be called from where the strategy runs. */
function refuseCheck({ risk }: BacktestArgsDynamic, why: string): void {
  if (risk?.check === undefined) return
  throw invalid('risk.check', `${why}: no function of this thread can be called there`, 'limits alone work everywhere; a strategy that is an object or a function can have a check')
}

/** The arguments of a native run, as the core takes them: JSON, and the arrays of signals beside it. @internal */
export type NativeArguments = readonly [text: string, signals: NativeSignal[]]

/** The arguments of a run whose strategy the core has; arrays are not copied, so the core has to read them at once. @internal */
export function nativeArguments(dynamic: BacktestArgsDynamic, strategy: NativeStrategy | undefined): NativeArguments {
  refuseCheck(dynamic, 'the strategy is native, and runs without JavaScript')
  if (strategy?.native !== 'signals') return [jsonText({ ...dynamic, strategy }), []]
  const { json, arrays } = signalsOf(strategy)
  return [jsonText({ ...dynamic, strategy: json }), arrays]
}

/** Refuses what are no arguments at all. @internal */
export function checkConstant(constant: unknown): void {
  checkObject(constant, 'constant')
}

/** Refuses arguments of one run that have other fields than they may. @internal */
export function checkDynamic(dynamic: unknown): void {
  checkObject(dynamic, 'dynamic')
  // The core looks, too, but a strategy under a misspelt name would not get there: its functions have no JSON.
  checkNames(dynamic, DYNAMIC, '')
  const { risk } = dynamic as BacktestArgsDynamic
  if (risk === undefined || risk === null) return
  if (typeof risk !== 'object' || Array.isArray(risk)) throw invalid('risk', `expected an object of limits, found ${show(risk)}`)
  const check: unknown = risk.check
  if (check !== undefined && typeof check !== 'function') throw invalid('risk.check', `expected a function, found ${show(check)}`)
}

function checkObject(given: unknown, path: string): asserts given is object {
  if (typeof given !== 'object' || given === null) throw invalid(path, `expected the arguments of a back-test, found ${show(given)}`)
}

/** Refuses fields that are not known. @internal */
export function checkNames(given: object, known: readonly string[], path: string): void {
  const name = Object.keys(given).find((key) => !known.includes(key))
  if (name !== undefined) throw new HaggleError('UNKNOWN_NAME', `unknown field '${name}'`, { path: `${path}${name}`, hint: `known: ${known.join(', ')}` })
}

/** Refuses bad options of a run. @internal */
export function checkRunOptions(options: RunOptions): void {
  if (typeof options !== 'object' || options === null) throw invalid('options', `expected an object, found ${show(options)}`)
  checkNames(options, RUN_OPTIONS, 'options.')
  const { signal, onProgress, threads, verify } = options
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function') throw invalid('options.signal', `expected an AbortSignal, found ${show(signal)}`)
  if (onProgress !== undefined && typeof onProgress !== 'function') throw invalid('options.onProgress', `expected a function, found ${show(onProgress)}`)
  if (verify !== undefined && typeof verify !== 'boolean') throw invalid('options.verify', `expected true or false, found ${show(verify)}`)
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0)) throw invalid('options.threads', `expected a number of threads above zero, found ${show(threads)}`)
}

/** Refuses a strategy that does not repeat itself. @internal */
export function verifyHashes(first: string, second: string): void {
  if (first === second) return
  throw invalid('strategy', `two runs of it gave different results: ${first} and ${second}`,
    'give a function that makes a fresh strategy, and use ctx.random() and ctx.now instead of Math.random() and Date')
}
