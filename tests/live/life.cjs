'use strict'

/*
 * Lives of systems in a process of their own. Arguments: the package's entry, what is tried, and what that needs.
 */
const { readFileSync } = require('node:fs')
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads')

const [, , entry = workerData?.entry, kind = workerData?.kind, ...args] = process.argv
const { EngineEvent, OrderRequestOpen, startSystem } = require(entry)

const config = { exchange: 'mock', instruments: [{ symbol: 'A/B', tickSize: '0.1', lotSize: '0.01' }], latency: 0 }
const manual = { clock: 'manual', start: 0, balances: { B: 10_000 } }
const turn = () => new Promise(setImmediate)
const buyer = () => ({ onTrade(ctx) { if (ctx.openOrders.length === 0) ctx.buy(1, { price: 90 }) } })
const print = (timestamp, price = 100) => EngineEvent.trade({ symbol: 'A/B', timestamp, price, amount: 1, side: 'buy' })
const order = (cid) => new OrderRequestOpen({ key: { exchange: 'mock', instrument: 'A/B', cid }, side: 'Buy', quantity: 1, price: 90 })
const open = (seat, more = {}) => startSystem(config, { ...manual, ...(seat === 'here' && { strategy: buyer() }), ...more })
/** Linux says how many threads there are. */
const threads = () => Number(/^Threads:\s+(\d+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1])
const rss = async () => {
  for (let i = 0; i < 3; i++) {
    await turn()
    global.gc()
  }
  return process.memoryUsage.rss() / 2 ** 20
}

async function rounds(seat, count, round) {
  const idle = threads()
  for (let i = 0; i < count / 4; i++) await round(seat, i)
  const before = await rss()
  for (let i = count / 4; i < count; i++) await round(seat, i)
  const after = await rss()
  // Threads that were told to end need a moment for it.
  for (let i = 0; i < 200 && threads() > idle; i++) await new Promise((done) => setTimeout(done, 10))
  console.log(JSON.stringify({ before, after, threads: threads(), idle }))
}

const each = {
  async rounds(seat) {
    const system = open(seat)
    system.feedEvents([print(1), print(2)])
    system.advance(5)
    system.state()
    await system.shutdown()
  },
  async dropped(seat, i) {
    const system = open(seat)
    system.feedEvents([print(1)])
    system.advance(5)
    system.state()
    if (i % 10 === 0) await rss()
  },
  async thrown(seat) {
    const system = open(seat, { strategy: { onTrade() { throw new Error('on purpose') } } })
    try { system.feedEvents([print(1)]); system.advance(5) } catch {}
    await system.shutdown().catch(() => {})
  },
  async aborted(seat) {
    const system = open(seat)
    system.feedEvents([print(1)])
    await system.abort()
  },
  async unread(seat) {
    const system = open(seat)
    system.takeAudit()
    system.feedEvents([print(1), print(2), print(3)])
    system.advance(5)
    await system.shutdown()
  },
}

const kinds = {
  async closed() { const system = open('runtime'); await system.shutdown(); console.log('ended') },
  async 'aborted-once'() { await open('runtime').abort(); console.log('ended') },
  async forgotten() { open('here'); console.log('ended') },
  async 'forgotten-timer'() {
    startSystem(config, { balances: { B: 1 }, strategy: { onStart(ctx) { ctx.timer('1h') }, onTimer() {} } })
    console.log('ended')
  },
  async 'forgotten-native'() { startSystem(config, { balances: { B: 1 }, strategy: { native: 'buyAndHold' } }).takeAudit(); console.log('ended') },
  async 'recv-then-fed'() {
    const system = open('runtime')
    const audit = system.takeAudit()
    const next = audit.recv()
    system.feedEvents([print(1)])
    system.advance(5)
    console.log((await next).kind)
  },
  async 'recv-timeout'() { console.log(String(await open('runtime').takeAudit().recv('50ms'))) },
  async 'recv-pending'() {
    // By the time of day on the runtime: the exchange's answer comes half a second after the order, and nothing else happens.
    const system = startSystem({ ...config, latency: { open: 250, response: 250 } }, { balances: { B: 1_000 } })
    system.feedEvents([print(Date.now())])
    system.state()
    const audit = system.takeAudit()
    system.setTradingEnabled(false)
    const tick = await audit.recv()
    console.log(tick.kind, tick.event.kind)
  },
  async exit() { open('runtime').feedEvents([print(1)]); open('here'); process.exit(0) },
  async race(seat, count) {
    let others = 0
    for (let i = 0; i < count; i++) {
      const system = open(seat)
      const ending = i % 3 === 0 ? system.abort() : i % 3 === 1 ? system.shutdown() : system.shutdownWithSummary()
      const calls = [() => system.feedEvents([print(1)]), () => system.sendOpenRequests(order('a')), () => system.state(), () => system.takeAudit().tryRecv(), () => system.advance(1), () => system.closePositions()]
      for (const call of calls) {
        try { call() } catch (error) { if (error.code !== 'CLOSED') others += 1 }
      }
      await ending
      if (system.isRunning) others += 1
    }
    console.log(JSON.stringify({ others, rounds: Number(count) }))
  },
  async workers(count) {
    const start = (what) => new Worker(__filename, { workerData: { entry, kind: what } })
    const fills = await Promise.all(Array.from({ length: count }, () => new Promise((done, failed) => start('worker').on('message', done).on('error', failed))))
    const ended = await Promise.all(Array.from({ length: count }, () => new Promise((done, failed) => {
      const worker = start('endless')
      worker.on('error', failed).on('message', () => { void worker.terminate().then(() => { done(1) }) })
    })))
    console.log(JSON.stringify({ fills, terminated: ended.length }))
  },
  async worker() {
    const system = open('here', { strategy: { onTrade(ctx) { if (!ctx.position && ctx.openOrders.length === 0) ctx.buy(1) } } })
    system.feedEvents([print(1), print(2), print(3)])
    system.advance(5)
    parentPort.postMessage((await system.shutdownWithSummary()).fills.length)
  },
  async endless() {
    const kept = [open('here'), open('runtime'), startSystem(config, { balances: { B: 1 }, strategy: { native: 'buyAndHold' } })]
    const audits = kept.map((system) => system.takeAudit().recv())
    parentPort.postMessage('ready')
    await Promise.all(audits)
  },
}

async function main() {
  const seat = args[0]
  if (each[kind] && isMainThread) await rounds(seat, Number(args[1]), each[kind])
  else await kinds[kind](...args.map((text) => (/^\d+$/.test(text) ? Number(text) : text)))
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
