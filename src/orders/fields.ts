import { decimalText } from '../decimal'
import { HaggleError, invalid, show } from '../errors'
import { optionsOf } from '../options'
import { nanosOf, timeText } from '../time'
import type { OrderTermsInit } from '../types/events'
import type { OrderState, Placed, Reason, TimeInForce } from '../types/orders'
import type { Decimal, Time } from '../types/primitives'

/*
 * Fields as they are given, in barter's JSON. Here they only change their form; what they mean is checked in the core, once
 * for JSON and fields alike.
 */

/** A decimal as canonical text; null where there is none. @internal */
export function decimalJson(value: unknown, path: string): string | undefined {
  return value == null ? undefined : decimalText(value as Decimal, path)
}

/** A time as RFC 3339 text. @internal */
export function timeJson(value: unknown, path: string): string {
  return timeText(nanosOf(value as Time, path))
}

/** Fields of a key, which may be a key. @internal */
export const KEY = ['exchange', 'instrument', 'strategy', 'cid'] as const

/** A key in barter's JSON; without an id the engine makes one. @internal */
export function keyJson(key: unknown, path: string): object {
  const { exchange, instrument, strategy = '', cid = '' } = optionsOf(key, path, KEY)
  return { exchange, instrument, strategy, cid }
}

/** Fields of an order's terms. @internal */
export const TERMS = ['side', 'quantity', 'price', 'stop', 'takeProfit', 'trail', 'timeInForce', 'postOnly', 'reduceOnly'] as const

/** The terms of an order in barter's JSON: the prices given decide its kind. @internal */
export function termsJson(init: Readonly<Record<string, unknown>>): object {
  const { side, quantity, price, stop, takeProfit, trail, timeInForce, postOnly, reduceOnly } = init as unknown as Partial<OrderTermsInit>
  const given = [stop, takeProfit, trail].filter((trigger) => trigger != null)
  if (given.length > 1) throw invalid('', 'an order has one trigger: stop, takeProfit or trail')
  const isLimit = price != null
  const suffix = isLimit ? 'Limit' : ''
  const kind = stop != null ? { [`Stop${suffix}`]: decimalJson(stop, 'stop') }
    : takeProfit != null ? { [`TakeProfit${suffix}`]: decimalJson(takeProfit, 'takeProfit') }
      : trail != null ? { TrailingStop: trailJson(trail) }
        : isLimit ? 'Limit' : 'Market'
  return {
    side, price: decimalJson(price, 'price') ?? '0', quantity: decimalJson(quantity, 'quantity'), kind,
    time_in_force: forceJson(timeInForce ?? (given.length > 0 || isLimit ? 'GoodUntilCancelled' : 'ImmediateOrCancel')),
    post_only: postOnly, reduce_only: reduceOnly,
  }
}

function trailJson(trail: Decimal): string | undefined {
  return typeof trail === 'string' && trail.endsWith('%') ? `${decimalText(trail.slice(0, -1), 'trail')}%` : decimalJson(trail, 'trail')
}

function forceJson(force: TimeInForce): unknown {
  if (force === 'GoodUntilCancelled') return { GoodUntilCancelled: { post_only: false } }
  return typeof force === 'object' && force !== null && 'goodUntil' in force ? { GoodUntil: timeJson(force.goodUntil, 'timeInForce.goodUntil') } : force
}

/** A state in barter's JSON. @internal */
export function stateJson(state: OrderState, path: string): unknown {
  if (typeof state !== 'object' || state === null) throw invalid(path, `expected a state with a kind, found ${show(state)}`)
  switch (state.kind) {
    case 'OpenInFlight': return { Active: { OpenInFlight: null } }
    case 'Open': return { Active: { Open: placedJson(state, path) } }
    case 'CancelInFlight': return { Active: { CancelInFlight: { order: state.order == null ? null : placedJson(state.order, `${path}.order`) } } }
    case 'Cancelled': return { Inactive: { Cancelled: { id: state.id, time_exchange: timeJson(state.timeExchange, `${path}.timeExchange`) } } }
    case 'OpenFailed': return { Inactive: { OpenFailed: reasonJson(state.reason, `${path}.reason`) } }
    case 'FullyFilled': case 'Expired': return { Inactive: state.kind }
    default: throw new HaggleError('UNKNOWN_NAME', `unknown state ${show((state as { kind?: unknown }).kind)}`, { path: `${path}.kind`, hint: `known: ${STATES.join(', ')}` })
  }
}

const STATES = ['OpenInFlight', 'Open', 'CancelInFlight', 'Cancelled', 'FullyFilled', 'Expired', 'OpenFailed']

function placedJson(placed: Placed, path: string): object {
  return { id: placed.id, time_exchange: timeJson(placed.timeExchange, `${path}.timeExchange`), filled_quantity: decimalJson(placed.filledQuantity, `${path}.filledQuantity`) }
}

/** A reason as barter's error; what barter has no word for is a text. @internal */
export function reasonJson(reason: Reason, path: string): object {
  if (typeof reason !== 'object' || reason === null || typeof reason.code !== 'string') throw invalid(path, 'expected a reason with a code')
  const { code, message = '', details = {} } = reason
  const { asset, instrument, exchange, ...rest } = details as Readonly<Record<string, string>>
  const words = (of: object): string => Object.entries(of).map(([key, value]) => `${key}=${value}`).join(' ')
  switch (code) {
    case 'AssetInvalid': return { Rejected: { AssetInvalid: [asset, message] } }
    case 'InstrumentInvalid': return { Rejected: { InstrumentInvalid: [instrument, message] } }
    case 'BalanceInsufficient': return { Rejected: { BalanceInsufficient: [asset, Object.keys(rest).length > 0 ? words(rest) : message] } }
    case 'RateLimit': case 'OrderAlreadyCancelled': case 'OrderAlreadyFullyFilled': return { Rejected: code }
    case 'OrderRejected': return { Rejected: { OrderRejected: message } }
    case 'ExchangeOffline': return { Connectivity: { ExchangeOffline: exchange } }
    case 'Timeout': return { Connectivity: 'Timeout' }
    case 'Socket': return { Connectivity: { Socket: message } }
    default: return { Rejected: { OrderRejected: Object.keys(details).length > 0 ? `${code} ${words(details)}` : code } }
  }
}
