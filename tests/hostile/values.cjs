'use strict'

/*
 * Calls every export, static and method of the built package with hostile values, one position after the other, and prints as JSON how many
 * calls there were and which of them threw something else than an error of ours, or one of a fault of ours. Arguments: the package's entry,
 * and the part: `exports`, or the name of an object below.
 */
const [, , entry, part] = process.argv
const H = require(entry)

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
const detached = () => {
  const array = new Float64Array(4)
  structuredClone(array.buffer, { transfer: [array.buffer] })
  return array
}
const cycle = () => {
  const object = {}
  object.itself = object
  return object
}

/** Made anew for each call. */
const VALUES = {
  'undefined': () => undefined, 'null': () => null, '0': () => 0, '-1': () => -1, '1.5': () => 1.5, NaN: () => Number.NaN, Infinity: () => Number.POSITIVE_INFINITY,
  '10n ** 40n': () => 10n ** 40n, '2n ** 63n - 1n': () => 2n ** 63n - 1n, 'true': () => true, "''": () => '', "'BTC/USDT'": () => 'BTC/USDT', 'half a pair': () => '\ud800',
  "'\\0'": () => '\0', "'__proto__'": () => '__proto__', "'constructor'": () => 'constructor', 'a long text': () => 'x'.repeat(2 ** 21), 'a symbol': () => Symbol('a'),
  'a function': () => () => {}, 'an async function': () => async () => {}, 'a class': () => class {}, '[]': () => [], '[null]': () => [null],
  // eslint-disable-next-line no-sparse-arrays
  'a list with holes': () => [, , 1], '{}': () => ({}), 'no prototype': () => Object.create(null), 'a Map': () => new Map([['a', 1]]), 'a Set': () => new Set([1]),
  'a Date': () => new Date(0), 'an invalid Date': () => new Date(Number.NaN), 'a RegExp': () => /a/, 'a promise': () => Promise.resolve({}), 'a revoked proxy': revoked,
  'a detached array': detached, 'a Float64Array': () => new Float64Array(3), 'a Uint8Array': () => new Uint8Array(3), 'a file URL': () => new URL('file:///nonexistent/x.csv'),
  'an http URL': () => new URL('http://a/b'), 'a proxy': () => new Proxy({}, {}), 'a boxed text': () => new String('a'), 'a boxed number': () => new Number(3), 'a cycle': cycle,
  'a generator': () => (function* () { yield null })(), 'shared memory': () => new SharedArrayBuffer(8), 'an Error': () => new Error('a'),
  'odd keys': () => ({ exchange: {}, instrument: [], cid: Symbol('a') }), 'a strategy': () => ({ onTrade() {} }), 'a bad decimal': () => ({ toFixed: () => 'x' }),
  'a decimal of a proxy': () => ({ toFixed: revoked }), 'a huge length': () => ({ length: 2 ** 53 }), 'no iterator': () => ({ [Symbol.iterator]: 5 }),
}

const { system, marketData } = H.sampleData.binanceSpot()
const start = Date.parse(marketData.start)
const data = marketData.select({ symbols: ['BTC/USDT'], from: start, to: start + 2_000 })
const constant = { system: { exchange: 'binance_spot', instruments: ['BTC/USDT'] }, marketData: data, balances: { USDT: 10_000 } }
const config = () => new H.SystemConfig({ instruments: ['BTC/USDT'] })
const run = H.backtestSync(constant, { strategy: { native: 'buyAndHold' } })
const key = new H.OrderKey({ exchange: 'mock', instrument: 'BTC/USDT', cid: 'a' })
const request = new H.OrderRequestOpen({ key, side: 'Buy', quantity: 1, price: 1 })
const spot = () => H.MockExecutionClient.spot({ symbols: ['BTC/USDT'], balances: { USDT: 1e6 } })
const live = (strategy) => H.startSystem({ instruments: ['BTC/USDT'] }, { clock: 'manual', start: 0, balances: { USDT: 1 }, ...(strategy && { strategy }) })

const OBJECTS = {
  client: () => {
    const client = spot()
    client.setTicker('BTC/USDT', { bid: 99, ask: 100 })
    client.openLimitOrder('BTC/USDT', 'Buy', 1, 1)
    return client
  },
  system: () => live(), here: () => live({ onTrade() {} }), audit: () => live().takeAudit(), data: () => data, fills: () => run.fills, orders: () => run.orders, run: () => run, config,
  map: () => new H.ExecutionInstrumentMap('mock', ['BTC/USDT']), key: () => key, request: () => request,
  test: () => H.testStrategy({ onBook() {} }, { symbols: ['BTC/USDT'], balances: { USDT: 10_000 } }),
}

