import { NativeAccountEvent, NativeAccountSnapshot, NativeAssetBalance } from '#native'
import { jsonText } from '../json'
import type { AccountEventOf, AccountFill, CancelState } from '../types/events'
import type { Json, Name } from '../types/primitives'
import { eventOf, orderOf, type EventView, type OrderSnapshot } from './event'
import { below, blank, settle, shapesOf, WireValue } from './wire'

/**
 * What an account holds of an asset: `total` is `free` plus `locked`.
 *
 * @example
 * import { AssetBalance } from 'haggle'
 * const balance = AssetBalance.fromJSON({ asset: 'usdt', balance: { total: '10', free: 9 }, time_exchange: '2025-01-01T00:00:00Z' })
 * console.log(balance.locked)   // 1
 */
export class AssetBalance extends WireValue {
  declare readonly asset: Name
  declare readonly free: string
  declare readonly locked: string
  declare readonly total: string
  declare readonly timeExchange: string

  private constructor() { super() }

  /** Reads barter's JSON. @throws HaggleError with the path of the field, as `balance.free`. */
  static fromJSON(json: Json): AssetBalance {
    const [text, view] = shapesOf<object>(NativeAssetBalance, typeof json === 'string' ? json : jsonText(json))
    return balanceOf(view, text)
  }
}

/**
 * An account as a whole, at one exchange.
 *
 * @example
 * import { AccountSnapshot } from 'haggle'
 * const balance = { asset: 'usdt', balance: { total: '10', free: '9' }, time_exchange: '2025-01-01T00:00:00Z' }
 * const snapshot = AccountSnapshot.fromJSON({ exchange: 'okx', balances: [balance], instruments: [] })
 * console.log(snapshot.balances[0]?.free, snapshot.orders.length)   // 9 0
 */
export class AccountSnapshot extends WireValue {
  declare readonly exchange: Name
  declare readonly balances: readonly AssetBalance[]
  /** Its orders, by instrument. */
  declare readonly instruments: readonly { readonly instrument: Name, readonly orders: readonly OrderSnapshot[] }[]

  private constructor() { super() }

  /** All its orders. */
  get orders(): readonly OrderSnapshot[] {
    return this.instruments.flatMap(({ orders }) => orders)
  }

  /** Reads barter's JSON. @throws HaggleError with the path of the field, as `balances[0].asset`. */
  static fromJSON(json: Json): AccountSnapshot {
    const [text, view] = shapesOf<SnapshotView>(NativeAccountSnapshot, typeof json === 'string' ? json : jsonText(json))
    return snapshotOf(view, text)
  }
}

/**
 * The class of account events: {@link AccountEvent} is its name.
 *
 * @example
 * import { AccountEvent, type AccountEventValue } from 'haggle'
 * const event: AccountEventValue = AccountEvent.fromJSON({ Reconnecting: 'okx' })
 * console.log(event.kind)   // Reconnecting
 */
export class AccountEventValue extends WireValue {
  declare readonly kind: AccountEventOf['kind']
  declare readonly exchange: Name

  private constructor() { super() }

  /**
   * Reads barter's JSON: the event itself, or with the stream's `Item` or `Reconnecting` around it.
   *
   * @throws HaggleError with the path of the field.
   */
  static fromJSON(json: Json): AccountEvent {
    const [text, view] = shapesOf<AccountView>(NativeAccountEvent, typeof json === 'string' ? json : jsonText(json))
    return accountOf(view, text)
  }
}
Object.defineProperty(AccountEventValue, 'name', { value: 'AccountEvent' })

/**
 * What an exchange says about an account: a union by `kind`.
 *
 * @example
 * import { AccountEvent } from 'haggle'
 * const event = AccountEvent.fromJSON({ exchange: 0, kind: { Overflow: 3 } })
 * if (event.kind === 'Overflow') console.log(event.lost)   // 3
 */
export const AccountEvent: typeof AccountEventValue = AccountEventValue
export type AccountEvent = AccountEventValue & AccountEventOf

/** @internal */
export interface SnapshotView { exchange: Name, balances: object[], instruments: { instrument: Name, orders: EventView[] }[] }

/** @internal */
export interface AccountView {
  exchange: Name
  kind: AccountEventOf['kind']
  snapshot?: SnapshotView
  balance?: object
  order?: EventView
  fill?: AccountFill
}

/** A balance from its fields. @internal */
export function balanceOf(view: object, text: () => string): AssetBalance {
  return settle(blank(AssetBalance.prototype), view, text)
}

/** A snapshot from its fields. @internal */
export function snapshotOf(view: SnapshotView, text: () => string): AccountSnapshot {
  return settle(blank(AccountSnapshot.prototype), {
    exchange: view.exchange,
    balances: view.balances.map((balance, at) => balanceOf(balance, below(text, 'balances', at))),
    instruments: view.instruments.map(({ instrument, orders }, at) => ({
      instrument, orders: orders.map((order, place) => orderOf(order, below(text, 'instruments', at, 'orders', place))),
    })),
  }, text)
}

/** An account event from its fields. @internal */
export function accountOf(view: AccountView, text: () => string): AccountEvent {
  const { snapshot, balance, order } = view
  const inside = below(text, 'kind', view.kind)
  const fields = {
    ...view,
    ...(snapshot && { snapshot: snapshotOf(snapshot, inside) }),
    ...(balance && { balance: balanceOf(balance, inside) }),
    ...(order && { order: view.kind === 'OrderSnapshot' ? orderOf(order, inside) : eventOf<CancelState>(order, inside) }),
  }
  return settle(blank(AccountEventValue.prototype as unknown as WireValue), fields, text) as AccountEvent
}
