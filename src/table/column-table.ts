import { HaggleError, invalid, show } from '../errors'
import { printable } from '../print/printable'
import { printTable } from '../print/print-table'
import { assignFrozen, Value } from '../value'
import type { Column } from './column'
import type { Table } from './table'
import { writeTable } from './write-table'

/** The class of a row: its name, its JSON, and which columns to print first. @internal */
export interface RowClass<Row> {
  new (): Row & Value
  readonly name: string
  /** The most telling fields, in the order in which a narrow terminal should show them; the others are left to `toArray`. */
  readonly shown: readonly (keyof Row & string)[]
}

/** A {@link Table} over columns of equal length. @internal */
export class ColumnTable<Row> implements Table<Row> {
  readonly #names: readonly string[]
  readonly #columns: readonly Column[]
  readonly #row: RowClass<Row>
  readonly length: number

  constructor(row: RowClass<Row>, columns: { readonly [Name in keyof Row & string]-?: Column }) {
    this.#row = row
    this.#names = Object.keys(columns)
    this.#columns = Object.values(columns)
    const lengths = new Set(this.#columns.map((column) => column.length))
    if (lengths.size !== 1) {
      throw new HaggleError('BUG', `the columns of ${row.name} have different lengths: ${[...lengths].join(', ')}`)
    }
    this.length = [...lengths][0]!
    Object.freeze(this)
  }

  /** Names of the fields, in the order of the rows. */
  get names(): readonly string[] {
    return this.#names
  }

  at(index: number): Row | undefined {
    if (typeof index !== 'number') throw invalid('index', `expected a number, found ${show(index)}`)
    const whole = Math.trunc(index) || 0
    const place = whole < 0 ? this.length + whole : whole
    return place >= 0 && place < this.length ? this.#make(place) : undefined
  }

  toArray(): Row[] {
    return Array.from({ length: this.length }, (_, index) => this.#make(index))
  }

  *[Symbol.iterator](): IterableIterator<Row> {
    for (let index = 0; index < this.length; index++) yield this.#make(index)
  }

  column(name: keyof Row & string): Float64Array {
    const column = this.#numeric(name)
    const values = new Float64Array(this.length)
    for (let index = 0; index < values.length; index++) values[index] = column.number!(index)
    return values
  }

  exact(name: keyof Row & string): { readonly values: BigInt64Array; readonly scale: number } {
    const column = this.#numeric(name)
    if (!column.scaled) throw invalid('name', `'${name}' is a statistic and has no exact form`, `read column('${name}')`)
    // The finest scale of all rows, so that one array can hold them.
    const cells = Array.from({ length: this.length }, (_, index) => column.scaled!(index))
    const scale = cells.reduce((most, cell) => Math.max(most, cell?.scale ?? 0), 0)
    const values = new BigInt64Array(this.length)
    cells.forEach((cell, index) => {
      if (!cell) throw invalid('name', `row ${index} has no '${name}'`, `read column('${name}'), which has NaN there`)
      const value = cell.scale === scale ? cell.mantissa : cell.mantissa * 10n ** BigInt(scale - cell.scale)
      if (value !== BigInt.asIntN(64, value)) {
        throw new HaggleError('OVERFLOW', `row ${index} of '${name}' does not fit 64 bits with ${scale} decimals`, { hint: 'read the rows: their text is exact' })
      }
      values[index] = value
    })
    return { values, scale }
  }

  write(path: string | URL): Promise<void> {
    return writeTable(this, path)
  }

  /** All rows, for `JSON.stringify`. */
  toJSON(): Row[] {
    return this.toArray()
  }

  #make(index: number): Row {
    const row = new this.#row()
    const fields = row as Record<string, unknown>
    for (let i = 0; i < this.#columns.length; i++) {
      const value = this.#columns[i]!.cell(index)
      if (value !== undefined) fields[this.#names[i]!] = value
    }
    return Object.freeze(row)
  }

  #numeric(name: string): Column {
    const column = this.#columns[this.#names.indexOf(name)]
    const numeric = this.#names.filter((_, i) => this.#columns[i]!.number)
    if (!column) throw new HaggleError('UNKNOWN_NAME', `${this.#row.name} has no field ${show(name)}`, { path: 'name', hint: `known: ${this.names.join(', ')}` })
    if (!column.number) throw invalid('name', `'${name}' is not numeric`, `numeric: ${numeric.join(', ')}`)
    return column
  }

  static {
    printable(this.prototype as ColumnTable<unknown>, function (depth, options) {
      const { name, shown } = this.#row
      const count = `${name} table, ${this.length.toLocaleString('en-US')} ${this.length === 1 ? 'row' : 'rows'}`
      if (depth !== null && depth < 0) return options.stylize(`[${count}]`, 'special')
      return printTable(count, this, shown as readonly string[], options)
    })
  }
}

/** A row made by hand: what tables make from columns. @internal */
export function makeRow<Row>(row: RowClass<Row>, fields: Row & Readonly<Record<string, unknown>>): Row {
  const made = new row()
  assignFrozen(made, fields)
  return Object.freeze(made)
}
