import { plainNumber } from '../decimal'
import { invalid, show } from '../errors'
import { joinPath } from '../json'
import type { Texts } from '../types/primitives'
import { camelCase, snakeCase } from '../value'

/** Statistics that are null where they are not defined: too few samples, or a ratio over zero. @inline */
type Statistics =
  | 'pnlReturn' | 'totalReturn' | 'cagr' | 'annualReturn' | 'volatility' | 'sharpeRatio' | 'sortinoRatio' | 'calmarRatio' | 'returnsPerYear'
  | 'drawdown' | 'maxDrawdown' | 'maxDrawdownDurationMs' | 'longestDrawdownDurationMs' | 'meanDrawdown' | 'meanDrawdownDurationMs'
  | 'valueAtRisk' | 'conditionalValueAtRisk' | 'skewness' | 'excessKurtosis' | 'alpha' | 'beta' | 'exposure' | 'turnover'
  | 'slippage' | 'slippagePaid' | 'makerShare'
  | 'winRate' | 'profitFactor' | 'grossProfit' | 'grossLoss' | 'expectancy' | 'averageWin' | 'averageLoss' | 'bestTrade' | 'worstTrade'
  | 'averageTradeReturn' | 'bestTradeReturn' | 'worstTradeReturn' | 'meanHoldingMs' | 'maxHoldingMs' | 'systemQualityNumber' | 'kellyFraction'

/** Counts; none of them is ever undefined. @inline */
type Counts = 'closedTrades' | 'winningTrades' | 'losingTrades' | 'fills' | 'returns'

/**
 * What the money of a portfolio, an instrument or a strategy did.
 *
 * Returns, rates, shares and drawdowns are fractions (0.05 is 5 %), a drawdown 0 or below; Sharpe and Sortino are expressed per
 * `summaryInterval`, CAGR, `annualReturn`, volatility and Calmar per year; amounts are in the reporting asset. `cagr` goes by time,
 * `annualReturn` by the number of returns. Returns and drawdowns of an instrument are over its `capital`, those of the portfolio over
 * `startEquity`. A statistic that is not defined is null and never an infinity.
 *
 * @example
 * import { backtest, sampleData, type TearSheet } from 'haggle'
 * const run = await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }, { strategy: { native: 'buyAndHold' } })
 * const sheet: TearSheet = run.tradingSummary.portfolio
 * console.log(sheet.startEquity, sheet.closedTrades)   // 10000 0
 */
export type TearSheet = Texts<'pnl' | 'fees'>
  & { readonly [P in Extract<Statistics, 'pnlReturn' | 'sharpeRatio' | 'sortinoRatio' | 'calmarRatio' | 'maxDrawdown' | 'winRate' | 'profitFactor'>]: number | null }
  & { readonly [P in Statistics]?: number | null }
  & { readonly [P in Counts]?: number }
  & {
    /** Round trips, flat to flat or to a flip. */
    readonly closedTrades: number
    /** Equity at the first mark. */
    readonly startEquity?: string | null
    /** Equity at the last mark. */
    readonly endEquity?: string | null
    /** Of an instrument: what its returns and drawdowns are over, the most that its positions needed at a time, and at least the run's first equity. */
    readonly capital?: string
    /** The grid that returns were taken on: `'1s'`, `'1d'`. */
    readonly sampleInterval?: string
    /** When the deepest drawdown began, RFC 3339. */
    readonly maxDrawdownStart?: string | null
    /** When it ended: at a new high, or at the end of the run; null, as its start, where equity never fell. */
    readonly maxDrawdownEnd?: string | null
  }

/**
 * How a statistic stands in barter's JSON where it is not simply a decimal: beside the interval it is expressed in, in
 * an object of its own, or as a drawdown with its times.
 */
type Shape = 'ratio' | 'value' | 'drawdown' | 'mean'

interface Field {
  readonly name: string
  readonly json: string
  readonly shape: Shape
}

