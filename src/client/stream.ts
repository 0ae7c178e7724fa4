import type { NativeClient } from '#native'
import { accountOf, type AccountEvent, type AccountView } from '../orders/account'
import { nanosOfDuration } from '../time'
import type { Duration } from '../types/primitives'
import type { Pace } from './pace'

/** Longest that a poll by the time of day sleeps before it looks again. */
const NAP_MS = 50

/** The events of an account. @internal */
export class EventStream {
  readonly #native: NativeClient
  readonly #pace: Pace

  constructor(native: NativeClient, pace: Pace) {
    this.#native = native
    this.#pace = pace
  }

  /** The next event; a manual clock is moved, by the time of day the thread sleeps, for so long at most. */
  poll(timeout?: Duration): AccountEvent | undefined {
    let left = timeout === undefined ? 0n : nanosOfDuration(timeout, 'timeout')
    for (;;) {
      const event = this.#next()
      if (event !== undefined || left <= 0n) return event
      const next = this.#pace.nextTime()
      const due = Number.isFinite(next) ? BigInt(next) * 1_000_000n - this.#native.now : left
      left -= this.#wait(due < 1n ? 1n : due < left ? due : left)
    }
  }

  drain(): AccountEvent[] {
    const events: AccountEvent[] = []
    for (let event = this.#next(); event !== undefined; event = this.#next()) events.push(event)
    return events
  }

  async *iterate(signal?: AbortSignal): AsyncGenerator<AccountEvent, void, undefined> {
    while (!this.#pace.waiters.hasEnded && !signal?.aborted) {
      const event = this.#next()
      if (event !== undefined) yield event
      else if (!await this.#pace.waiters.wait(signal)) return
    }
  }

  #next(): AccountEvent | undefined {
    const [text, view] = this.#pace.run(() => this.#native.pollEvent(), false)
    return text === undefined ? undefined : accountOf(JSON.parse(view!) as AccountView, () => text)
  }

  /** Lets up to so much time pass; how much it was. */
  #wait(nanos: bigint): bigint {
    if (!this.#pace.isWall) {
      this.#pace.run(() => { this.#pace.advance(nanos) })
      return nanos
    }
    const millis = Math.min(NAP_MS, Math.max(1, Math.ceil(Number(nanos) / 1e6)))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, millis)
    return BigInt(millis) * 1_000_000n
  }
}