/** What the other positions have, so that the one under test is come to. */
const USUAL = {
  openLimitOrder: ['BTC/USDT', 'Buy', 1, 1, {}], openMarketOrder: ['BTC/USDT', 'Buy', 1], amendOrder: ['0', { price: 1 }], fillOrder: ['0', {}], failNext: ['timeout', {}],
  failShare: ['timeout', 0.5, {}], delayNext: ['1s', 1], account: ['b', {}], setTicker: ['BTC/USDT', { bid: 1 }], replay: [data, 0], feedEvents: [[], {}], sendOpenRequests: [request],
  rejectNext: ['RateLimit', 1], backtest: [constant, {}, {}], backtestSync: [constant, {}], runBacktests: [constant, [], {}], runBacktestsSync: [constant, []],
  startSystem: [{ instruments: ['BTC/USDT'] }, { clock: 'manual' }], testStrategy: [{ onBook() {} }, { symbols: ['BTC/USDT'] }], fromCsv: [new Uint8Array(3), { symbol: 'A/B' }],
  fromParquet: [new Uint8Array(3), {}], fromJsonLines: [new Uint8Array(3), {}], fromOhlcv: [[], { symbol: 'A/B', timeframe: '1d' }], fromTrades: [[], {}], fromColumns: [{}, {}],
  from: [config(), 'mock'], trade: [{ symbol: 'BTC/USDT', timestamp: 1, price: 1, amount: 1, side: 'buy' }, {}], candle: [[1, 1, 1, 1, 1, 1], { symbol: 'BTC/USDT', timeframe: '1d' }],
  fill: ['mock', {}], balance: ['mock', {}], hasFilled: [spot(), {}], hasPosition: [spot(), 1], hasBalance: [spot(), 'USDT', 1], hasOpenOrder: [spot(), {}], diffAudit: ['/x', '/y'],
}
/** They have no arguments, or end what is called, or wait for something. */
const LEFT_OUT = new Set(['constructor', 'close', 'abort', 'recv', 'settled', 'shutdown', 'shutdownWithSummary', 'events', 'save', 'consoleProgress', 'HaggleError', 'of', 'failed', 'prototype'])

let calls = 0
const wrong = []

async function attempt(name, call) {
  calls++
  let result
  try {
    result = await call()
  } catch (error) {
    if (!(error instanceof H.HaggleError) || error.code === 'BUG') wrong.push(`${name}: ${String(error)}`)
  }
  if (result instanceof H.SystemHandle) await result.abort()
  if (result instanceof H.StrategyTest || result instanceof H.MockExecutionClient) await result.close()
}

async function positions(name, method, call) {
  const usual = Object.hasOwn(USUAL, method) ? USUAL[method] : [undefined]
  for (let at = 0; at < usual.length; at++) {
    for (const [words, make] of Object.entries(VALUES)) {
      const given = [...usual]
      given[at] = make()
      await attempt(`${name}, position ${at}, ${words}`, () => call(given))
    }
  }
}

const isClass = (value) => /^class\b/.test(Function.prototype.toString.call(value))

async function allExports() {
  for (const [name, value] of Object.entries(H)) {
    if (typeof value !== 'function' || LEFT_OUT.has(name)) continue
    if (!isClass(value)) {
      await positions(name, name, (given) => value(...given))
      continue
    }
    await positions(`new ${name}`, name, (given) => new value(...given))
    for (const inner of Object.getOwnPropertyNames(value)) {
      if (typeof value[inner] === 'function' && !LEFT_OUT.has(inner)) await positions(`${name}.${inner}`, inner, (given) => value[inner](...given))
    }
  }
}

async function methods(name) {
  const object = OBJECTS[name]()
  const found = new Set()
  for (let prototype = Object.getPrototypeOf(object); prototype !== Object.prototype; prototype = Object.getPrototypeOf(prototype)) {
    for (const [method, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) if (typeof value === 'function' && !LEFT_OUT.has(method)) found.add(method)
  }
  for (const method of found) await positions(`${name}.${method}`, method, (given) => object[method](...given))
}

const alive = setInterval(() => {}, 1_000)
process.on('unhandledRejection', (error) => { wrong.push(`unhandled: ${String(error)}`) })
;(part === 'exports' ? allExports() : methods(part)).then(() => {
  clearInterval(alive)
  process.stdout.write(JSON.stringify({ calls, wrong }), () => { process.exit() })
})
