import { types } from 'node:util'
import { NativePrepared } from '#native'
import { HaggleError, invalid, isRevoked, show } from '../errors'
import { jsonText } from '../json'
import { MarketData, nativeOf } from '../market-data'
import { call } from '../native/errors'
import { bagOf, booleanOf, checkNames, isOf, meantBy, optionsOf, signalOf, textOf } from '../options'
import { checkStrategy } from '../strategy/hooks'
import { signalsOf, type NativeSignal } from '../strategy/signals'
import { systemInit } from '../system-config'
import type { BacktestArgsConstant, BacktestArgsDynamic, RunOptions } from '../types/backtest'
import type { NativeStrategy, Strategy } from '../types/strategy'

/** What constant and dynamic are objects of. */
const ARGUMENTS = 'arguments of a back-test'
const RUN_OPTIONS = ['signal', 'onProgress', 'threads', 'verify']
const DYNAMIC = ['id', 'strategy', 'riskFreeReturn', 'risk', 'seed']

/** Data and config, joined and checked; to be closed. @internal */
export function prepare(constant: BacktestArgsConstant): NativePrepared {
  const { marketData, system, ...rest } = constant
  if (!isOf(marketData, MarketData)) throw invalid('marketData', `expected MarketData, found ${show(marketData)}`, meantBy(marketData) ?? 'MarketData.fromCsv(...), or sampleData.binanceSpot()')
  const text = jsonText({ system: systemInit(system), ...rest })
  return call(() => new NativePrepared(nativeOf(marketData, 'marketData'), text, 1, 0))
}

/** The strategy of a run, which is no module. @internal */
export function strategyOf({ strategy }: BacktestArgsDynamic): Strategy | NativeStrategy | undefined {
  if (strategy === undefined) return undefined
  if (isOf(strategy, URL)) {
    throw invalid('strategy', 'a module runs in a worker thread, which takes a promise', 'use backtest() or runBacktests()')
  }
  if (types.isPromise(strategy)) throw invalid('strategy', 'expected a strategy, found a promise', meantBy(strategy))
  return madeBy(strategy)
}

/** The strategy itself, made by its factory where it has one. @internal */
export function madeBy(strategy: unknown): Strategy | NativeStrategy {
  if (typeof strategy !== 'function') return madeStrategy(strategy)
  if (/^class\b/.test(Function.prototype.toString.call(strategy))) {
    throw invalid('strategy', 'expected a strategy, or a function that makes one, found a class', `write () => new ${strategy.name || 'Strategy'}()`)
  }
  return madeStrategy((strategy as () => unknown)())
}

/** What a factory made, where it is a strategy. @internal */
export function madeStrategy(made: unknown): Strategy | NativeStrategy {
  if (types.isPromise(made)) {
    made.catch(() => {})
    throw new HaggleError('STRATEGY_ASYNC', 'the factory returned a promise', { path: 'strategy', hint: 'do what has to be awaited before the back-test' })
  }
  if (isNative(made)) return made
  checkStrategy(made, 'strategy')
  return made
}

/** Whether the core has this strategy. @internal */
export function isNative(strategy: unknown): strategy is NativeStrategy {
  return typeof strategy === 'object' && strategy !== null && !isRevoked(strategy) && 'native' in strategy
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
  if (strategy !== undefined) bagOf(strategy, 'strategy', 'parameters')
  if (strategy?.native !== 'signals') return [jsonText({ ...dynamic, strategy }), []]
  const { json, arrays } = signalsOf(strategy)
  return [jsonText({ ...dynamic, strategy: json }), arrays]
}

/** Refuses what are no arguments at all. @internal */
export function checkConstant(constant: unknown): void {
  bagOf(constant, 'constant', ARGUMENTS)
}

/** Refuses arguments of one run that have other fields than they may. @internal */
export function checkDynamic(dynamic: unknown): void {
  const given = bagOf(dynamic, 'dynamic', ARGUMENTS)
  // The core looks, too, but a strategy under a misspelt name would not get there: its functions have no JSON.
  checkNames(given, DYNAMIC, '')
  const { id, risk } = given
  if (id !== undefined) textOf(id, 'id')
  checkRisk(risk)
}

/** Refuses limits that are no plain object, or have a check that is no function; the core reads the rest. @internal */
export function checkRisk(risk: unknown): void {
  if (risk === undefined || risk === null) return
  const { check } = bagOf(risk, 'risk', 'limits')
  if (check !== undefined && typeof check !== 'function') throw invalid('risk.check', `expected a function, found ${show(check)}`)
}

/** Refuses bad options of a run. @internal */
export function checkRunOptions(options: RunOptions): void {
  const { signal, onProgress, threads, verify } = optionsOf(options, 'options', RUN_OPTIONS)
  signalOf(signal, 'options.signal')
  if (onProgress !== undefined && typeof onProgress !== 'function') throw invalid('options.onProgress', `expected a function, found ${show(onProgress)}`)
  booleanOf(verify, 'options.verify', false)
  if (threads !== undefined && !(Number.isInteger(threads) && (threads as number) > 0)) throw invalid('options.threads', `expected a number of threads above zero, found ${show(threads)}`)
}

/** Refuses a strategy that does not repeat itself. @internal */
export function verifyHashes(first: string, second: string): void {
  if (first === second) return
  throw invalid('strategy', `two runs of it gave different results: ${first} and ${second}`,
    'give a function that makes a fresh strategy, and use ctx.random() and ctx.now instead of Math.random() and Date')
}
