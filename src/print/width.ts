/** Width where none is known. */
const WIDTH_DEFAULT = 80
/** What `util.inspect` says when no width was asked for. */
const BREAK_LENGTH_DEFAULT = 128

/**
 * How wide `console.log` may print: what the caller of `inspect` asked for by `breakLength`, else the terminal, else
 * 80 columns; never below 60, where a table is none, nor above 160, where lines cannot be followed.
 * @internal
 */
export function widthOf(options: { readonly breakLength?: number | undefined }): number {
  const { breakLength = BREAK_LENGTH_DEFAULT } = options
  const asked = breakLength !== BREAK_LENGTH_DEFAULT && Number.isFinite(breakLength) ? breakLength : undefined
  const terminal = process.stdout.isTTY ? process.stdout.columns : undefined
  return Math.min(160, Math.max(60, asked ?? terminal ?? WIDTH_DEFAULT))
}
