import type { AccountSnapshot, AssetBalance } from '../orders/account'
import type { OrderEvent, OrderSnapshot } from '../orders/event'
import type { OrderKey } from '../orders/key'
import type { OrderRequestCancel, OrderRequestOpen } from '../orders/request'
import type { Reason, TimeInForce } from './orders'
import type { BookLike } from './market-data'
import type { Decimal, Duration, Name, Side, Texts, Time } from './primitives'

/** What names an order: strategy and id may be missing in a request, and are empty then; the engine makes an id. */
export type KeyInit = OrderKey | { exchange: Name, instrument: Name, strategy?: string, cid?: string }

/** The terms of an order. The prices given decide its kind: none = market, price = limit, stop / takeProfit / trail (with or without price) = conditional. */
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

/** The kinds of orders. */
export type OrderKind = 'Market' | 'Limit' | 'Stop' | 'StopLimit' | 'TakeProfit' | 'TakeProfitLimit' | 'TrailingStop'

/** What an exchange answered to a cancel. */
export type CancelState = ({ readonly kind: 'Cancelled' } & Texts<'id' | 'timeExchange'>) | { readonly kind: 'CancelRejected', readonly reason: Reason }

/** An own execution as an exchange tells it. What is optional is not in messages of barter; without `feeAsset` the fee is in quote. */
export interface AccountFill extends Readonly<Texts<'id' | 'orderId' | 'strategy' | 'price' | 'quantity' | 'fee' | 'timeExchange'>> {
  readonly instrument: Name
  readonly side: Side
  readonly feeAsset?: Name
  readonly cid?: string
  readonly filledQuantity?: string
  readonly liquidity?: 'Maker' | 'Taker'
}

/** What an account event is about, by its kind. `Overflow`: so many events were lost. `Forced`: a test made something happen. */
export type AccountEventOf =
  | { readonly kind: 'Snapshot', readonly exchange: Name, readonly snapshot: AccountSnapshot }
  | { readonly kind: 'BalanceSnapshot', readonly exchange: Name, readonly balance: AssetBalance }
  | { readonly kind: 'OrderSnapshot', readonly exchange: Name, readonly order: OrderSnapshot }
  | { readonly kind: 'OrderCancelled', readonly exchange: Name, readonly order: OrderEvent<CancelState> }
  | { readonly kind: 'Trade', readonly exchange: Name, readonly fill: AccountFill }
  | { readonly kind: 'Overflow', readonly exchange: Name, readonly lost: number | string }
  | { readonly kind: 'Forced', readonly exchange: Name, readonly what: string }
  | { readonly kind: 'Reconnecting', readonly exchange: string }

/** `[price, size]`, best first. */
export type LevelTexts = readonly (readonly [price: string, size: string])[]

type InMarket = Texts<'exchange' | 'timeExchange' | 'timeReceived'> & { readonly instrument: Name }

/** What happened in a market, by its kind; amounts are canonical text. */
export type MarketEvent =
  | { readonly kind: 'Reconnecting', readonly exchange: string }
  | InMarket & { readonly kind: 'Trade', readonly trade: Texts<'id' | 'price' | 'quantity'> & { readonly side: Side } }
  | InMarket & { readonly kind: 'OrderBookL1', readonly quotes: Texts<'timeExchange'> & Partial<Texts<'bid' | 'bidSize' | 'ask' | 'askSize'>> }
  | InMarket & { readonly kind: 'OrderBook', readonly book: { readonly kind: 'Snapshot' | 'Update', readonly sequence: number | string, readonly timeEngine?: string, readonly bids: LevelTexts, readonly asks: LevelTexts } }
  | InMarket & { readonly kind: 'Candle', readonly candle: Texts<'closeTime' | 'open' | 'high' | 'low' | 'close' | 'volume'> & { readonly tradeCount: number | string, readonly openTime?: string } }
  | InMarket & { readonly kind: 'Liquidation', readonly liquidation: Texts<'price' | 'quantity' | 'time'> & { readonly side: Side } }

/** Which instruments a command is about; all of them where there is none. */
export type InstrumentFilter =
  | { readonly exchanges: readonly Name[] }
  | { readonly instruments: readonly Name[] }
  | { readonly underlyings: readonly { readonly base: Name, readonly quote: Name }[] }

/** What an engine is told from outside; neither strategy nor risk are asked. */
export type Command =
  | { readonly kind: 'SendOpenRequests', readonly requests: readonly OrderRequestOpen[] }
  | { readonly kind: 'SendCancelRequests', readonly requests: readonly OrderRequestCancel[] }
  | { readonly kind: 'ClosePositions' | 'CancelOrders', readonly filter?: InstrumentFilter }

/** Where a market event comes from, where its row does not say it: ccxt's rows know neither exchange nor arrival. */
export interface MarketOptions {
  /** Default: what stands before the symbol (`'binance_spot:BTC/USDT'`), else `'mock'`. */
  exchange?: string
  /** When a client had it; default: its own time. */
  received?: Time
}

/** The best quotes; ccxt's tickers fit. */
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

/** A book, with the venue's number of it; ccxt's order books fit. */
export type NumberedBook = BookLike & { nonce?: number | bigint }

/** What a candle's row does not say. */
export interface CandleOptions extends MarketOptions {
  symbol: string
  /** From the row's stamp, which is its open as in ccxt, to its close. */
  timeframe: Duration
  tradeCount?: number
}

/** A liquidation. */
export interface LiquidationInit {
  symbol: string
  timestamp: Time
  side: string
  price: Decimal
  quantity: Decimal
}

/** A balance: of free, locked and total, two are enough. */
export interface BalanceInit {
  asset: Name
  free?: Decimal
  locked?: Decimal
  total?: Decimal
  timeExchange: Time
}

/** An own execution, going in. */
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
