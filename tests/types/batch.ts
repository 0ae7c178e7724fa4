// What the declarations of batches promise. Nothing here runs.
import { HaggleError, MultiBacktestSummary, runBacktests, runBacktestsSync, Value, type BacktestArgsConstant, type BacktestArgsDynamic, type BacktestSummary, type StrategyInput } from 'haggle'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
declare function same<A, B>(equal: Equal<A, B>): void
declare const constant: BacktestArgsConstant

// what runs
export const inModule: StrategyInput = new URL('file:///strategy.mjs')
export const dynamics: BacktestArgsDynamic[] = [{}, { id: 'a', strategy: inModule }, { strategy: { native: 'emaCross', fast: 5, slow: 10 } }, { strategy: () => ({ onBar() {} }) }]
export const batch: Promise<MultiBacktestSummary> = runBacktests(constant, dynamics, { threads: 2, onProgress: (done, total) => done / total, signal: AbortSignal.timeout(1), verify: true })
export const lazy: Promise<MultiBacktestSummary> = runBacktests(constant, (function* () { yield* dynamics })())
export const now: MultiBacktestSummary = runBacktestsSync(constant, new Set(dynamics))
// @ts-expect-error a list, also of one run
runBacktests(constant, {})
// @ts-expect-error nobody can wait for each run
runBacktests(constant, (async function* () { yield {} })())
// @ts-expect-error the one that waits has no options
runBacktestsSync(constant, dynamics, { threads: 2 })

// what comes of it
declare const multi: MultiBacktestSummary
same<typeof multi.summaries, readonly BacktestSummary[]>(true)
same<BacktestSummary['error'], HaggleError | undefined>(true)
export const facts: [number, number] = [multi.numBacktests, multi.durationMs]
export const value: Value = MultiBacktestSummary.fromJSON('{}')
export function told(run: BacktestSummary): string {
  return run.error ? `${run.id}: ${run.error.code} ${run.error.path}` : run.tradingSummary.portfolio.pnl
}
// @ts-expect-error results are frozen
multi.summaries.push(multi.summaries[0]!)
// @ts-expect-error they come from runBacktests()
export const made = new MultiBacktestSummary([], 1)
// @ts-expect-error how they are made stays inside
MultiBacktestSummary.of([], 1)
