'use strict'

/*
 * Lives of clients in a process of their own. Arguments: the package's entry, what is tried, and how often.
 */
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads')

const [, , entry = workerData?.entry, kind = workerData?.kind, ...args] = process.argv
const { MockExecutionClient, testStrategy } = require(entry)

const open = (options = {}) => MockExecutionClient.spot({ symbols: [{ symbol: 'A/B', tickSize: '0.1', lotSize: '0.01' }], balances: { A: 10, B: 10_000 }, ...options })
const wall = { clock: 'wall', latency: 100 }
const turn = () => new Promise(setImmediate)
const collect = async () => {
  for (let i = 0; i < 3; i++) {
    await turn()
    global.gc()
  }
}
const rss = async () => {
  await collect()
  return process.memoryUsage.rss() / 2 ** 20
}
/** What keeps the process alive, but for the pipes that it prints to. */
const handles = () => process.getActiveResourcesInfo().filter((name) => !/Wrap$|^TickObject$/.test(name)).sort()

/** A short life: an order that fills, one that rests, a stream that was read. */
function live(client) {
  client.drainEvents()
  client.setTicker('A/B', { bid: 99, ask: 100 })
  const { state } = client.openMarketOrder('A/B', 'Buy', '0.01')
  client.openLimitOrder('A/B', 'Buy', '0.01', 90)
  if (state.kind !== 'FullyFilled' || client.fetchTrades().length !== 1) throw new Error(`the order is ${state.kind}`)
}

const each = {
  async closed() {
    const client = open()
    live(client)
    await client.close()
  },
  async dropped(i) {
    const client = open(i % 2 === 0 ? {} : wall)
    if (i % 2 === 0) live(client)
    else client.openLimitOrder('A/B', 'Buy', '0.01', 90)
    if (i % 200 === 0) await collect()
  },
  async thrown() {
    try { open({ balances: { A: -1 } }) } catch (error) { if (error.code !== 'INVALID_ARGUMENT') throw error }
    const client = open()
    try { client.openMarketOrder('X/Y', 'Buy', 1) } catch (error) { if (error.code !== 'UNKNOWN_NAME') throw error }
    await client.close()
  },
}

/** A strategy's short life: one order. */
const tested = (onStop) => {
  const test = testStrategy({ onBook(ctx) { ctx.buy('0.01') }, onStop }, { symbols: [{ symbol: 'A/B', tickSize: '0.1', lotSize: '0.01' }], balances: { B: 10_000 } })
  test.client.setTicker('A/B', { bid: 99, ask: 100 })
  if (test.fills.length !== 1) throw new Error('nothing was filled')
  return test
}

Object.assign(each, {
  async 'closed test'() { await tested(() => {}).close() },
  async 'dropped test'(i) {
    tested(() => {})
    if (i % 200 === 0) await collect()
  },
  async 'thrown test'(i) {
    const error = new Error('mine')
    await tested(() => { throw error }).close().catch((caught) => { if (caught !== error) throw caught })
    if (i % 200 === 0) await collect()
  },
})

async function rounds(count, round) {
  for (let i = 0; i < count / 4; i++) await round(i)
  const before = await rss()
  for (let i = count / 4; i < count; i++) await round(i)
  console.log(JSON.stringify({ before, after: await rss(), handles: handles() }))
}

/** One that is waited for: its stream, its order. */
async function waited(client) {
  const order = client.openLimitOrder('A/B', 'Buy', 1, 90)
  const kinds = []
  for await (const { kind } of client.events()) if (kinds.push(kind) === 3) break
  console.log(kinds.join(' '), (await client.settled(order)).state.kind)
}

const kinds = {
  async forgotten() { live(open()); console.log('ended') },
  async 'forgotten-wall'() { open(wall).openLimitOrder('A/B', 'Buy', 1, 90); console.log('ended') },
  async 'forgotten-stream'() { for await (const event of open(wall).events()) { console.log(event.kind); break } },
  async 'never-answered'() {
    const client = open(wall)
    void (async () => { for await (const event of client.events()) console.log(event.kind) })()
    await turn()
    await client.close()
  },
  async waited() { await waited(open(wall)) },
  async exit() { live(open()); void open(wall).events().next(); process.exit(0) },
  async handles() {
    const before = handles()
    const client = open(wall)
    const settled = client.settled(client.openLimitOrder('A/B', 'Buy', 1, 90))
    const during = handles().length - before.length
    const events = client.events()
    await events.next()
    const pending = events.next()
    await client.close()
    const left = await Promise.allSettled([settled, pending])
    console.log(JSON.stringify({ during: during > 0, after: handles().length - before.length, left: left.map(({ status, reason, value }) => reason?.code ?? value?.done ?? status) }))
  },
  async collected() {
    const refs = []
    // In a function of its own, so that no register keeps the last one.
    const make = (options, act) => { const client = open(options); act(client); refs.push(new WeakRef(client)) }
    for (let i = 0; i < 50; i++) make({}, live)
    for (let i = 0; i < 50; i++) make({ clock: 'wall' }, (client) => { client.events(); live(client) })
    for (let i = 0; i < 50; i++) make({}, (client) => { live(client.account('two', { A: 1, B: 1_000 })) })
    for (let i = 0; i < 20 && refs.some((ref) => ref.deref()); i++) await collect()
    console.log(refs.filter((ref) => ref.deref()).length)
  },
  async workers(count) {
    const start = (what) => new Worker(__filename, { workerData: { entry, kind: what } })
    const hashes = await Promise.all(Array.from({ length: count }, () => new Promise((done, failed) => start('worker').on('message', done).on('error', failed))))
    const ended = await Promise.all(Array.from({ length: count }, () => new Promise((done, failed) => {
      const worker = start('endless')
      worker.on('error', failed).on('message', () => { void worker.terminate().then(() => { done(1) }) })
    })))
    console.log(JSON.stringify({ hashes: new Set(hashes).size, workers: hashes.length, terminated: ended.length }))
  },
  async worker() {
    const client = open()
    live(client)
    for (let i = 0; i < 1_000; i++) client.openMarketOrder('A/B', i % 2 === 0 ? 'Buy' : 'Sell', '0.01')
    parentPort.postMessage(client.stateHash())
    await client.close()
  },
  async endless() {
    const kept = [open(), open({ clock: 'wall' })]
    kept.forEach(live)
    const pending = kept.map(async (client) => { for await (const event of client.events()) if (event.kind === 'Overflow') return })
    parentPort.postMessage('ready')
    await Promise.all(pending)
  },
}

async function main() {
  if (each[kind] && isMainThread) await rounds(Number(args[0]), each[kind])
  else await kinds[kind](...args.map(Number))
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
