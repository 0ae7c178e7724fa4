import { count, length } from './numbers'

/**
 * Where progress goes: standard error, most likely.
 *
 * @example
 * import { consoleProgress, type ProgressStream } from 'haggle'
 * const stream: ProgressStream = { write(text) { console.log(text.trim()) } }
 * consoleProgress(stream, () => 0)(500, 1_000)   // writes: 50 %  500 of 1,000, 0 ms left
 */
export interface ProgressStream {
  /** Whether it is a terminal, where a line can be drawn again. */
  readonly isTTY?: boolean
  /** Takes text; what it returns is passed over. */
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
 * import { backtest, consoleProgress, sampleData } from 'haggle'
 * const constant = { ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }
 * await backtest(constant, { strategy: { native: 'buyAndHold' } }, { onProgress: consoleProgress(process.stdout) })
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
