/**
 * An amount of money, a price or a quantity, going in. A number means "about this" and goes on the instrument's grid
 * as in ccxt: sizes down, prices to the nearest tick. Text, bigint and decimal objects (decimal.js, big.js,
 * bignumber.js) mean "exactly this" and are refused where the grid has no such value.
 *
 * Amounts come out as canonical text: `'0.1'`, never `'0.10'` or `'1e-1'`.
 */
export type Decimal = number | string | bigint | { toFixed(): string }

/** A point in time, UTC: milliseconds since the epoch, RFC 3339 text (or `'2025-03-25'`), nanoseconds as bigint, or a Date. */
export type Time = number | string | bigint | Date

/** A length of time: milliseconds, or a text as `'250ms'`, `'5s'`, `'1.5h'`. Not negative. */
export type Duration = number | `${number}${'ns' | 'us' | 'ms' | 's' | 'm' | 'h' | 'd'}`

/** `'BTC/USDT'` as in ccxt, `'binance_spot:BTC/USDT'` where two exchanges have it, the venue's `'BTCUSDT'`, or the index in the config. */
export type Name = string | number

/** Direction of an order or a fill, or the aggressor of a print. */
export type Side = 'Buy' | 'Sell'

/** `{ USDT: 10_000 }`, or by exchange where there are several; asset names in any case. Replaces a config's initial state. */
export type Balances = Readonly<Record<string, Decimal>> | Readonly<Record<string, Readonly<Record<string, Decimal>>>>

/** A JSON text, or what `JSON.parse` makes of one. */
export type Json = string | object

/** Fields that are numbers. */
export type Numbers<K extends string> = { readonly [P in K]: number }

/** Fields that are texts. */
export type Texts<K extends string> = { readonly [P in K]: string }
