import { NativeEngineEvent } from '#native'
import { HaggleError, invalid, isRevoked } from '../errors'
import { jsonText } from '../json'
import { accountOf, type AccountEvent, type AccountSnapshot, type AccountView } from '../orders/account'
import type { OrderSnapshot } from '../orders/event'
import type { KeyView } from '../orders/key'
import { cancelOf, openOf, OrderRequestCancel, OrderRequestOpen } from '../orders/request'
import { below, blank, moved, settle, shapesOf, WireValue } from '../orders/wire'
import type {
  BalanceInit, CancelState, CandleOptions, Command, FillInit, InstrumentFilter, KeyInit, LiquidationInit, MarketEvent, MarketOptions, NumberedBook, QuoteLike,
} from '../types/events'
import type { TradeLike } from '../types/market-data'
import type { Json, Name } from '../types/primitives'
import { camelCase } from '../value'
import { balanceJson, cancelledJson, fillJson } from './account-rows'
import { filterText, requestsText } from './commands'
import { bookJson, candleJson, liquidationJson, quotesJson, tradeJson } from './market-rows'

/**
 * What an engine's input is, by its kind. A `Timer` of a strategy stands in an audit alone: it cannot be sent.
 *
 * @example
 * import { EngineEvent, type EngineEventOf } from 'haggle'
 * const event: EngineEventOf = EngineEvent.tradingState(false)
 * if (event.kind === 'TradingStateUpdate') console.log(event.tradingState)   // Disabled
 */
export type EngineEventOf =
  | { readonly kind: 'Shutdown' }
  | { readonly kind: 'TradingStateUpdate', readonly tradingState: 'Enabled' | 'Disabled' }
  | { readonly kind: 'Command', readonly command: Command }
  | { readonly kind: 'Account', readonly account: AccountEvent }
  | { readonly kind: 'Market', readonly market: MarketEvent }
  | { readonly kind: 'Timer', readonly tag: string }

/**
 * The class of an engine's inputs, with their factories: {@link EngineEvent} is its name.
 *
 * @example
 * import { EngineEvent, type EngineEventValue } from 'haggle'
 * const event: EngineEventValue = EngineEvent.shutdown()
 * console.log(event.kind)   // Shutdown
 *
 * @throws HaggleError from every factory, with the path of the field among its arguments, as `trade.price`.
 */
export class EngineEventValue extends WireValue {
  declare readonly kind: EngineEventOf['kind']

  private constructor() { super() }

  /** Reads barter's JSON. @throws HaggleError with the path of the field, as `Market.Item.kind.Trade.price`. */
  static fromJSON(json: Json): EngineEvent {
    return read(typeof json === 'string' ? json : jsonText(json))
  }

  /** The engine is to stop. */
  static shutdown(): EngineEvent { return made({ Shutdown: null }, '') }

  /** Trading is enabled or disabled: disabled, a strategy is informed and its requests are refused. */
  static tradingState(state: 'Enabled' | 'Disabled' | boolean): EngineEvent {
    return made({ TradingStateUpdate: typeof state === 'boolean' ? (state ? 'Enabled' : 'Disabled') : state }, 'state')
  }

  /** A print; ccxt's trades fit. */
  static trade(trade: TradeLike, options?: MarketOptions): EngineEvent { return made(tradeJson(trade, options), 'trade') }

  /** The best quotes; ccxt's tickers fit. */
  static quotes(quotes: QuoteLike, options?: MarketOptions): EngineEvent { return made(quotesJson(quotes, options), 'quotes') }

  /** A whole book; ccxt's order books fit. */
  static book(book: NumberedBook, options?: MarketOptions): EngineEvent { return made(bookJson(book, options, 'Snapshot'), 'book') }

  /** The levels of a book that changed; a size of 0 takes a level away. */
  static bookUpdate(book: NumberedBook, options?: MarketOptions): EngineEvent { return made(bookJson(book, options, 'Update'), 'book') }

  /** A candle, told at its close; ccxt's OHLCV rows fit. */
  static candle(row: readonly (number | undefined)[], options: CandleOptions): EngineEvent { return made(candleJson(row, options), 'row') }

  /** A liquidation. */
  static liquidation(liquidation: LiquidationInit, options?: MarketOptions): EngineEvent { return made(liquidationJson(liquidation, options), 'liquidation') }

  /** The connection to a market is being made anew: until its next quote there is no book. */
  static marketReconnecting(exchange: string): EngineEvent { return made({ Market: { Reconnecting: exchange } }, 'exchange') }

  /** The connection to an account is being made anew. */
  static accountReconnecting(exchange: string): EngineEvent { return made({ Account: { Reconnecting: exchange } }, 'exchange') }

  /** What an exchange says about an account, as an input of an engine. */
  static account(event: AccountEvent): EngineEvent {
    const { kind } = fieldsAsked(event, 'event')
    return made({ Account: kind === 'Reconnecting' ? event : { Item: event } }, 'event')
  }

  /** An account as a whole. */
  static accountSnapshot(snapshot: AccountSnapshot): EngineEvent { return item(fieldsAsked(snapshot, 'snapshot').exchange as Name, { Snapshot: snapshot }, 'snapshot') }

  /** A balance. */
  static balance(exchange: Name, balance: BalanceInit): EngineEvent { return item(exchange, { BalanceSnapshot: balanceJson(balance) }, 'balance') }

  /** An order as it stands. */
  static orderSnapshot(order: OrderSnapshot): EngineEvent { return item(fieldsAsked(fieldsAsked(order, 'order').key, 'order.key').exchange as Name, { OrderSnapshot: order }, 'order') }

  /** The answer to a cancel. */
  static orderCancelled(response: { key: KeyInit, state: CancelState }): EngineEvent {
    return item(fieldsAsked(fieldsAsked(response, 'response').key, 'response.key').exchange as Name, { OrderCancelled: cancelledJson(response) }, 'response')
  }