/** Fields whose JSON is not simply their name in snake_case with a decimal as text. Every other number and text is. */
const FIELDS: readonly Field[] = [
  { name: 'pnlReturn', json: 'pnl_return', shape: 'ratio' },
  { name: 'sharpeRatio', json: 'sharpe_ratio', shape: 'ratio' },
  { name: 'sortinoRatio', json: 'sortino_ratio', shape: 'ratio' },
  { name: 'calmarRatio', json: 'calmar_ratio', shape: 'ratio' },
  { name: 'drawdown', json: 'pnl_drawdown', shape: 'drawdown' },
  { name: 'meanDrawdown', json: 'pnl_drawdown_mean', shape: 'mean' },
  { name: 'maxDrawdown', json: 'pnl_drawdown_max', shape: 'drawdown' },
  { name: 'winRate', json: 'win_rate', shape: 'value' },
  { name: 'profitFactor', json: 'profit_factor', shape: 'value' },
]
const BY_JSON = new Map(FIELDS.map((field) => [field.json, field]))
const BY_NAME = new Map(FIELDS.map((field) => [field.name, field]))
/** Always there, so that a reader never meets undefined. */
const REQUIRED = ['pnlReturn', 'sharpeRatio', 'sortinoRatio', 'calmarRatio', 'maxDrawdown', 'winRate', 'profitFactor'] as const
/** Amounts of money, which stay text; every other decimal is a statistic and becomes a number. */
const TEXTS = new Set(['pnl', 'fees', 'startEquity', 'endEquity', 'capital'])
/** Written as JSON numbers. */
const COUNTS = new Set<string>(['closedTrades', 'winningTrades', 'losingTrades', 'fills', 'returns'] satisfies Counts[])
/** Statistics whose JSON is simply their decimal. */
const STATISTICS = new Set<string>([
  'totalReturn', 'cagr', 'volatility', 'returnsPerYear', 'maxDrawdownDurationMs', 'longestDrawdownDurationMs', 'meanDrawdownDurationMs', 'valueAtRisk',
  'conditionalValueAtRisk', 'skewness', 'excessKurtosis', 'alpha', 'beta', 'exposure', 'turnover', 'slippage', 'slippagePaid', 'makerShare', 'grossProfit',
  'grossLoss', 'expectancy', 'averageWin', 'averageLoss', 'bestTrade', 'worstTrade', 'averageTradeReturn', 'bestTradeReturn', 'worstTradeReturn',
  'meanHoldingMs', 'maxHoldingMs', 'systemQualityNumber', 'kellyFraction',
] satisfies Statistics[])
/** Texts that are no amounts. */
const TIMES = new Set(['sampleInterval', 'maxDrawdownStart', 'maxDrawdownEnd', 'drawdownStart', 'drawdownEnd'])
const DECIMAL = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/

/** A tear sheet and the interval that its ratios are expressed in, if it has any. @internal */
export interface ReadTearSheet {
  readonly sheet: TearSheet
  readonly interval: string | undefined
}

/** How the fields of a sheet with just these keys are read: worked out once, as a batch has thousands of them. */
interface Plan {
  readonly keys: readonly string[]
  readonly fields: readonly (Field | undefined)[]
  readonly names: readonly string[]
  /** A sheet without values. Copies of it have one layout in memory, where an object that grows field by field becomes a hash table. */
  readonly blank: Readonly<Record<string, unknown>>
}

const PLANS_MAX = 8
const plans: Plan[] = []

function planOf(keys: readonly string[]): Plan {
  const known = plans.find((plan) => plan.keys.length === keys.length && plan.keys.every((key, i) => key === keys[i]))
  if (known) return known
  const fields = keys.map((key) => BY_JSON.get(key))
  const names = keys.map((key, i) => fields[i]?.name ?? camelCase(key))
  const derived = fields.some((field) => field?.shape === 'mean') ? ['meanDrawdownDurationMs'] : []
  const order = [...REQUIRED, ...names.flatMap((name) => (name === 'meanDrawdown' ? [name, ...derived] : [name])), 'pnl', 'fees', 'closedTrades']
  const plan = { keys, fields, names, blank: JSON.parse(`{${[...new Set(order)].map((name) => `${JSON.stringify(name)}:null`).join()}}`) as Record<string, unknown> }
  if (plans.length === PLANS_MAX) plans.shift()
  plans.push(plan)
  return plan
}

