import { plainNumber } from '../decimal'
import { errorTable, invalid, restored, show, type ErrorCode, type HaggleError } from '../errors'
import { joinPath, readJson } from '../json'
import { formatSummary } from '../print/summary'
import { printable } from '../print/printable'
import { widthOf } from '../print/width'
import type { Json, Numbers, Texts } from '../types/primitives'
import { assignFrozen, camelCase, MADE, noConstructor, snakeCase, Value } from '../value'
import { objectOf, readTearSheet, writeTearSheet, type TearSheet } from './tear-sheet'

/**
 * The statistics of a run: of the whole, by instrument, by asset.
 *
 * @example
 * import { backtest, sampleData, type TradingSummary } from 'haggle'
 * const run = await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }, { strategy: { native: 'buyAndHold' } })
 * const summary: TradingSummary = run.tradingSummary
 * console.log(Object.keys(summary.instruments).join())   // BTC/USDT,ETH/USDT,SOL/USDT
 */
export interface TradingSummary {
  /** First moment of the run, RFC 3339. */
  readonly timeEngineStart: string
  /** Last moment of the run, RFC 3339. */
  readonly timeEngineEnd: string
  /** What ratios are expressed per: `'Daily'`, `'Annual(252)'`, `'Annual(365)'` or a duration. Missing where no ratio is defined. */
  readonly summaryInterval?: string
  readonly portfolio: TearSheet
  /** By symbol, with the exchange before it where two have it. */
  readonly instruments: Readonly<Record<string, TearSheet>>
  /** By `exchange:asset`: the balance at the end, and its drawdowns. */
  readonly assets: object
}

/**
 * How the orders of a run ended, and why: `refused` are those that never opened, `open` those that the run left as they were.
 * Orders that the end of the run sent are not counted.
 *
 * @example
 * import { backtest, sampleData, type OrderCounts } from 'haggle'
 * const run = await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 1 } }, { strategy: { onTrade(ctx) { ctx.buy(1) } } })
 * const counts: OrderCounts | undefined = run.orderCounts
 * console.log(counts?.refused === counts?.sent, counts?.reasons[0]?.code)   // true BalanceInsufficient
 */
export interface OrderCounts extends Numbers<'sent' | 'filled' | 'cancelled' | 'expired' | 'refused' | 'open'> {
  /** The commonest first. `end` is the state: `Cancelled`, `Expired` or `OpenFailed`. */
  readonly reasons: readonly (Texts<'end' | 'code' | 'message'> & Numbers<'count'>)[]
}

/** A summary's fields, in the order in which they are printed and written. */
interface Fields {
  readonly [name: string]: unknown
}

/**
 * What a run came to. `console.log` prints it as a table; `toJSON` and `fromJSON` are exact opposites, in barter's shape
 * with additions. Two runs with the same data, config, seed and version have the same `resultHash` on every machine.
 *
 * @example
 * import { backtest, BacktestSummary, sampleData } from 'haggle'
 * const run = await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }, { strategy: { native: 'buyAndHold' } })
 * console.log(run.tradingSummary.portfolio.sharpeRatio)
 * const again = BacktestSummary.fromJSON(JSON.stringify(run))
 * console.log(again.resultHash === run.resultHash)   // true
 */
export class BacktestSummary extends Value {
  /** The run's id, which is its strategy's too. */
  declare readonly id: string
  /** Risk-free return a year, a fraction as text. */
  declare readonly riskFreeReturn: string
  declare readonly seed: number
  /** 32 hex digits over all order events and final balances. */
  declare readonly resultHash: string
  declare readonly tradingSummary: TradingSummary
  /** What the result rests on that a reader should know: assumptions that flatter, data that was mended. */
  declare readonly warnings: readonly Texts<'code' | 'message'>[]
  /** How its orders ended, and why. */
  declare readonly orderCounts?: OrderCounts
  /** Market rows and account events that the engine saw. */
  declare readonly events: number
  /** Wall-clock time of the run. */
  declare readonly durationMs: number
  /** What equity, and the portfolio's amounts, are in. */
  declare readonly reportingAsset?: string
  /** Hash over the values of the market data, not over the bytes of its file. */
  declare readonly dataHash?: string
  declare readonly configHash?: string
  /** Settings on which the config was silent, and what held there: the choices that flatter least. */
  declare readonly defaults?: Readonly<Record<string, string>>
  /** The version of haggle that made it. */
  declare readonly version?: string
  /**
   * Why there is no result: only in a batch, where a run that fails does so alone. What it has no value for
   * (`tradingSummary`, `resultHash`) throws this error then, so that no reader takes a failed run for one that earned nothing.
   */
  declare readonly error?: HaggleError

