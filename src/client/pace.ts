import type { NativeClient } from '#native'
import { HaggleError } from '../errors'
import { Wake } from '../live/wake'
import { call } from '../native/errors'
import { EventWaiters } from './waiters'

type Data = Parameters<NativeClient['replay']>[0]

/** A strategy that trades on a client's exchange: it is told of everything that its calls do. @internal */
export interface Agent {
  /** Whether it goes on: false after its end, and after an error. */
  readonly isRunning: boolean
  /** Whether a callback of its may be on the stack. */
  readonly isInside: boolean
  /** Calls the core where it may call the strategy. */
  call<T>(run: () => T): T
  catchUp(): void
  advance(by: bigint): void
  advanceTo(time: bigint): void
  replay(data: Data, until?: bigint): number
  nextTime(): number
  end(): void
}

/** What the calls of all accounts of an exchange have in common: the clock, those who wait, and the strategy beside it. @internal */
export class Pace {
  readonly waiters = new EventWaiters()
  readonly #native: NativeClient
  readonly #wake: Wake | undefined
  #agent: Agent | undefined

  constructor(native: NativeClient, isWall: boolean) {
    this.#native = native
    this.#wake = isWall ? new Wake(() => { this.run(() => {}) }) : undefined
  }

  /** Whether the clock is the time of day. */
  get isWall(): boolean {
    return this.#wake !== undefined
  }

  /** From now on this strategy trades here. */
  admit(agent: Agent): void {
    this.#agent = agent
  }

  /** Asks the core; by the time of day, what is due comes before. Those that trade or wait here learn of it then. */
  run<T>(work: () => T, isNews = true): T {
    if (this.waiters.hasEnded) throw new HaggleError('CLOSED', 'the client was closed')
    this.#refuseInside()
    const agent = this.#running
    const all = (): T => {
      if (this.#wake) {
        const now = BigInt(Date.now()) * 1_000_000n
        if (now > this.#native.now) this.advanceTo(now)
      }
      const result = work()
      agent?.catchUp()
      return result
    }
    const result = agent ? agent.call(all) : call(all)
    this.#wake?.at(this.nextTime())
    if (isNews) this.waiters.tell()
    return result
  }

  advance(by: bigint): void {
    (this.#running ?? this.#native).advance(by)
  }

  advanceTo(time: bigint): void {
    (this.#running ?? this.#native).advanceTo(time)
  }

  replay(data: Data, until?: bigint): number {
    return (this.#running ?? this.#native).replay(data, until)
  }

  /** When the next thing happens by itself, in milliseconds. */
  nextTime(): number {
    return (this.#running ?? this.#native).nextTime()
  }

  /** Ends strategy and client; twice is fine. */
  end(): void {
    if (this.waiters.hasEnded) return
    this.#refuseInside()
    this.#wake?.clear()
    try {
      this.#running?.end()
    } finally {
      this.#native.close()
      this.waiters.end()
    }
  }

  get #running(): Agent | undefined {
    return this.#agent?.isRunning ? this.#agent : undefined
  }

  #refuseInside(): void {
    if (!this.#agent?.isInside) return
    throw new HaggleError('REENTRANT', 'the client was called from inside a callback of its strategy', {
      hint: 'a strategy trades through its context; look at the client once the call that led to the callback has returned',
    })
  }
}
