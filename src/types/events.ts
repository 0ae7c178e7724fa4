import type { AccountSnapshot, AssetBalance } from '../orders/account'
import type { OrderEvent, OrderSnapshot } from '../orders/event'
import type { OrderKey } from '../orders/key'
import type { OrderRequestCancel, OrderRequestOpen } from '../orders/request'
import type { Reason, TimeInForce } from './orders'
import type { BookLike } from './market-data'
import type { Decimal, Duration, Name, Side, Texts, Time } from './primitives'

/**
 * What names an order: strategy and id may be missing in a request, and are empty then; the engine makes an id.
 *
 * @example
 * import { OrderKey, type KeyInit } from 'haggle'
 * const init: KeyInit = { exchange: 'okx', instrument: 'BTC/USDT', cid: 'a-1' }
 * console.log(new OrderKey(init).cid)   // a-1
 */
export type KeyInit = OrderKey | { exchange: Name, instrument: Name, strategy?: string, cid?: string }

/**
 * The terms of an order. The prices given decide its kind: none = market, price = limit, stop / takeProfit / trail (with or without price) = conditional.
 *
 * @example
 * import { OrderRequestOpen, type OrderTermsInit } from 'haggle'
 * const terms: OrderTermsInit = { side: 'Sell', quantity: '0.5', stop: 95 }
 * console.log(new OrderRequestOpen({ ...terms, key: { exchange: 'okx', instrument: 'BTC/USDT' } }).kind)   // Stop
 */
export interface OrderTermsInit {
  side: Side
  quantity: Decimal
  price?: Decimal
  stop?: Decimal
  takeProfit?: Decimal
  /** A distance, or a percentage as `'1.5%'`. */
  trail?: Decimal
  timeInForce?: TimeInForce
  postOnly?: boolean
  reduceOnly?: boolean
}

/**
 * The kinds of orders.
 *
 * @example
 * import { OrderRequestOpen, type OrderKind } from 'haggle'
 * const kind: OrderKind = new OrderRequestOpen({ key: { exchange: 'okx', instrument: 'BTC/USDT' }, side: 'Buy', quantity: 1 }).kind
 * console.log(kind)   // Market
 */
export type OrderKind = 'Market' | 'Limit' | 'Stop' | 'StopLimit' | 'TakeProfit' | 'TakeProfitLimit' | 'TrailingStop'

/**
 * What an exchange answered to a cancel.
 *
 * @example
 * import { EngineEvent, type CancelState } from 'haggle'
 * const state: CancelState = { kind: 'Cancelled', id: '7', timeExchange: '2025-01-01T00:00:00Z' }
 * const { account } = EngineEvent.orderCancelled({ key: { exchange: 'okx', instrument: 'BTC/USDT', cid: 'a-1' }, state }) as { account?: { kind: string } }
 * console.log(account?.kind)   // OrderCancelled
 */
export type CancelState = ({ readonly kind: 'Cancelled' } & Texts<'id' | 'timeExchange'>) | { readonly kind: 'CancelRejected', readonly reason: Reason }

/**
 * An own execution as an exchange tells it. What is optional is not in messages of barter; without `feeAsset` the fee is in quote.
 *
 * @example
 * import { AccountEvent, EngineEvent, type AccountFill } from 'haggle'
 * const event = EngineEvent.fill('okx', { id: '1', orderId: '7', instrument: 'BTC/USDT', side: 'Buy', price: 100, quantity: '0.5', timeExchange: 0 })
 * if (event.kind === 'Account' && event.account.kind === 'Trade') {
 *   const fill: AccountFill = event.account.fill
 *   console.log(fill.price, fill.quantity)   // 100 0.5
 * }
 */
export interface AccountFill extends Readonly<Texts<'id' | 'orderId' | 'strategy' | 'price' | 'quantity' | 'fee' | 'timeExchange'>> {
  readonly instrument: Name
  readonly side: Side
  readonly feeAsset?: Name
  readonly cid?: string
  readonly filledQuantity?: string
  readonly liquidity?: 'Maker' | 'Taker'
}

/**
 * What an account event is about, by its kind. `Overflow`: so many events were lost. `Forced`: a test made something happen.
 *
 * @example
 * import { AccountEvent, type AccountEventOf } from 'haggle'
 * const event: AccountEventOf = AccountEvent.fromJSON({ Reconnecting: 'okx' })
 * console.log(event.kind, event.exchange)   // Reconnecting okx
 */
