import { diffAudit as diffNative, type NativeAudit } from '#native'
import { pathOf } from '../data/options'
import { HaggleError } from '../errors'
import { writeWhole } from '../file'
import { call } from '../native/errors'
import { textOf } from '../orders/wire'
import { nanosOfDuration } from '../time'
import type { AuditDifference, ReplicaState } from '../types/live'
import type { Duration } from '../types/primitives'
import { AuditTick, tickOf, type TickView } from './audit-tick'
import { stateOf } from './state'

/** Ticks that are written together, at most. */
const LINES_AT_ONCE = 1_024

/**
 * The steps of a system's engine from the moment this was taken, in order, each once. A reader that is too slow loses the
 * oldest, and gets one `Gap` tick that says how many.
 *
 * @example
 * import { EngineEvent, startSystem } from 'haggle'
 * const system = startSystem({ instruments: ['BTC/USDT'] }, { clock: 'manual', start: 0, balances: { USDT: 1_000 } })
 * const audit = system.takeAudit()
 * system.feedEvents([EngineEvent.trade({ symbol: 'BTC/USDT', timestamp: 5, price: 100, amount: 1, side: 'buy' })])
 * system.advance('1s')
 * await system.shutdown()
 * for await (const tick of audit) if (tick.kind === 'Process') console.log(tick.sequence, tick.event.kind)
 */
export class AuditUpdates implements AsyncIterable<AuditTick> {
  readonly #native: NativeAudit
  #waiting: AuditTick[] = []
  #read = 0
  /** Resolves when there is something to look at; one for all who wait. */
  #ready: Promise<unknown> | undefined
  #waiters = 0
  /** What ended the system, where it was an error. */
  readonly #failure: () => { error: unknown } | undefined

  /** @internal */
  constructor(native: NativeAudit, failure: () => { error: unknown } | undefined) {
    this.#native = native
    this.#failure = failure
  }

  /** The next tick, if one waits; undefined if none does. */
  tryRecv(): AuditTick | undefined {
    if (this.#read === this.#waiting.length) {
      const texts = call(() => this.#native.take())
      this.#waiting = []
      this.#read = 0
      for (let at = 0; at < texts.length; at += 2) {
        const text = texts[at]!
        this.#waiting.push(tickOf(JSON.parse(texts[at + 1]!) as TickView, () => text))
      }
    }
    return this.#read < this.#waiting.length ? this.#waiting[this.#read++] : undefined
  }

  /**
   * The next tick, once it is there; while it is awaited, the process is kept alive. Undefined when the time given is over, or
   * the system has ended and everything was read.
   *
   * @throws What ended the system, where it was an error, after its last tick.
   */
  async recv(timeout?: Duration): Promise<AuditTick | undefined> {
    const until = timeout === undefined ? undefined : Date.now() + Number(nanosOfDuration(timeout, 'timeout')) / 1e6
    for (;;) {
      // Asked before: what comes in between is read then.
      const hasEnded = this.#native.hasEnded
      const tick = this.tryRecv()
      if (tick !== undefined) return tick
      if (hasEnded) {
        const failure = this.#failure()
        if (failure !== undefined) throw failure.error
        return undefined
      }
      if (until !== undefined && Date.now() >= until) return undefined
      await this.#wait(until)
    }
  }

  /**
   * What a copy of the engine knows that was made when this was taken, and follows by the ticks alone, as far as they were read.
   *
   * @throws HaggleError `UNSUPPORTED` while ticks wait that were not read yet.
   */
  state(): ReplicaState {
    // Ticks are read ahead by hundreds: the copy has to wait for those that were not seen yet.
    if (this.#read < this.#waiting.length) {
      throw new HaggleError('UNSUPPORTED', 'ticks wait that were not read yet', { hint: 'read until tryRecv() is undefined' })
    }
    return Object.freeze({ ...stateOf(call(() => this.#native.state())), isStale: this.#native.isStale })
  }

  /**
   * Writes all ticks until the system ends to a file that is replaced, a line of JSON each; two audits of the same run are equal
   * files. Returns how many ticks there were.
   *
   * The file has its name once all of it is written: until then the text stands beside it.
   *
   * @throws HaggleError `INVALID_ARGUMENT` where the file cannot be written; no half file is left then. What ended the system, where it
   *   was an error: the file has all ticks before it.
   */
  async save(file: string | URL): Promise<number> {
    let failure: { error: unknown } | undefined
    const written = await writeWhole(pathOf(file, 'file'), 'file', async (write) => {
      let count = 0
      let lines: string[] = []
      // What waits is written together: a line at a time would be a call into the file system each.
      for (;;) {
        const tick = this.tryRecv()
        if (tick !== undefined) lines.push(`${textOf(tick)}\n`)
        if (lines.length > 0 && (tick === undefined || lines.length === LINES_AT_ONCE)) {
          count += lines.length
          await write(lines.join(''))
          lines = []
        } else if (tick === undefined) {
          // What ended the system is told once its last ticks are in the file.
          const next = await this.recv().catch((error: unknown) => { failure = { error } })
          if (next === undefined) return count
          lines.push(`${textOf(next)}\n`)
        }
      }
    })
    if (failure !== undefined) throw failure.error
    return written
  }

  /** Every tick until the system has ended. @throws As {@link AuditUpdates.recv}. */
  async *[Symbol.asyncIterator](): AsyncIterator<AuditTick> {
    for (;;) {
      const tick = await this.recv()
      if (tick === undefined) return
      yield tick
    }
  }

  async #wait(until: number | undefined): Promise<void> {
    this.#ready ??= call(() => this.#native.ready()).finally(() => { this.#ready = undefined })
    this.#waiters += 1
    let timer: NodeJS.Timeout | undefined
    const late = until === undefined ? [] : [new Promise<void>((done) => { timer = setTimeout(done, Math.min(until - Date.now(), 2 ** 31 - 1)) })]
    await Promise.race([this.#ready, ...late])
    clearTimeout(timer)
    this.#waiters -= 1
    // A promise without a reader would keep the process alive.
    if (this.#waiters === 0 && this.#ready !== undefined) this.#native.cancel()
  }
}

/**
 * The first line in which two saved audits differ; undefined where they are equal.
 *
 * @example
 * import { diffAudit, startSystem } from 'haggle'
 * for (const file of ['on.jsonl', 'off.jsonl']) {
 *   const system = startSystem({ instruments: ['BTC/USDT'] }, { clock: 'manual', start: 0, balances: { USDT: 1_000 }, tradingEnabled: file === 'on.jsonl' })
 *   const saved = system.takeAudit().save(file)
 *   await system.shutdown()
 *   console.log(await saved)                               // 4
 * }
 * console.log(diffAudit('on.jsonl', 'off.jsonl')?.line)   // 0
 *
 * @throws HaggleError `INVALID_ARGUMENT` with the path `left` or `right`, where a file cannot be read.
 */
export function diffAudit(left: string | URL, right: string | URL): AuditDifference | undefined {
  const [first, second] = [pathOf(left, 'left'), pathOf(right, 'right')]
  const text = call(() => diffNative(first, second))
  if (text == null) return undefined
  const { line, ...there } = JSON.parse(text) as { line: number, left: string | null, right: string | null }
  return Object.freeze({ line, ...Object.fromEntries(Object.entries(there).filter(([, value]) => value !== null)) })
}
