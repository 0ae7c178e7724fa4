/**
 * An amount of money, a price or a quantity, going in. A number means "about this" and goes on the instrument's grid
 * as in ccxt: sizes down, prices to the nearest tick. Text, bigint and decimal objects (decimal.js, big.js,
 * bignumber.js) mean "exactly this" and are refused where the grid has no such value.
 *
 * Amounts come out as canonical text: `'0.1'`, never `'0.10'` or `'1e-1'`.
 *
 * @example
 * import { OrderRequestOpen, type Decimal } from 'haggle'
 * const key = { exchange: 'okx', instrument: 'BTC/USDT' }
 * const quantities: Decimal[] = ['0.10', 0.1, 1n]
 * console.log(quantities.map((quantity) => new OrderRequestOpen({ key, side: 'Buy', quantity }).quantity).join())   // 0.1,0.1,1
 */
export type Decimal = number | string | bigint | {
  /** All digits as text, as decimal objects give them. */
  toFixed(): string
}

/**
 * A point in time, UTC: milliseconds since the epoch, RFC 3339 text (or `'2025-03-25'`), nanoseconds as bigint, or a Date.
 *
 * @example
 * import { EngineEvent, type Time } from 'haggle'
 * const times: Time[] = [1_735_689_600_000, '2025-01-01', '2025-01-01T00:00:00Z', 1_735_689_600_000_000_000n, new Date('2025-01-01')]
 * const events = times.map((timestamp) => EngineEvent.trade({ symbol: 'BTC/USDT', timestamp, price: 1, amount: 1, side: 'buy' }))
 * console.log(events.every((event) => event.equals(events[0])))   // true
 */
export type Time = number | string | bigint | Date

/**
 * A length of time: milliseconds, or a text as `'250ms'`, `'5s'`, `'1.5h'`. Not negative.
 *
 * @example
 * import { SystemConfig, type Duration } from 'haggle'
 * const latency: Duration = '1.5ms'
 * console.log(new SystemConfig({ instruments: ['BTC/USDT'], latency }).latency)   // 1.5ms
 */
export type Duration = number | `${number}${'ns' | 'us' | 'ms' | 's' | 'm' | 'h' | 'd'}`

/**
 * `'BTC/USDT'` as in ccxt, `'binance_spot:BTC/USDT'` where two exchanges have it, the venue's `'BTCUSDT'`, or the index in the config.
 *
 * @example
 * import { sampleData, type Name } from 'haggle'
 * const names: Name[] = ['BTC/USDT', 'BTCUSDT', 0]
 * const { marketData } = sampleData.binanceSpot()
 * console.log(names.map((name) => marketData.select({ symbols: [name] }).symbols[0]).join())   // BTC/USDT,BTC/USDT,BTC/USDT
 */
export type Name = string | number

/**
 * Direction of an order or a fill, or the aggressor of a print.
 *
 * @example
 * import type { Side } from 'haggle'
 * const opposite = (side: Side): Side => side === 'Buy' ? 'Sell' : 'Buy'
 * console.log(opposite('Buy'))   // Sell
 */
export type Side = 'Buy' | 'Sell'

/**
 * `{ USDT: 10_000 }`, or by exchange where there are several; asset names in any case. Replaces a config's initial state.
 *
 * @example
 * import { startSystem, type Balances } from 'haggle'
 * const balances: Balances = { okx: { USDT: 1_000 }, kraken: { USDT: '500' } }
 * const system = startSystem({ instruments: ['okx', 'kraken'].map((exchange) => ({ exchange, symbol: 'BTC/USDT' })) }, { clock: 'manual', start: 0, balances })
 * console.log(system.state().equity)   // 1500
 * await system.shutdown()
 */
export type Balances = Readonly<Record<string, Decimal>> | Readonly<Record<string, Readonly<Record<string, Decimal>>>>

/**
 * A JSON text, or what `JSON.parse` makes of one.
 *
 * @example
 * import { OrderKey, type Json } from 'haggle'
 * const json: Json = '{"exchange":"okx","instrument":"BTC/USDT","strategy":"mm","cid":"a-1"}'
 * console.log(OrderKey.fromJSON(json).equals(OrderKey.fromJSON(JSON.parse(json))))   // true
 */
export type Json = string | object

/**
 * Fields that are numbers.
 *
 * @example
 * import type { Numbers } from 'haggle'
 * const point: Numbers<'time' | 'value'> = { time: 0, value: 1_000 }
 * console.log(point.value)   // 1000
 */
export type Numbers<K extends string> = { readonly [P in K]: number }

/**
 * Fields that are texts.
 *
 * @example
 * import type { Texts } from 'haggle'
 * const warning: Texts<'code' | 'message'> = { code: 'ALIGNED', message: 'stamps were moved' }
 * console.log(warning.code)   // ALIGNED
 */
export type Texts<K extends string> = { readonly [P in K]: string }
