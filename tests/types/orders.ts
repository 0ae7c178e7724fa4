// What the published declarations promise of orders and events. Nothing here runs.
import {
  AccountEvent, AssetBalance, EngineEvent, ExecutionInstrumentMap, OrderEvent, OrderKey, OrderRequestCancel, OrderRequestOpen, OrderSnapshot, Value,
  type CancelState, type Command, type InstrumentFilter, type MarketEvent, type OrderState, type Reason,
} from 'haggle'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
declare function same<A, B>(equal: Equal<A, B>): void

const key = new OrderKey({ exchange: 'binance_spot', instrument: 0 })
same<typeof key.instrument, string | number>(true)
// @ts-expect-error values are frozen
key.cid = 'x'
// @ts-expect-error an instrument is needed
export const noInstrument = new OrderKey({ exchange: 'okx' })

export const opens = [
  new OrderRequestOpen({ key, side: 'Buy', quantity: '1' }),
  new OrderRequestOpen({ key: { exchange: 'okx', instrument: 'BTC/USDT' }, side: 'Sell', quantity: 1n, price: 2, timeInForce: { goodUntil: 0n }, postOnly: true }),
]
// @ts-expect-error there is no such side
export const long = new OrderRequestOpen({ key, side: 'Long', quantity: 1 })
export const cancel: OrderRequestCancel = new OrderRequestCancel({ key, id: '1' })

export function ofState(event: OrderEvent): string | undefined {
  const { state } = event
  same<typeof state, OrderState>(true)
  return state.kind === 'OpenFailed' ? state.reason.details['need'] : event.filledQuantity
}

export function ofEvent(event: EngineEvent): string | number | undefined {
  switch (event.kind) {
    case 'Shutdown': return undefined
    case 'TradingStateUpdate': return event.tradingState
    case 'Command': return ofCommand(event.command)
    case 'Account': return ofAccount(event.account)
    case 'Market': return ofMarket(event.market)
  }
}

function ofCommand(command: Command): string | undefined {
  switch (command.kind) {
    case 'SendOpenRequests': return command.requests[0]?.quantity
    case 'SendCancelRequests': return command.requests[0]?.id
    default: same<typeof command.filter, InstrumentFilter | undefined>(true)
  }
  return undefined
}

function ofAccount(event: AccountEvent): string | number {
  switch (event.kind) {
    case 'Snapshot': return event.snapshot.orders.length
    case 'BalanceSnapshot': same<typeof event.balance, AssetBalance>(true); return event.balance.free
    case 'OrderSnapshot': same<typeof event.order, OrderSnapshot>(true); return event.order.quantity
    case 'OrderCancelled': return ofCancel(event.order.state)
    case 'Trade': return event.fill.price
    case 'Overflow': return event.lost
    case 'Forced': return event.what
    case 'Reconnecting': return event.exchange
  }
}

function ofCancel(state: CancelState): string {
  const reason = (of: Reason): string => of.code
  return state.kind === 'Cancelled' ? state.timeExchange : reason(state.reason)
}

function ofMarket(event: MarketEvent): string | undefined {
  switch (event.kind) {
    case 'Trade': return event.trade.price
    case 'OrderBookL1': return event.quotes.bid
    case 'OrderBook': return event.book.bids[0]?.[0]
    case 'Candle': return event.candle.close
    case 'Liquidation': return event.liquidation.price
    case 'Reconnecting': return event.exchange
  }
}

// ccxt's shapes go in as they are.
declare const ccxtTrade: { symbol: string, timestamp: number, price: number, amount: number, side: 'buy' | 'sell', id: string, info: unknown }
declare const ccxtBook: { symbol: string, timestamp: number, bids: [number, number][], asks: [number, number][], nonce: number, datetime: string }
declare const ccxtTicker: { symbol: string, timestamp: number, bid: number, bidVolume: number, ask: number, askVolume: number, last: number }
export const events: EngineEvent[] = [
  EngineEvent.trade(ccxtTrade), EngineEvent.book(ccxtBook, { exchange: 'okx' }), EngineEvent.quotes(ccxtTicker, { received: 0n }),
  EngineEvent.candle([0, 1, 2, 3, 4, 5], { symbol: 'BTC/USDT', timeframe: '1m' }), EngineEvent.closePositions({ instruments: [0, 'ETH/USDT'] }),
]
// @ts-expect-error one filter at a time is an object with one of three names
EngineEvent.cancelOrders({ symbols: [] })
// @ts-expect-error events come from factories and fromJSON()
export const made = new EngineEvent()
// @ts-expect-error balances come from fromJSON()
export const made2 = new AssetBalance()

const map = new ExecutionInstrumentMap('okx', ['BTC/USDT'])
same<ReturnType<typeof map.named<OrderKey>>, OrderKey>(true)
export const named: EngineEvent = map.named(events[0]!)
export const values: Value[] = [key, cancel, map, named]
