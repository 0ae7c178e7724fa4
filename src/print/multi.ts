import type { MultiBacktestSummary } from '../results/multi'
import type { BacktestSummary } from '../results/summary'
import type { TearSheet } from '../results/tear-sheet'
import { count, length, money, percent, ratio } from './numbers'
import type { PrintOptions } from './summary'
import { clip, textTable, type TextColumn } from './text-table'

/** Runs that are shown; of more, those that earned the most. */
const RUNS_SHOWN = 20
/** Failures that are shown. */
const FAILURES_SHOWN = 5
const ID_WIDTH_MAX = 32

const COLUMNS: readonly (readonly [TextColumn, (id: string, sheet: TearSheet) => string])[] = [
  [{ head: 'Run', align: 'left' }, (id) => clip(id, ID_WIDTH_MAX)],
  [{ head: 'PnL', align: 'right' }, (_, sheet) => money(sheet.pnl)],
  [{ head: 'Return', align: 'right' }, (_, sheet) => percent(sheet.totalReturn ?? sheet.pnlReturn)],
  [{ head: 'Max DD', align: 'right' }, (_, sheet) => percent(sheet.maxDrawdown)],
  [{ head: 'Sharpe', align: 'right' }, (_, sheet) => ratio(sheet.sharpeRatio)],
  [{ head: 'Trades', align: 'right' }, (_, sheet) => count(sheet.closedTrades)],
  [{ head: 'Win rate', align: 'right' }, (_, sheet) => percent(sheet.winRate)],
  [{ head: 'Fees', align: 'right' }, (_, sheet) => money(sheet.fees)],
  [{ head: 'Sortino', align: 'right' }, (_, sheet) => ratio(sheet.sortinoRatio)],
  [{ head: 'Calmar', align: 'right' }, (_, sheet) => ratio(sheet.calmarRatio)],
  [{ head: 'Profit factor', align: 'right' }, (_, sheet) => ratio(sheet.profitFactor)],
]

/** The runs of a batch, a line each; many are ranked. @internal */
export function formatMulti({ summaries, durationMs }: MultiBacktestSummary, { width }: PrintOptions): string {
  const failed = summaries.filter(({ error }) => error)
  const good = summaries.filter(({ error }) => !error)
  const isRanked = good.length > RUNS_SHOWN
  const shown = isRanked ? [...good].sort((a, b) => pnl(b) - pnl(a)).slice(0, RUNS_SHOWN) : good
  const events = good.reduce((sum, summary) => sum + summary.events, 0)
  const title = [
    `${count(summaries.length)} ${summaries.length === 1 ? 'back-test' : 'back-tests'}`,
    ...(failed.length > 0 ? [`${count(failed.length)} failed`] : []),
    length(durationMs),
    `${count(events)} events`,
  ].join(', ')
  const lines = [title]
  if (shown.length > 0) {
    const rows = shown.map(({ id, tradingSummary: { portfolio } }) => COLUMNS.map(([, cell]) => cell(id, portfolio)))
    lines.push(...textTable(COLUMNS.map(([column]) => column), rows, width).lines)
  }
  if (isRanked) lines.push(`... ${count(good.length - shown.length)} more, which earned less`)
  for (const { id, error } of failed.slice(0, FAILURES_SHOWN)) lines.push(clip(`! ${id}: ${error!.code}: ${error!.message.split('\n')[0]}`, width))
  if (failed.length > FAILURES_SHOWN) lines.push(`... ${count(failed.length - FAILURES_SHOWN)} more failed`)
  return lines.join('\n')
}

function pnl({ tradingSummary }: BacktestSummary): number {
  return Number(tradingSummary.portfolio.pnl)
}