export type AccountEventOf =
  | { readonly kind: 'Snapshot', readonly exchange: Name, readonly snapshot: AccountSnapshot }
  | { readonly kind: 'BalanceSnapshot', readonly exchange: Name, readonly balance: AssetBalance }
  | { readonly kind: 'OrderSnapshot', readonly exchange: Name, readonly order: OrderSnapshot }
  | { readonly kind: 'OrderCancelled', readonly exchange: Name, readonly order: OrderEvent<CancelState> }
  | { readonly kind: 'Trade', readonly exchange: Name, readonly fill: AccountFill }
  | { readonly kind: 'Overflow', readonly exchange: Name, readonly lost: number | string }
  | { readonly kind: 'Forced', readonly exchange: Name, readonly what: string }
  | { readonly kind: 'Reconnecting', readonly exchange: string }

/**
 * `[price, size]`, best first.
 *
 * @example
 * import { EngineEvent, type LevelTexts } from 'haggle'
 * const event = EngineEvent.book({ symbol: 'BTC/USDT', timestamp: 0, bids: [[99, 1]], asks: [[101, 2]] })
 * if (event.kind === 'Market' && event.market.kind === 'OrderBook') {
 *   const asks: LevelTexts = event.market.book.asks
 *   console.log(asks[0]?.join())   // 101,2
 * }
 */
export type LevelTexts = readonly (readonly [price: string, size: string])[]

/** What every event of a market says beside what it is about. @inline */
type InMarket = Texts<'exchange' | 'timeExchange' | 'timeReceived'> & { readonly instrument: Name }

/**
 * What happened in a market, by its kind; amounts are canonical text.
 *
 * @example
 * import { EngineEvent, type MarketEvent } from 'haggle'
 * const priceOf = (event: MarketEvent): string | undefined => event.kind === 'Trade' ? event.trade.price : undefined
 * const event = EngineEvent.trade({ symbol: 'BTC/USDT', timestamp: 0, price: 100.5, amount: 1, side: 'buy' })
 * if (event.kind === 'Market') console.log(priceOf(event.market))   // 100.5
 */
export type MarketEvent =
  | { readonly kind: 'Reconnecting', readonly exchange: string }
  | InMarket & { readonly kind: 'Trade', readonly trade: Texts<'id' | 'price' | 'quantity'> & { readonly side: Side } }
  | InMarket & { readonly kind: 'OrderBookL1', readonly quotes: Texts<'timeExchange'> & Partial<Texts<'bid' | 'bidSize' | 'ask' | 'askSize'>> }
  | InMarket & { readonly kind: 'OrderBook', readonly book: { readonly kind: 'Snapshot' | 'Update', readonly sequence: number | string, readonly timeEngine?: string, readonly bids: LevelTexts, readonly asks: LevelTexts } }
  | InMarket & { readonly kind: 'Candle', readonly candle: Texts<'closeTime' | 'open' | 'high' | 'low' | 'close' | 'volume'> & { readonly tradeCount: number | string, readonly openTime?: string } }
  | InMarket & { readonly kind: 'Liquidation', readonly liquidation: Texts<'price' | 'quantity' | 'time'> & { readonly side: Side } }

/**
 * Which instruments a command is about; all of them where there is none.
 *
 * @example
 * import { EngineEvent, type InstrumentFilter } from 'haggle'
 * const filter: InstrumentFilter = { underlyings: [{ base: 'btc', quote: 'usdt' }] }
 * console.log(EngineEvent.cancelOrders(filter).kind)   // Command
 */
export type InstrumentFilter =
  | { readonly exchanges: readonly Name[] }
  | { readonly instruments: readonly Name[] }
  | { readonly underlyings: readonly { readonly base: Name, readonly quote: Name }[] }

/**
 * What an engine is told from outside; neither strategy nor risk are asked.
 *
 * @example
 * import { EngineEvent, type Command } from 'haggle'
 * const event = EngineEvent.closePositions({ instruments: ['BTC/USDT'] })
 * if (event.kind === 'Command') {
 *   const command: Command = event.command
 *   console.log(command.kind)   // ClosePositions
 * }
 */
export type Command =
  | { readonly kind: 'SendOpenRequests', readonly requests: readonly OrderRequestOpen[] }
  | { readonly kind: 'SendCancelRequests', readonly requests: readonly OrderRequestCancel[] }
  | { readonly kind: 'ClosePositions' | 'CancelOrders', readonly filter?: InstrumentFilter }

