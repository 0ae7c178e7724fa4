import { count, length } from './numbers'

/** Where progress goes: standard error, most likely. */
export interface ProgressStream {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Cells of the bar. */
const BAR_WIDTH = 30

/**
 * An `onProgress` for run options: on a terminal one line that is drawn again, elsewhere (a file, a CI log) a plain line
 * at every tenth of the way.
 *
 * @param stream Where to write; standard error, so that a program's own output stays clean.
 * @param now A clock in milliseconds, for the time that is left.
 *
 * @example
 * await backtest(constant, dynamic, { onProgress: consoleProgress() })
 */
export function consoleProgress(stream: ProgressStream = process.stderr, now: () => number = Date.now): (done: number, total: number) => void {
  const start = now()
  let shown = -1
  return (done, total) => {
    const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 1
    // A bar changes by the percent, a log by the tenth.
    const step = stream.isTTY ? Math.floor(share * 100) : Math.floor(share * 10)
    if (step === shown) return
    shown = step
    const text = `${String(Math.floor(share * 100)).padStart(3)} %  ${count(done)} of ${count(total)}${left(share, now() - start)}`
    if (!stream.isTTY) {
      stream.write(`${text.trimStart()}\n`)
      return
    }
    const filled = Math.round(share * BAR_WIDTH)
    stream.write(`\r\u001b[K${'\u2588'.repeat(filled)}${'\u2591'.repeat(BAR_WIDTH - filled)} ${text}${share === 1 ? '\n' : ''}`)
  }
}

function left(share: number, elapsed: number): string {
  if (share === 1) return `, ${length(elapsed)}`
  return share > 0 ? `, ${length((elapsed * (1 - share)) / share)} left` : ''
}