  /** @hidden */
  protected constructor(fields: Fields, made: symbol) {
    super()
    if (made !== MADE) throw noConstructor('BacktestSummary', 'await backtest(...), or BacktestSummary.fromJSON(...)')
    assignFrozen(this, fields)
    const { error } = this
    if (error) for (const name of ['resultHash', 'tradingSummary']) Object.defineProperty(this, name, { get() { throw error } })
    // A subclass has something to add first.
    if (new.target === BacktestSummary) Object.freeze(this)
  }

  /**
   * Reads a summary from its JSON: the text, or what `JSON.parse` made of it. Fields that this version does not know are kept.
   *
   * @throws HaggleError `INVALID_ARGUMENT` with the path of what is missing or of the wrong kind.
   */
  static fromJSON(json: Json): BacktestSummary {
    return new BacktestSummary(readSummary(json), MADE)
  }

  /** What stands for a run that failed. @internal */
  static failed(fields: { readonly id: string, readonly riskFreeReturn: string, readonly seed: number, readonly error: HaggleError }): BacktestSummary {
    return new BacktestSummary({ ...fields, warnings: [], events: 0, durationMs: 0 }, MADE)
  }

  /** The JSON shape: snake_case, decimals as text, ratios as `{ value, interval }`; of a failed run, the error in place of the result. */
  override toJSON(): object {
    if (this.error) return writeFailed(this as unknown as Fields, this.error)
    const { id, riskFreeReturn, resultHash, seed, tradingSummary, ...rest } = this as unknown as Fields
    const more = Object.entries(rest).map(([name, value]) => [snakeCase(name), value])
    return {
      id, risk_free_return: riskFreeReturn, result_hash: resultHash, seed,
      trading_summary: writeTradingSummary(tradingSummary as TradingSummary),
      ...Object.fromEntries(more),
    }
  }

  static {
    printable(this.prototype, function (this: BacktestSummary, depth, options) {
      if (depth !== null && depth < 0) return options.stylize(`[${this.constructor.name} ${this.id}]`, 'special')
      if (this.error) return `${this.id}: ${this.error.code}: ${this.error.message}`
      return formatSummary(this, { width: widthOf(options), color: options.colors === true })
    })
  }
}

/** The fields of a summary from its JSON. @internal */
export function readSummary(json: Json): Fields {
  const source = objectOf(readJson(json), '')
  const { id, risk_free_return, result_hash, seed, trading_summary, error, warnings, events, duration_ms, ...rest } = source
  const hasFailed = error !== undefined && error !== null
  return {
    id: need('id', id, 'string'),
    riskFreeReturn: typeof risk_free_return === 'number' ? plainNumber(risk_free_return) : need('risk_free_return', risk_free_return, 'string'),
    ...(hasFailed ? {} : { resultHash: need('result_hash', result_hash, 'string') }),
    seed: need('seed', seed, 'number'),
    ...(hasFailed ? { error: readError(error, 'error') } : { tradingSummary: readTradingSummary(trading_summary, 'trading_summary') }),
    // Barter's shape has none of the three.
    warnings: readWarnings(warnings ?? [], 'warnings'),
    events: need('events', events ?? 0, 'number'),
    durationMs: need('duration_ms', duration_ms ?? 0, 'number'),
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [camelCase(name), readMore(name, value)])),
  }
}

