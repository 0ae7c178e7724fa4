/** A timer that fires at a time of day, and keeps no process alive. @internal */
export class Wake {
  readonly #fire: () => void
  #timer: NodeJS.Timeout | undefined

  constructor(fire: () => void) {
    this.#fire = fire
  }

  /** Fires at `time` in milliseconds, and not any more when it was set to before; never where it is infinite. */
  at(time: number): void {
    this.clear()
    if (!Number.isFinite(time)) return
    // Longer than setTimeout counts: it looks again then.
    const delay = Math.min(Math.max(0, time - Date.now()), 2 ** 31 - 1)
    this.#timer = setTimeout(this.#fire, delay)
    this.#timer.unref?.()
  }

  clear(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
