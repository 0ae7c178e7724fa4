// A system in wall-clock time: columns from JavaScript, and commands.
import { EngineEvent, MarketData, OrderRequestOpen, startSystem, type SystemConfigInit } from 'haggle'
import { row, type Task } from './measure.mjs'

/** Rows fed at once, and how often. */
const CHUNK = 10_000
const CHUNKS = 200
/** Orders whose acknowledgement is waited for. */
const ORDERS = 2_000
/** The first of them compile the code that the others run. */
const WARM_UP = 500

const config: SystemConfigInit = {
  exchange: 'mock', instruments: [{ symbol: 'A/B', tickSize: '0.01', lotSize: '0.001' }], latency: 0, fees: { maker: '0.001', taker: '0.001' },
}
const balances = { A: 1_000, B: 1_000_000_000 }

/** Quotes a millisecond apart that wander by ticks, in columns: what a recorder of a feed would hand over. */
function* columns(): Generator<Record<string, Float64Array>> {
  let state = 1
  let mid = 10_000
  for (let chunk = 0; chunk < CHUNKS; chunk++) {
    const [time, bid, bidSize, ask, askSize] = Array.from({ length: 5 }, () => new Float64Array(CHUNK)) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]
    for (let at = 0; at < CHUNK; at++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      mid += state % 3 - 1
      time[at] = chunk * CHUNK + at
      bid[at] = (mid - 1) / 100
      ask[at] = (mid + 1) / 100
      bidSize[at] = (state % 5_000 + 1) / 1_000
      askSize[at] = (state % 7_000 + 1) / 1_000
    }
    yield { time, bid, bidSize, ask, askSize }
  }
}

function feedTask(name: string, isAudited: boolean): Task {
  const chunks = [...columns()]
  return {
    names: [name],
    async repeat() {
      const system = startSystem(config, { clock: 'manual', start: 0, balances, strategy: { native: 'buyAndHold' } })
      const audit = isAudited ? system.takeAudit() : undefined
      const start = performance.now()
      for (const chunk of chunks) {
        const marketData = MarketData.fromColumns(chunk, { symbol: 'A/B' })
        system.feedEvents(marketData)
        system.advance(CHUNK)
        marketData.close()
      }
      // It answers when everything before is done.
      system.state()
      const seconds = (performance.now() - start) / 1e3
      const tick = audit?.tryRecv()
      await system.abort()
      return { speed: (CHUNKS * CHUNK) / seconds, lost: tick?.kind === 'Gap' ? tick.lost : 0 }
    },
    rows: (of) => [row(name, of('speed'), 'events/s', `${(CHUNKS * CHUNK).toLocaleString('en')} quotes in typed arrays of ${CHUNK.toLocaleString('en')}, each through MarketData.fromColumns and feedEvents; native buyAndHold on the runtime, manual clock, full simulation; ${isAudited ? `audit on: every tick made and kept in the ring, of which an unread reader lost ${of('lost').median.toLocaleString('en')}` : 'audit off'}`)],
  }
}

/** From the call that sends an order to the exchange's acknowledgement in the audit, as JavaScript reads it. */
const ackTask: Task = {
  names: ['command_ack_p99_us'],
  async repeat() {
    const system = startSystem(config, { balances })
    system.sendEvent(EngineEvent.quotes({ symbol: 'A/B', timestamp: Date.now(), bid: 99, ask: 101, bidSize: 5, askSize: 5 }))
    const audit = system.takeAudit()
    const micros: number[] = []
    for (let at = 0; at < ORDERS; at++) {
      const request = new OrderRequestOpen({ key: { exchange: 'mock', instrument: 'A/B', cid: `a-${at}` }, side: 'Buy', quantity: '0.001', price: '90' })
      const start = performance.now()
      system.sendOpenRequests(request)
      for (;;) {
        const tick = audit.tryRecv()
        if (tick?.kind === 'Process' && tick.event.kind === 'Account' && tick.event.account.kind === 'OrderSnapshot') break
      }
      if (at >= WARM_UP) micros.push((performance.now() - start) * 1e3)
      // The balance that came with it is no part of it.
      while (audit.tryRecv() !== undefined);
    }
    await system.abort()
    micros.sort((a, b) => a - b)
    return { p99: micros[Math.floor(micros.length * 0.99)]!, median: micros[Math.floor(micros.length / 2)]! }
  },
  rows: (of) => [row('command_ack_p99_us', of('p99'), 'us', `one limit order after the other, wall clock, zero latency: from sendOpenRequests() to the tick with the open order out of tryRecv(), which is asked again and again; of ${(ORDERS - WARM_UP).toLocaleString('en')} orders after ${WARM_UP}; median ${of('median').median.toFixed(0)} us`)],
}

/** Systems that run. */
export const liveTasks: readonly Task[] = [feedTask('live_events_per_s', false), feedTask('live_events_audited_per_s', true), ackTask]
