import type { RunOptions } from '../types/run-options'

/** Progress is reported at most this often, in milliseconds. */
const PROGRESS_MS = 100
/** Where nothing else comes by, it is looked at this often. */
const POLL_MS = PROGRESS_MS / 2

/** Reports at most ten times a second, and always the end. @internal */
export class Progress {
  readonly #report: ((done: number, total: number) => void) | undefined
  #last = performance.now()

  constructor(options: RunOptions) {
    this.#report = options.onProgress?.bind(options)
  }

  /** Market rows done, of so many. */
  report(done: number, total: number): void {
    const now = performance.now()
    if (!this.#report || now - this.#last < PROGRESS_MS) return
    this.#last = now
    this.#report(done, total)
  }

  end(total: number): void {
    this.#report?.(total, total)
  }

  /**
   * Looks by itself from now on.
   *
   * @param fail Takes what `onProgress` throws; from then on nothing is reported.
   * @returns Ends it.
   */
  poll(look: () => readonly [done: number, total: number], fail: (error: unknown) => void): () => void {
    if (!this.#report) return () => {}
    const timer = setInterval(() => {
      try {
        this.report(...look())
      } catch (error) {
        clearInterval(timer)
        fail(error)
      }
    }, POLL_MS)
    return () => { clearInterval(timer) }
  }
}
