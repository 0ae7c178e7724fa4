import { describe, expect, it } from 'vitest'
import { backtestSync, type Context, type Duration, type Strategy } from '../../src/index'
import { first, quiet, refusal, START, world } from './common'

const calm = world(quiet(10))

/** When which timers fire, for timers set at the start. */
function fired(set: (ctx: Context) => void, onTimer: (ctx: Context, tag: string) => void = () => {}): string[] {
  const calls: string[] = []
  backtestSync(calm, { strategy: { onStart: set, onTimer(ctx, tag) { calls.push(`${ctx.now - START} ${tag}`); onTimer(ctx, tag) } } })
  return calls
}

describe('ctx.timer', () => {
  it('calls back after that much virtual time, with its tag', () => {
    expect(fired((ctx) => { ctx.timer('2s', 'late'); ctx.timer(500, 'early'); ctx.timer('1.5s'); ctx.timer('2s', 'last') }))
      .toEqual(['500 early', '1500 ', '2000 late', '2000 last'])
  })

  it('takes every form of a duration, to the nanosecond', () => {
    const times: bigint[] = []
    const durations: Duration[] = [0, 0.000001, '1ns', '3us', '0.5ms', '0.02m']
    backtestSync(calm, { strategy: { onStart(ctx) { for (const duration of durations) ctx.timer(duration) }, onTimer(ctx) { times.push(ctx.nowNs - BigInt(START) * 1_000_000n) } } })
    expect(times).toEqual([0n, 1n, 1n, 3_000n, 500_000n, 1_200_000_000n])
  })

  it('may be set again from its callback, and sends orders', () => {
    const calls = fired((ctx) => { ctx.timer('1s', 'a') }, (ctx, tag) => {
      ctx.buy(0.1, { price: 50, cid: `${ctx.nowNs}` })
      ctx.timer('3s', `${tag}a`)
    })
    expect(calls).toEqual(['1000 a', '4000 aa', '7000 aaa'])
  })

  it('has as many tags as a strategy likes', () => {
    const count = 1_000
    const tags = new Set(fired((ctx) => { for (let i = 0; i < count; i++) ctx.timer(i, `tag ${i} \u{1F552}`) }).map((call) => call.replace(/^\d+ /, '')))
    expect(tags.size).toBe(count)
  })

  it('comes after everything else of its instant, in the order of setting', () => {
    const calls: string[] = []
    const strategy: Strategy = {
      onStart(ctx) { ctx.timer('1s', 'one'); ctx.timer('1s', 'two') },
      onBook(ctx) { calls.push(`book ${ctx.now - START}`) },
      onTimer(_, tag) { calls.push(tag) },
    }
    backtestSync(world(quiet(3)), { strategy })
    expect(calls).toEqual(['book 0', 'book 1000', 'one', 'two', 'book 2000'])
  })

  it('does not fire once the data is over', () => {
    // Timers come last within an instant: the one at 9 s is after the last row already.
    expect(fired((ctx) => { ctx.timer(8_999, 'before'); ctx.timer('9s', 'with the last row'); ctx.timer('10s', 'after it'); ctx.timer('1d', 'long after it') })).toEqual(['8999 before'])
  })

  it('may be set where nobody listens', () => {
    expect(backtestSync(calm, { strategy: { onBook(ctx) { ctx.timer(1) } } }).events).toBe(10)
  })

  it.each<[unknown, unknown, string, string]>([
    [-1, 'a', 'INVALID_ARGUMENT', 'after'], ['-1s', 'a', 'INVALID_ARGUMENT', 'after'], [Number.NaN, 'a', 'INVALID_ARGUMENT', 'after'], ['soon', 'a', 'INVALID_ARGUMENT', 'after'], [undefined, 'a', 'INVALID_ARGUMENT', 'after'],
    ['1000000d', 'a', 'OVERFLOW', 'after'], ['100000d', 'a', 'INVALID_ARGUMENT', 'after'], [1, 7, 'INVALID_ARGUMENT', 'tag'], [1, null, 'INVALID_ARGUMENT', 'tag'],
  ])('cannot be set for %o with %o', (after, tag, code, path) => {
    expect(refusal(() => first(calm, (ctx) => { ctx.timer(after as Duration, tag as string) }))).toMatchObject({ code, path })
  })

  it('that keeps one instant busy for ever is stopped', () => {
    expect(refusal(() => fired((ctx) => { ctx.timer(0, 'again') }, (ctx, tag) => { ctx.timer(0, tag) }))).toMatchObject({ code: 'LIVELOCK' })
  })
})
