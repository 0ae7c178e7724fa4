import type { BacktestSummary } from '../results/summary'
import type { TearSheet } from '../results/tear-sheet'
import { count, length, money, percent, rate, ratio } from './numbers'
import { clip, textTable, type TextColumn } from './text-table'

/** How to print. @internal */
export interface PrintOptions {
  /** Columns of the terminal. */
  readonly width: number
  /** Whether the terminal shows colours. */
  readonly color: boolean
}

type Item = readonly [label: string, value: string, sign?: number | null | undefined]

/** Width of one `label value` pair, and what parts two of them. */
const PAIR_WIDTH = 36
const PAIR_GAP = '    '

/**
 * A summary as people read it: the portfolio's figures side by side, a line for each instrument, warnings, and what to
 * quote to have the run repeated. No line is wider than `width`, except for texts that nothing may be cut from.
 * @internal
 */
export function formatSummary(summary: BacktestSummary, options: PrintOptions): string {
  const paint = painter(options.color)
  return [
    ...head(summary, options, paint),
    ...portfolio(summary, options, paint),
    ...orders(summary, options),
    ...instruments(summary, options, paint),
    ...warnings(summary, options, paint),
    ...foot(summary, paint),
  ].join('\n')
}

function head({ id, tradingSummary }: BacktestSummary, { width }: PrintOptions, paint: Paint): string[] {
  const { timeEngineStart: start, timeEngineEnd: end } = tradingSummary
  const span = `${start.slice(0, 19)}Z to ${end.slice(0, 19)}Z, ${length(Date.parse(end) - Date.parse(start))}`
  const name = clip(id, Math.max(8, width - span.length - 2))
  return [`${paint('bold', name)}${' '.repeat(Math.max(2, width - name.length - span.length))}${span}`, '\u2500'.repeat(width)]
}

function portfolio(summary: BacktestSummary, { width }: PrintOptions, paint: Paint): string[] {
  const { portfolio: sheet, summaryInterval } = summary.tradingSummary
  const per = perOf(summaryInterval, sheet.returnsPerYear)
  const asset = summary.reportingAsset === undefined ? '' : ` ${summary.reportingAsset}`
  const total = sheet.totalReturn ?? sheet.pnlReturn
  const items: Item[] = [
    ['Total return', percent(total), total],
    ['CAGR', percent(sheet.cagr), sheet.cagr],
    ['Equity at start', money(sheet.startEquity) + asset],
    ['Equity at end', money(sheet.endEquity) + asset],
    ['PnL', money(sheet.pnl) + asset, Number(sheet.pnl)],
    ['Fees', money(sheet.fees) + asset],
    ['Max drawdown', percent(sheet.maxDrawdown), sheet.maxDrawdown],
    [`Sharpe${per}`, ratio(sheet.sharpeRatio)],
    [`Sortino${per}`, ratio(sheet.sortinoRatio)],
    ['Calmar (annual)', ratio(sheet.calmarRatio)],
    ['Volatility (annual)', percent(sheet.volatility)],
    ['Closed trades', count(sheet.closedTrades)],
    ['Win rate', percent(sheet.winRate)],
    ['Profit factor', ratio(sheet.profitFactor)],
    ['Orders', count(summary.orderCounts?.sent)],
    ['Fills', count(sheet.fills)],
    ['Events', count(summary.events)],
    ['Events/s', rate(summary.events / (summary.durationMs / 1_000))],
  ]
  // Read downwards, column by column, as a newspaper is.
  const columns = Math.max(1, Math.min(3, Math.floor((width + PAIR_GAP.length) / (PAIR_WIDTH + PAIR_GAP.length))))
  const rows = Math.ceil(items.length / columns)
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => items[column * rows + row])
      .filter((item) => item !== undefined)
      .map((item) => pair(item, paint))
      .join(PAIR_GAP))
}

/** Which figures are per what, and by how many returns a year: `(annual, n = 261)`. */
function perOf(interval: string | undefined, returnsPerYear: number | null | undefined): string {
  if (interval === undefined) return ''
  const words = interval.startsWith('Annual') ? 'annual' : interval === 'Daily' ? 'daily' : `per ${interval}`
  if (typeof returnsPerYear !== 'number') return ` (${words})`
  const n = returnsPerYear >= 1e6 ? rate(returnsPerYear) : count(returnsPerYear)
  return ` (${words}, n = ${n})`
}