/**
 * Where a market event comes from, where its row does not say it: ccxt's rows know neither exchange nor arrival.
 *
 * @example
 * import { EngineEvent, type MarketOptions } from 'haggle'
 * const options: MarketOptions = { exchange: 'okx', received: 5 }
 * const event = EngineEvent.quotes({ symbol: 'BTC/USDT', timestamp: 0, bid: 99, ask: 101 }, options)
 * if (event.kind === 'Market') console.log(event.market.exchange)   // okx
 */
export interface MarketOptions {
  /** Default: what stands before the symbol (`'binance_spot:BTC/USDT'`), else `'mock'`. */
  exchange?: string
  /** When a client had it; default: its own time. */
  received?: Time
}

/**
 * The best quotes; ccxt's tickers fit.
 *
 * @example
 * import { EngineEvent, type QuoteLike } from 'haggle'
 * const quotes: QuoteLike = { symbol: 'BTC/USDT', timestamp: 0, bid: 99, bidVolume: 1, ask: 101, askVolume: 2 }
 * const event = EngineEvent.quotes(quotes)
 * if (event.kind === 'Market' && event.market.kind === 'OrderBookL1') console.log(event.market.quotes.bid)   // 99
 */
export interface QuoteLike {
  symbol?: string
  timestamp?: Time
  bid?: Decimal
  ask?: Decimal
  /** ccxt's name; `bidSize` says the same. */
  bidVolume?: Decimal
  askVolume?: Decimal
  bidSize?: Decimal
  askSize?: Decimal
}

/**
 * A book, with the venue's number of it; ccxt's order books fit.
 *
 * @example
 * import { EngineEvent, type NumberedBook } from 'haggle'
 * const book: NumberedBook = { symbol: 'BTC/USDT', timestamp: 0, bids: [[99, 0]], asks: [], nonce: 8 }
 * const event = EngineEvent.bookUpdate(book)
 * if (event.kind === 'Market' && event.market.kind === 'OrderBook') console.log(event.market.book.sequence)   // 8
 */
export type NumberedBook = BookLike & { nonce?: number | bigint }

/**
 * What a candle's row does not say.
 *
 * @example
 * import { EngineEvent, type CandleOptions } from 'haggle'
 * const options: CandleOptions = { symbol: 'BTC/USDT', timeframe: '1m' }
 * const event = EngineEvent.candle([0, 100, 104, 99, 103, 12.5], options)
 * if (event.kind === 'Market' && event.market.kind === 'Candle') console.log(event.market.candle.closeTime)   // 1970-01-01T00:01:00Z
 */
export interface CandleOptions extends MarketOptions {
  symbol: string
  /** From the row's stamp, which is its open as in ccxt, to its close. */
  timeframe: Duration
  tradeCount?: number
}

/**
 * A liquidation.
 *
 * @example
 * import { EngineEvent, type LiquidationInit } from 'haggle'
 * const liquidation: LiquidationInit = { symbol: 'BTC/USDT', timestamp: 0, side: 'sell', price: 95, quantity: 3 }
 * const event = EngineEvent.liquidation(liquidation)
 * if (event.kind === 'Market') console.log(event.market.kind)   // Liquidation
 */
export interface LiquidationInit {
  symbol: string
  timestamp: Time
  side: string
  price: Decimal
  quantity: Decimal
}

/**
 * A balance: of free, locked and total, two are enough.
 *
 * @example
 * import { EngineEvent, type BalanceInit } from 'haggle'
 * const balance: BalanceInit = { asset: 'usdt', total: 10, free: 9, timeExchange: 0 }
 * const event = EngineEvent.balance('okx', balance)
 * if (event.kind === 'Account' && event.account.kind === 'BalanceSnapshot') console.log(event.account.balance.locked)   // 1
 */
export interface BalanceInit {
  asset: Name
  free?: Decimal
  locked?: Decimal
  total?: Decimal
  timeExchange: Time
}

/**
 * An own execution, going in.
 *
 * @example
 * import { EngineEvent, type FillInit } from 'haggle'
 * const fill: FillInit = { id: '1', orderId: '7', instrument: 'BTC/USDT', side: 'Buy', price: 100, quantity: 1, fee: '0.1', timeExchange: 0 }
 * const event = EngineEvent.fill('okx', fill)
 * if (event.kind === 'Account') console.log(event.account.kind)   // Trade
 */
export interface FillInit {
  id: string
  orderId: string
  instrument: Name
  strategy?: string
  side: Side
  price: Decimal
  quantity: Decimal
  fee?: Decimal
  feeAsset?: Name
  timeExchange: Time
  cid?: string
  filledQuantity?: Decimal
  liquidity?: 'Maker' | 'Taker'
}
