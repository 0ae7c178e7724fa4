/** A column of a text table: its head, and on which side its cells stand. @internal */
export interface TextColumn {
  readonly head: string
  readonly align: 'left' | 'right'
}

const GAP = '  '

/**
 * Lines of an aligned table: heads, a rule, rows. Columns that do not fit the width are left out from the right, but
 * never the first.
 *
 * @returns The lines, and how many columns were left out.
 * @internal
 */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[], width: number): { lines: string[], dropped: number } {
  const widths = columns.map(({ head }, i) => Math.max(head.length, ...rows.map((row) => row[i]!.length)))
  let kept = 0
  let used = -GAP.length
  while (kept < columns.length && (kept === 0 || used + GAP.length + widths[kept]! <= width)) used += GAP.length + widths[kept++]!
  const line = (cells: readonly string[]): string =>
    columns.slice(0, kept).map(({ align }, i) => pad(cells[i]!, widths[i]!, align)).join(GAP).trimEnd()
  const rule = '\u2500'.repeat(Math.min(used, width))
  return { lines: [line(columns.map(({ head }) => head)), rule, ...rows.map(line)], dropped: columns.length - kept }
}

/** `text` with spaces up to `width`. @internal */
export function pad(text: string, width: number, align: 'left' | 'right'): string {
  return align === 'left' ? text.padEnd(width) : text.padStart(width)
}

/** Cuts a text that is longer than `width`. @internal */
export function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}\u2026`
}