/** How the orders ended, and why, where that is more than that all were filled. */
function orders({ orderCounts: counts }: BacktestSummary, { width }: PrintOptions): string[] {
  if (counts === undefined || counts.filled === counts.sent) return []
  const why = (end: string): string => {
    const list = counts.reasons.filter((reason) => reason.end === end).map(({ code, count: many }) => `${code} ${count(many)}`)
    return list.length === 0 ? '' : ` (${list.join(', ')})`
  }
  const parts = [
    [counts.filled, 'filled', ''], [counts.cancelled, 'cancelled', 'Cancelled'], [counts.expired, 'expired', 'Expired'],
    [counts.refused, 'refused', 'OpenFailed'], [counts.open, 'still open', ''],
  ] as const
  const text = parts.filter(([many]) => many > 0).map(([many, word, end]) => `${count(many)} ${word}${why(end)}`)
  return ['', ...wrap(`Of ${count(counts.sent)} orders: ${text.join(', ')}`, width - 2).map((line, i) => (i === 0 ? line : `  ${line}`))]
}

function pair([label, value, sign]: Item, paint: Paint): string {
  const gap = ' '.repeat(Math.max(1, PAIR_WIDTH - label.length - value.length))
  return `${label}${gap}${signed(value, sign, paint)}`
}

function instruments({ tradingSummary }: BacktestSummary, { width }: PrintOptions, paint: Paint): string[] {
  const columns: readonly (readonly [TextColumn, (name: string, sheet: TearSheet) => string])[] = [
    [{ head: 'Instrument', align: 'left' }, (name) => clip(name, 28)],
    [{ head: 'PnL', align: 'right' }, (_, sheet) => money(sheet.pnl)],
    [{ head: 'Return', align: 'right' }, (_, sheet) => percent(sheet.pnlReturn)],
    [{ head: 'Capital', align: 'right' }, (_, sheet) => money(sheet.capital)],
    [{ head: 'Max DD', align: 'right' }, (_, sheet) => percent(sheet.maxDrawdown)],
    [{ head: 'Trades', align: 'right' }, (_, sheet) => count(sheet.closedTrades)],
    [{ head: 'Win rate', align: 'right' }, (_, sheet) => percent(sheet.winRate)],
    [{ head: 'Fees', align: 'right' }, (_, sheet) => money(sheet.fees)],
    [{ head: 'Sharpe', align: 'right' }, (_, sheet) => ratio(sheet.sharpeRatio)],
    [{ head: 'Sortino', align: 'right' }, (_, sheet) => ratio(sheet.sortinoRatio)],
    [{ head: 'Profit factor', align: 'right' }, (_, sheet) => ratio(sheet.profitFactor)],
  ]
  const rows = Object.entries(tradingSummary.instruments).map(([name, sheet]) => columns.map(([, cell]) => cell(name, sheet)))
  if (rows.length === 0) return []
  const { lines } = textTable(columns.map(([column]) => column), rows, width)
  return ['', paint('bold', lines[0]!), ...lines.slice(1)]
}

function warnings({ warnings: list }: BacktestSummary, { width }: PrintOptions, paint: Paint): string[] {
  const lines = list.flatMap(({ code, message }) => wrap(`${code}: ${message}`, width - 2).map((line, i) => paint('yellow', `${i === 0 ? '! ' : '  '}${line}`)))
  return lines.length === 0 ? [] : ['', ...lines]
}

function foot({ resultHash, seed, durationMs }: BacktestSummary, paint: Paint): string[] {
  return ['', paint('dim', `result ${resultHash}  seed ${seed}  run in ${length(durationMs)}`)]
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

type Paint = (style: keyof typeof STYLES, text: string) => string
const STYLES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const

function painter(color: boolean): Paint {
  return (style, text) => (color ? `\u001b[${STYLES[style][0]}m${text}\u001b[${STYLES[style][1]}m` : text)
}

function signed(value: string, sign: number | null | undefined, paint: Paint): string {
  return sign === undefined || sign === null || sign === 0 || Number.isNaN(sign) ? value : paint(sign > 0 ? 'green' : 'red', value)
}