function readError(json: unknown, path: string): HaggleError {
  const { code, message, path: place, hint } = objectOf(json, path)
  if (typeof code !== 'string' || !Object.hasOwn(errorTable, code)) throw invalid(joinPath(path, 'code'), `expected the code of an error, found ${show(code)}`)
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
  return restored(code as ErrorCode, need(joinPath(path, 'message'), message, 'string') as string, { path: text(place), hint: text(hint) })
}

function writeFailed({ id, riskFreeReturn, seed, ...rest }: Fields, { code, message, path, hint }: HaggleError): object {
  const { error: _, ...others } = rest
  return {
    id, risk_free_return: riskFreeReturn, result_hash: null, seed, trading_summary: null,
    error: { code, message, ...(path ? { path } : {}), ...(hint ? { hint } : {}) },
    ...Object.fromEntries(Object.entries(others).map(([name, value]) => [snakeCase(name), value])),
  }
}

/** Texts that a summary may have beside what every summary has. */
const TEXTS = new Set(['reporting_asset', 'data_hash', 'config_hash', 'version'])

function readMore(name: string, value: unknown): unknown {
  if (TEXTS.has(name)) return need(name, value, 'string')
  if (name !== 'defaults') return value
  for (const [setting, held] of Object.entries(objectOf(value, name))) need(joinPath(name, setting), held, 'string')
  return value
}

function readWarnings(json: unknown, path: string): unknown {
  if (!Array.isArray(json)) throw invalid(path, `expected a list, found ${show(json)}`)
  json.forEach((warning: unknown, at) => {
    const { code, message } = objectOf(warning, `${path}[${at}]`)
    need(`${path}[${at}].code`, code, 'string')
    need(`${path}[${at}].message`, message, 'string')
  })
  return json
}

function need(path: string, value: unknown, type: 'string' | 'number'): unknown {
  if (typeof value === type && (type === 'string' || Number.isFinite(value))) return value
  throw invalid(path, value === undefined ? 'is missing' : `expected a ${type === 'string' ? 'text' : 'number'}, found ${show(value)}`)
}

function readTradingSummary(json: unknown, path: string): TradingSummary {
  const source = objectOf(json, path)
  const portfolio = readTearSheet(source['portfolio'], joinPath(path, 'portfolio'))
  let interval = portfolio.interval
  const instruments = Object.entries(objectOf(source['instruments'], joinPath(path, 'instruments'))).map(([name, json]) => {
    const read = readTearSheet(json, joinPath(joinPath(path, 'instruments'), name))
    interval ??= read.interval
    return [name, read.sheet] as const
  })
  return {
    timeEngineStart: need(joinPath(path, 'time_engine_start'), source['time_engine_start'], 'string') as string,
    timeEngineEnd: need(joinPath(path, 'time_engine_end'), source['time_engine_end'], 'string') as string,
    ...(interval === undefined ? {} : { summaryInterval: interval }),
    portfolio: portfolio.sheet,
    // Not by assignment: an instrument may be called __proto__.
    instruments: Object.fromEntries(instruments),
    assets: mapKeys(objectOf(source['assets'] ?? {}, joinPath(path, 'assets')), camelCase, joinPath(path, 'assets')),
  }
}

function writeTradingSummary({ timeEngineStart, timeEngineEnd, summaryInterval, portfolio, instruments, assets }: TradingSummary): object {
  return {
    time_engine_start: timeEngineStart,
    time_engine_end: timeEngineEnd,
    portfolio: writeTearSheet(portfolio, summaryInterval),
    instruments: Object.fromEntries(Object.entries(instruments).map(([name, sheet]) => [name, writeTearSheet(sheet, summaryInterval)])),
    assets: mapKeys(assets as Readonly<Record<string, unknown>>, snakeCase, 'assets'),
  }
}

/** Renames the fields of each asset's sheet; the names of the assets stay as they are. */
function mapKeys(assets: Readonly<Record<string, unknown>>, rename: (name: string) => string, path: string): object {
  const deep = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(deep)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [rename(name), deep(inner)]))
  }
  return Object.fromEntries(Object.entries(assets).map(([asset, sheet]) => [asset, deep(objectOf(sheet, joinPath(path, asset)))]))
}
