// The table, and the machine it was made on.
import { availableParallelism, cpus } from 'node:os'
import { short, type Row } from './measure.mjs'

const WIDTH = Math.max(100, process.stdout.columns || 140)

/** What the numbers depend on. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  return `${model}, ${availableParallelism()} cores, ${process.platform} ${process.arch}, Node ${process.version.slice(1)}`
}

/** Rows as a table of four columns, the last one wrapped. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ name, value, unit, workload }) => [name, value === null ? '-' : short(value), unit, workload] as const)
  const head = ['name', 'value', 'unit', 'workload'] as const
  const widths = [0, 1, 2].map((column) => Math.max(...[head, ...cells].map((row) => row[column]!.length)))
  const indent = widths.reduce((sum, width) => sum + width + 2, 0)
  const line = ([name, value, unit, workload]: readonly [string, string, string, string]): string =>
    `${name.padEnd(widths[0]!)}  ${value.padStart(widths[1]!)}  ${unit.padEnd(widths[2]!)}  ${wrap(workload, WIDTH - indent).join(`\n${' '.repeat(indent)}`)}`
  return [line(head), ...cells.map(line)].join('\n')
}

function wrap(text: string, width: number): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines.length - 1
    if (lines[last] === '') lines[last] = word
    else if (lines[last]!.length + 1 + word.length <= width) lines[last] += ` ${word}`
    else lines.push(word)
  }
  return lines
}