/** Reads a tear sheet from its JSON shape; `path` is where it stands. @internal */
export function readTearSheet(json: unknown, path: string): ReadTearSheet {
  const source = objectOf(json, path)
  const { keys, fields, names, blank } = planOf(Object.keys(source))
  const sheet: Record<string, unknown> = { ...blank }
  let interval: string | undefined
  for (let i = 0; i < keys.length; i++) {
    const field = fields[i]
    const name = names[i]!
    const value = source[keys[i]!]
    if (!field) {
      sheet[name] = readPlain(name, value, joinPath(path, keys[i]!))
    } else if (value === null || typeof value !== 'object') {
      sheet[name] = value === null ? null : numberOf(value, joinPath(path, keys[i]!))
    } else {
      const at = joinPath(path, keys[i]!)
      const parts = value as Readonly<Record<string, unknown>>
      sheet[name] = numberOf(parts[field.shape === 'mean' ? 'mean_drawdown' : 'value'], at)
      if (field.shape === 'ratio') {
        const per = textOrNone(parts['interval'], joinPath(at, 'interval'))
        interval ??= per
      }
      if (field.shape === 'mean') sheet['meanDrawdownDurationMs'] = numberOf(parts['mean_drawdown_ms'], at)
      if (field.shape === 'drawdown') {
        const [start, end] = [textOrNone(parts['time_start'], joinPath(at, 'time_start')), textOrNone(parts['time_end'], joinPath(at, 'time_end'))]
        if (start !== undefined) sheet[`${name}Start`] = start
        if (end !== undefined) sheet[`${name}End`] = end
      }
    }
  }
  for (const name of ['pnl', 'fees'] as const) sheet[name] ??= '0'
  sheet['closedTrades'] ??= 0
  return { sheet: sheet as TearSheet, interval }
}

function readPlain(name: string, value: unknown, path: string): unknown {
  if (TEXTS.has(name)) return value === null ? null : amountOf(value, path)
  if (TIMES.has(name)) return textOrNone(value, path)
  if (COUNTS.has(name) || BY_NAME.has(name) || STATISTICS.has(name)) return value === null ? null : numberOf(value, path)
  // A field that this version does not know is kept as it is.
  return typeof value === 'string' && DECIMAL.test(value) ? Number(value) : value
}

/** An amount of money: its text. */
function amountOf(value: unknown, path: string): string {
  if (typeof value === 'number' && Number.isFinite(value)) return plainNumber(value)
  if (typeof value === 'string' && DECIMAL.test(value)) return value
  throw invalid(path, `expected a decimal, found ${show(value)}`)
}

function textOrNone(value: unknown, path: string): string | undefined {
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
  throw invalid(path, `expected a text, found ${show(value)}`)
}

/** Writes a tear sheet in the JSON shape that {@link readTearSheet} reads. @internal */
export function writeTearSheet(sheet: TearSheet, interval: unknown): object {
  const json: Record<string, unknown> = {}
  const parts = sheet as unknown as Readonly<Record<string, unknown>>
  for (const [name, value] of Object.entries(parts)) {
    if (name === 'meanDrawdownDurationMs' || /^(max)?[dD]rawdown(Start|End)$/.test(name)) continue
    const field = BY_NAME.get(name)
    const text = typeof value === 'number' && !COUNTS.has(name) ? plainNumber(value) : value
    if (!field) json[snakeCase(name)] = text
    else json[field.json] = value === null ? null : shaped(field, text, parts, interval)
  }
  return json
}

function shaped({ name, shape }: Field, text: unknown, sheet: Readonly<Record<string, unknown>>, interval: unknown): unknown {
  switch (shape) {
    case 'ratio': return { value: text, interval }
    case 'value': return { value: text }
    case 'mean': return { mean_drawdown: text, mean_drawdown_ms: sheet['meanDrawdownDurationMs'] }
    case 'drawdown': return { value: text, time_start: sheet[`${name}Start`], time_end: sheet[`${name}End`] }
  }
}

/** A statistic: a number, or the decimal text of one. */
function numberOf(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value === 'string' && DECIMAL.test(value)) return Number(value)
  throw invalid(path, `expected a decimal, found ${show(value)}`)
}

/** An object of JSON, or `INVALID_ARGUMENT` at its path. @internal */
export function objectOf(json: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Readonly<Record<string, unknown>>
  throw invalid(path, `expected an object, found ${show(json)}`)
}
