import { decimalText } from '../decimal'
import { HaggleError, show } from '../errors'
import { optionsOf } from '../options'
import { decimalJson, keyJson, reasonJson, timeJson } from '../orders/fields'
import type { BalanceInit, CancelState, FillInit } from '../types/events'

/*
 * What an exchange says about an account, in barter's JSON.
 */

/** Barter's balance: of free, locked and total, two are enough. @internal */
export function balanceJson(balance: BalanceInit): object {
  const { asset, free, locked, total, timeExchange } = optionsOf(balance, 'balance', ['asset', 'free', 'locked', 'total', 'timeExchange'])
  const given = { free: decimalJson(free, 'balance.free'), locked: decimalJson(locked, 'balance.locked'), total: decimalJson(total, 'balance.total') }
  const sum = given.total ?? add(given.free, given.locked, 1n, 'balance.total')
  const rest = given.free ?? add(given.total, given.locked ?? '0', -1n, 'balance.free')
  if (given.locked !== undefined && add(rest, given.locked, 1n, 'balance.locked') !== sum) {
    throw new HaggleError('INVALID_ARGUMENT', `free ${rest} and locked ${given.locked} are not the total ${sum}`, { path: 'balance.locked' })
  }
  return { asset, balance: { total: sum, free: rest }, time_exchange: timeJson(timeExchange, 'balance.timeExchange') }
}

/** `a + sign x b`, to the digit. */
function add(a: string | undefined, b: string | undefined, sign: bigint, path: string): string {
  if (a === undefined || b === undefined) throw new HaggleError('INVALID_ARGUMENT', 'is missing: of free, locked and total, two are needed', { path })
  const scale = Math.max(decimals(a), decimals(b))
  const digits = (text: string): bigint => BigInt(text.replace('.', '') + '0'.repeat(scale - decimals(text)))
  return decimalText(`${digits(a) + sign * digits(b)}e-${scale}`, path)
}

function decimals(text: string): number {
  return text.split('.')[1]?.length ?? 0
}

/** Barter's answer to a cancel. @internal */
export function cancelledJson(response: { key: unknown, state: CancelState }): object {
  const { key } = optionsOf(response, 'response', ['key', 'state', 'filledQuantity'])
  const { state } = response
  switch (state?.kind) {
    case 'Cancelled': return { key: keyJson(key, 'response.key'), state: { Ok: { id: state.id, time_exchange: timeJson(state.timeExchange, 'response.state.timeExchange') } } }
    case 'CancelRejected': return { key: keyJson(key, 'response.key'), state: { Err: reasonJson(state.reason, 'response.state.reason') } }
    default: throw new HaggleError('UNKNOWN_NAME', `unknown state ${show((state as { kind?: unknown } | undefined)?.kind)}`, { path: 'response.state.kind', hint: 'known: Cancelled, CancelRejected' })
  }
}

const FILL = [
  'id', 'orderId', 'instrument', 'strategy', 'side', 'price', 'quantity', 'fee', 'feeAsset', 'timeExchange', 'cid', 'filledQuantity', 'liquidity',
] as const

/** Barter's `Trade`. @internal */
export function fillJson(fill: FillInit): object {
  const given = optionsOf(fill, 'fill', FILL) as Partial<FillInit>
  const amount = (name: 'price' | 'quantity' | 'fee' | 'filledQuantity'): string | undefined => decimalJson(given[name], `fill.${name}`)
  return {
    id: given.id, order_id: given.orderId, instrument: given.instrument, strategy: given.strategy ?? '',
    time_exchange: timeJson(given.timeExchange, 'fill.timeExchange'), side: given.side, price: amount('price'), quantity: amount('quantity'),
    fees: { asset: given.feeAsset ?? null, fees: amount('fee') ?? '0' }, cid: given.cid, filled_quantity: amount('filledQuantity'), liquidity: given.liquidity,
  }
}
