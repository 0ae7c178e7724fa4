import { NativeBatch, type NativePrepared } from '#native'
import { call, fromNative } from '../native/errors'
import type { NativeArguments } from '../run/arguments'

/** Runs that may wait for each thread, so that none stands still while results are taken in. @internal */
export const WAITING_PER_THREAD = 16

/** Takes the summary's JSON of a run, or what went wrong. @internal */
export interface Taker {
  summary(json: string): void
  failed(error: unknown): void
}

/** Native runs on Rust threads. @internal */
export class NativePool {
  readonly #batch: NativeBatch
  readonly #takers = new Map<number, Taker>()
  #next = 0
  #isPumping = false
  #isClosed = false

  constructor(prepared: NativePrepared, threads: number) {
    this.#batch = call(() => new NativeBatch(prepared, threads, (threads * WAITING_PER_THREAD) / 2))
  }

  /** Market rows done by all runs; a finished run counts in full. */
  get done(): number {
    return this.#batch.done
  }

  /**
   * Starts a run; `taker` gets what comes of it from {@link NativePool.pump} or {@link NativePool.deliver}.
   *
   * @throws Where the core refuses the arguments.
   */
  push([text, signals]: NativeArguments, taker: Taker): void {
    const number = this.#next
    call(() => this.#batch.push(number, text, signals))
    this.#next++
    this.#takers.set(number, taker)
  }

  /** Hands out results as they come, until no run is left. */
  async pump(): Promise<void> {
    if (this.#isPumping) return
    this.#isPumping = true
    while (this.#takers.size > 0 && !this.#isClosed) this.#take(await call(() => this.#batch.wait()))
    this.#isPumping = false
  }

  /** Blocks this thread until there are results, and hands them out. */
  deliver(): void {
    this.#take(call(() => this.#batch.waitSync()))
  }

  /** Ends the threads soon; what is not over then comes to nothing. */
  close(): void {
    this.#isClosed = true
    this.#batch.close()
  }

  /** Number and outcome come by turns. */
  #take(results: readonly (number | string | Error)[]): void {
    for (let i = 0; i < results.length; i += 2) {
      const number = results[i] as number
      const outcome = results[i + 1] as string | Error
      const taker = this.#takers.get(number)!
      this.#takers.delete(number)
      if (typeof outcome === 'string') taker.summary(outcome)
      else taker.failed(fromNative(outcome))
    }
  }
}
