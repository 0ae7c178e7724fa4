import type { InspectOptionsStylized } from 'node:util'
import { clip, textTable, type TextColumn } from './text-table'
import { widthOf } from './width'

/** Rows that are printed of a longer table. */
const ROWS_SHOWN = 10
/** Longer cells are cut: they would push everything else off the line. */
const CELL_WIDTH_MAX = 32
/** An average may have 28 digits. */
const NUMBER_WIDTH_MAX = 16

/**
 * The head of a table as text: a title, as many of the `shown` columns as fit, the first rows, and how many more there are.
 * @internal
 */
export function printTable(
  title: string,
  table: { readonly length: number, at(index: number): unknown },
  shown: readonly string[],
  options: InspectOptionsStylized,
): string {
  const rows = Array.from({ length: Math.min(ROWS_SHOWN, table.length) }, (_, index) => table.at(index) as Readonly<Record<string, unknown>>)
  if (rows.length === 0) return title
  const columns: TextColumn[] = shown.map((head) => ({ head, align: !isTime(head) && rows.every((row) => isNumeric(row[head])) ? 'right' : 'left' }))
  const { lines, dropped } = textTable(columns, rows.map((row) => shown.map((name) => cell(name, row[name]))), widthOf(options))
  const more = table.length - rows.length
  const rest = [
    more > 0 ? `${more.toLocaleString('en-US')} more ${more === 1 ? 'row' : 'rows'}` : '',
    dropped > 0 ? `columns that do not fit: ${shown.slice(shown.length - dropped).join(', ')}` : '',
  ].filter(Boolean)
  const foot = rest.length === 0 ? [] : [`... ${rest.join('; ')}`]
  return [title, ...lines, ...foot].join('\n')
}

function isNumeric(value: unknown): boolean {
  return value === undefined || typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))
}

function cell(name: string, value: unknown): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return isTime(name) ? timeCell(value) : String(value)
  // A state by its kind and a reason by its code, whole.
  if (typeof value === 'object' && value !== null) {
    for (const word of ['kind', 'code'] as const) if (word in value) return String((value as Readonly<Record<string, unknown>>)[word])
    return clip(JSON.stringify(value), CELL_WIDTH_MAX)
  }
  return clip(String(value), isNumeric(value) ? NUMBER_WIDTH_MAX : CELL_WIDTH_MAX)
}

function isTime(name: string): boolean {
  return /time$|^time/i.test(name) && name !== 'timeInForce'
}

function timeCell(millis: number): string {
  const time = new Date(millis)
  return Number.isNaN(time.getTime()) ? '' : time.toISOString()
}
