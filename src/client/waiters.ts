// As it was when this was loaded: what a test runner puts in its place is for what is tested.
const { setInterval: keepAlive, clearInterval: letGo } = globalThis

/** Those who wait for something to happen. While one waits, the process is kept alive. @internal */
export class EventWaiters {
  #waiting: ((isOn: boolean) => void)[] = []
  #hasEnded = false
  #alive: NodeJS.Timeout | undefined

  /** Whether nothing will happen any more. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Resolves with true when something happened, with false at the end, or when the signal aborts. */
  wait(signal?: AbortSignal): Promise<boolean> {
    if (this.#hasEnded || signal?.aborted) return Promise.resolve(false)
    this.#alive ??= keepAlive(() => {}, 2 ** 30)
    return new Promise((done) => {
      const abort = (): void => { finish(false) }
      const finish = (isOn: boolean): void => {
        signal?.removeEventListener('abort', abort)
        this.#waiting = this.#waiting.filter((other) => other !== finish)
        this.#rest()
        done(isOn)
      }
      signal?.addEventListener('abort', abort, { once: true })
      this.#waiting.push(finish)
    })
  }

  /** Something happened. */
  tell(): void {
    if (this.#waiting.length > 0) for (const finish of this.#waiting.splice(0)) finish(true)
  }

  /** Nothing will happen any more. */
  end(): void {
    this.#hasEnded = true
    for (const finish of this.#waiting.splice(0)) finish(false)
  }

  #rest(): void {
    if (this.#waiting.length > 0) return
    letGo(this.#alive)
    this.#alive = undefined
  }
}
