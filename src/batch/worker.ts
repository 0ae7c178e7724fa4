import { parentPort, workerData } from 'node:worker_threads'
import { attachPrepared, NativeJob, type NativePrepared } from '#native'
import { HaggleError, invalid, show } from '../errors'
import { call, fromNative } from '../native/errors'
import type { RunOutcome } from '../results/run'
import { isNative, madeStrategy, nativeArguments } from '../run/arguments'
import { Session } from '../run/session'
import type { BacktestArgsDynamic } from '../types/backtest'
import type { NativeStrategy, Strategy } from '../types/strategy'
import { packed, type Answer, type Request, type Start } from './messages'

/*
 * A worker thread that runs strategies of modules. It is Node alone and loads nothing but this package and the modules;
 * one run follows the other, until it is told to end.
 */

/** After so much time it says how far the run is. */
const SLICE_MS = 50

const port = parentPort!
const { ticket, rows } = workerData as Start
const prepared: NativePrepared = call(() => attachPrepared(ticket))
const done = new BigInt64Array(rows)

port.on('message', (request: Request | null) => {
  if (request !== null) void serve(request)
  else port.close()
})

async function serve(request: Request): Promise<void> {
  let answer: Answer
  try {
    const outcome = await run(request)
    answer = request.isWhole ? { outcome } : { summary: outcome.summary as string }
  } catch (error) {
    answer = { error: packed(error) }
  }
  // A promise that the strategy left rejected ends this thread now: with its own run, and not with the next one.
  await new Promise(setImmediate)
  port.postMessage(answer, 'outcome' in answer ? buffersOf(answer.outcome) : [])
}

async function run({ url, dynamic: text }: Request): Promise<RunOutcome> {
  const factory = await factoryOf(url)
  const strategy = madeStrategy(factory())
  const dynamic = JSON.parse(text) as BacktestArgsDynamic
  return isNative(strategy) ? runOnThread(dynamic, strategy) : runHere(dynamic, strategy)
}

/** The factory that a module exports; a module is loaded once for all runs of this thread. */
async function factoryOf(url: string): Promise<() => unknown> {
  let module: { default?: unknown }
  try {
    module = await import(url) as { default?: unknown }
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : show(cause)
    throw new HaggleError('STRATEGY_FAILED', `the module ${url} cannot be loaded: ${words}`, { path: 'strategy', cause })
  }
  let factory = module.default
  // Of a module that a compiler turned into CommonJS, the default export is a field of what it exports.
  if (typeof factory === 'object' && factory !== null && 'default' in factory) factory = factory.default
  if (typeof factory === 'function') return factory as () => unknown
  throw invalid('strategy', `the default export of ${url} has to be a function that makes a strategy; found ${show(factory)}`,
    'export default () => ({ onTrade(ctx) { ... } })')
}

function runHere(dynamic: BacktestArgsDynamic, strategy: Strategy): RunOutcome {
  const session = new Session(prepared, dynamic, strategy)
  try {
    while (session.slice(SLICE_MS)) Atomics.store(done, 0, BigInt(session.done))
    return session.finish()
  } finally {
    session.close()
  }
}

/** A native run would keep this thread from being ended. */
async function runOnThread(dynamic: BacktestArgsDynamic, strategy: NativeStrategy): Promise<RunOutcome> {
  const job = call(() => new NativeJob())
  const [text, signals] = nativeArguments(dynamic, strategy)
  const outcome = await call(() => job.start(prepared, text, signals))
  if (outcome instanceof Error) throw fromNative(outcome)
  return outcome as RunOutcome
}

/** Memory of the columns: it changes hands instead of being copied. */
function buffersOf(value: unknown, found: ArrayBuffer[] = []): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) found.push(value.buffer as ArrayBuffer)
  else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) buffersOf(inner, found)
  return found
}
