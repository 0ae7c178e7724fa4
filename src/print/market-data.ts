import { count, length } from './numbers'
import { textTable, type TextColumn } from './text-table'

/** Instruments that are printed of more. */
const INSTRUMENTS_SHOWN = 10

/** What the core tells of one instrument. @internal */
export interface InstrumentRows {
  readonly symbol: string
  readonly quotes: number
  readonly trades: number
  readonly bars: number
  readonly tickSize: string
  readonly lotSize: string
}

/** Market data as people read it: how much, from when to when, and what of which instrument. @internal */
export function formatMarketData(
  data: { readonly length: number, readonly start: string, readonly end: string },
  instruments: readonly InstrumentRows[],
  width: number,
): string {
  const columns: readonly (readonly [TextColumn, (of: InstrumentRows) => string, shown?: boolean])[] = [
    [{ head: 'Instrument', align: 'left' }, (of) => of.symbol],
    [{ head: 'Quotes', align: 'right' }, (of) => count(of.quotes), instruments.some((of) => of.quotes > 0)],
    [{ head: 'Trades', align: 'right' }, (of) => count(of.trades), instruments.some((of) => of.trades > 0)],
    [{ head: 'Bars', align: 'right' }, (of) => count(of.bars), instruments.some((of) => of.bars > 0)],
    [{ head: 'Tick size', align: 'right' }, (of) => of.tickSize],
    [{ head: 'Lot size', align: 'right' }, (of) => of.lotSize],
  ]
  const shown = columns.filter(([, , isShown = true]) => isShown)
  const rows = instruments.slice(0, INSTRUMENTS_SHOWN).map((of) => shown.map(([, cell]) => cell(of)))
  const { lines } = textTable(shown.map(([column]) => column), rows, width)
  const more = instruments.length - rows.length
  return [
    `MarketData: ${count(data.length)} ${data.length === 1 ? 'row' : 'rows'}, ${data.start} to ${data.end}`
      + (data.length > 1 ? `, ${length(Date.parse(data.end) - Date.parse(data.start))}` : ''),
    ...lines,
    ...(more > 0 ? [`... ${count(more)} more ${more === 1 ? 'instrument' : 'instruments'}`] : []),
  ].join('\n')
}