  /** An own execution. */
  static fill(exchange: Name, fill: FillInit): EngineEvent { return item(exchange, { Trade: fillJson(fill) }, 'fill') }

  /** So many account events were lost, because they were not collected in time. */
  static overflow(exchange: Name, lost: number): EngineEvent { return item(exchange, { Overflow: lost }, 'lost') }

  /** A test made something happen. */
  static forced(exchange: Name, what: string): EngineEvent { return item(exchange, { Forced: what }, 'what') }

  /** A command: open these orders. Neither strategy nor risk are asked. */
  static sendOpenRequests(...requests: readonly OrderRequestOpen[]): EngineEvent {
    return made(requestsText('SendOpenRequests', requests, OrderRequestOpen), 'requests')
  }

  /** A command: cancel these orders. */
  static sendCancelRequests(...requests: readonly OrderRequestCancel[]): EngineEvent {
    return made(requestsText('SendCancelRequests', requests, OrderRequestCancel), 'requests')
  }

  /** A command: close the positions in these instruments, or in all. */
  static closePositions(filter?: InstrumentFilter): EngineEvent { return made(filterText('ClosePositions', filter), 'filter') }

  /** A command: cancel the open orders in these instruments, or in all. */
  static cancelOrders(filter?: InstrumentFilter): EngineEvent { return made(filterText('CancelOrders', filter), 'filter') }
}
Object.defineProperty(EngineEventValue, 'name', { value: 'EngineEvent' })

/**
 * An input of an engine: a union by `kind`, with a factory for every variant.
 *
 * @example
 * import { EngineEvent } from 'haggle'
 * const event = EngineEvent.trade({ symbol: 'BTC/USDT', timestamp: 1742944020773, price: 87232.01, amount: 0.5, side: 'buy' })
 * if (event.kind === 'Market' && event.market.kind === 'Trade') console.log(event.market.trade.price)   // 87232.01
 * console.log(EngineEvent.fromJSON(JSON.stringify(event)).equals(event))   // true
 *
 * @throws HaggleError from every factory, with the path of the field among its arguments, as `trade.price`.
 */
export const EngineEvent: typeof EngineEventValue = EngineEventValue
export type EngineEvent = EngineEventValue & EngineEventOf

/** @internal */
export interface EngineView {
  kind: EngineEventOf['kind']
  tradingState?: 'Enabled' | 'Disabled'
  tag?: string
  command?: { kind: Command['kind'], requests?: { key: KeyView }[], filter?: InstrumentFilter }
  account?: AccountView
  market?: MarketEvent
}

/** An event from its fields. @internal */
export function engineEventOf(view: EngineView, text: () => string): EngineEvent {
  const { command, account } = view
  const fields = {
    ...view,
    ...(command && { command: commandOf(command, below(text, 'Command', command.kind)) }),
    ...(account && { account: accountOf(account, account.kind === 'Reconnecting' ? below(text, 'Account') : below(text, 'Account', 'Item')) }),
  }
  return settle(blank(EngineEventValue.prototype as unknown as WireValue), fields, text) as EngineEvent
}

function commandOf(command: NonNullable<EngineView['command']>, text: () => string): object {
  if (command.requests === undefined) return command
  const restore: (view: { key: KeyView }, text: () => string) => WireValue = command.kind === 'SendOpenRequests' ? openOf : cancelOf
  return { kind: command.kind, requests: command.requests.map((request, at) => restore(request, place(text, at))) }
}

/** One of many, or the one. */
function place(text: () => string, at: number): () => string {
  return () => {
    const list = JSON.parse(text()) as { One?: object, Many?: object[] }
    return JSON.stringify(list.Many === undefined ? list.One : list.Many[at])
  }
}

function read(text: string): EngineEvent {
  const [canonical, view] = shapesOf<EngineView>(NativeEngineEvent, text)
  return engineEventOf(view, canonical)
}

/** From what a factory was given; errors have the paths of its arguments, of which `root` is the first. */
function made(json: object | string, root: string): EngineEvent {
  try {
    return read(typeof json === 'string' ? json : jsonText(json))
  } catch (error) {
    throw error instanceof HaggleError && error.path !== undefined ? moved(error, ...argumentPath(error.path, root)) : error
  }
}

/** `Market.Item.kind.Trade.price` is `trade.price`: what follows the last name of a variant. */
function argumentPath(path: string, root: string): [root: string, path: string] {
  const field = path.replace(/^(?:.*\.)?[A-Z]\w*(?:\[\d+\])?(?:\.|$)/, '').split('.').map((part) => camelCase(part)).join('.')
  if (field === 'exchange') return [path.startsWith('Market') ? 'options' : '', field]
  if (field === 'instrument' && path.startsWith('Market')) return [root, 'symbol']
  const level = /^(bids|asks)\.levels(\[\d+\])\.(price|amount)$/.exec(field)
  if (level) return [root, `${level[1]}${level[2]}[${level[3] === 'price' ? 0 : 1}]`]
  return [root, field.startsWith(`${root}.`) ? field.slice(root.length + 1) : field]
}

function item(exchange: Name | undefined, kind: Readonly<Record<string, unknown>>, root: string): EngineEvent {
  if (Object.values(kind)[0] == null) throw invalid(root, 'is missing')
  if (exchange === undefined) throw invalid('exchange', 'is missing')
  return made({ Account: { Item: { exchange, kind } } }, root)
}

/** The fields of an object that may have any class; none of what is no object. */
function fieldsAsked(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (isRevoked(value)) throw invalid(path, 'expected an object, found a revoked proxy')
  return (value ?? {}) as Readonly<Record<string, unknown>>
}
