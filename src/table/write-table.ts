import { extname } from 'node:path'
import { pathOf } from '../data/options'
import { HaggleError } from '../errors'
import { writeWhole } from '../file'

/** Rows that become text at a time: enough to make writes rare, few enough to keep memory flat. */
const ROWS_AT_ONCE = 4_096

/** What can be written: rows, and their names in order. @internal */
export interface Writable {
  readonly length: number
  readonly names: readonly string[]
  at(index: number): unknown
}

/**
 * Writes all rows to `path`, in the format that its extension names.
 *
 * @throws HaggleError `INVALID_ARGUMENT` for a path that is none or has another extension, before anything is written, and for what the
 *   file system refuses, whose error is the `cause`: no half file is left then.
 * @internal
 */
export async function writeTable(table: Writable, path: string | URL): Promise<void> {
  const file = pathOf(path, 'path')
  const format = formatOf(file)
  await writeWhole(file, 'path', async (write) => {
    if (format.head) await write(format.head(table.names))
    for (let from = 0; from < table.length; from += ROWS_AT_ONCE) {
      const lines: string[] = []
      for (let index = from; index < Math.min(from + ROWS_AT_ONCE, table.length); index++) {
        lines.push(format.line(table.at(index) as Readonly<Record<string, unknown>>, table.names))
      }
      await write(lines.join(''))
    }
  })
}

interface Format {
  head?(names: readonly string[]): string
  line(row: Readonly<Record<string, unknown>>, names: readonly string[]): string
}

const CSV: Format = {
  head: (names) => `${names.join(',')}\n`,
  line: (row, names) => `${names.map((name) => csvCell(row[name])).join(',')}\n`,
}
const JSON_LINES: Format = { line: (row) => `${JSON.stringify(row)}\n` }
const FORMATS: Readonly<Record<string, Format>> = { '.csv': CSV, '.jsonl': JSON_LINES, '.ndjson': JSON_LINES }

function formatOf(file: string): Format {
  const extension = extname(file).toLowerCase()
  const format = Object.hasOwn(FORMATS, extension) ? FORMATS[extension] : undefined
  if (format) return format
  throw new HaggleError('INVALID_ARGUMENT', `no table is written as '${extension}'`, { path: 'path', hint: 'name the file .csv or .jsonl' })
}

/** A cell as RFC 4180 has it; objects as JSON. */
function csvCell(value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
