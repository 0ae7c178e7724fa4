import { AccountEvent, AccountSnapshot, EngineEvent, OrderRequestCancel, OrderRequestOpen, OrderSnapshot, type OrderState } from '../../src/index'

/** The key of all orders here. */
export const KEY = { exchange: 'binance_spot', instrument: 'BTC/USDT', strategy: 'mm', cid: 'a-1' }
export const TIME = '2025-01-01T00:00:01.000000001Z'
const PLACED = { id: '7', timeExchange: TIME, filledQuantity: '0.5' }
const PLACED_JSON = { id: '7', time_exchange: TIME, filled_quantity: '0.5' }

/** Every state with barter's JSON of it, and whether the order may still be filled. */
export const STATES: readonly (readonly [state: OrderState, json: object, isActive: boolean])[] = [
  [{ kind: 'OpenInFlight' }, { Active: { OpenInFlight: null } }, true],
  [{ kind: 'Open', ...PLACED }, { Active: { Open: PLACED_JSON } }, true],
  [{ kind: 'CancelInFlight', order: null }, { Active: { CancelInFlight: { order: null } } }, true],
  [{ kind: 'CancelInFlight', order: PLACED }, { Active: { CancelInFlight: { order: PLACED_JSON } } }, true],
  [{ kind: 'Cancelled', id: '7', timeExchange: TIME }, { Inactive: { Cancelled: { id: '7', time_exchange: TIME } } }, false],
  [{ kind: 'FullyFilled' }, { Inactive: 'FullyFilled' }, false],
  [{ kind: 'Expired' }, { Inactive: 'Expired' }, false],
  ...REASONS().map(([reason, json]) => [{ kind: 'OpenFailed', reason }, { Inactive: { OpenFailed: json } }, false] as const),
]

function REASONS() {
  const reason = (code: string, message: string, details: Record<string, string> = {}) => ({ code, message, details })
  const post = 'a post-only order would have taken'
  return [
    [reason('AssetInvalid', 'gone', { asset: 'XYZ' }), { Rejected: { AssetInvalid: ['XYZ', 'gone'] } }],
    [reason('InstrumentInvalid', 'gone', { instrument: 'XYZ/USDT' }), { Rejected: { InstrumentInvalid: ['XYZ/USDT', 'gone'] } }],
    [reason('RateLimit', 'too many requests'), { Rejected: 'RateLimit' }],
    [reason('BalanceInsufficient', 'poor', { asset: 'USDT' }), { Rejected: { BalanceInsufficient: ['USDT', 'poor'] } }],
    [reason('BalanceInsufficient', 'the free balance does not cover the order', { asset: 'USDT', need: '10.5', free: '1' }),
      { Rejected: { BalanceInsufficient: ['USDT', 'need=10.5 free=1'] } }],
    [reason('OrderRejected', 'no'), { Rejected: { OrderRejected: 'no' } }],
    [reason('PostOnlyWouldTake', post, { price: '2', best: '1' }), { Rejected: { OrderRejected: 'PostOnlyWouldTake price=2 best=1' } }],
    [reason('PostOnlyWouldTake', post), { Rejected: { OrderRejected: 'PostOnlyWouldTake' } }],
    [reason('OrderAlreadyCancelled', 'the order has already been cancelled or has expired'), { Rejected: 'OrderAlreadyCancelled' }],
    [reason('OrderAlreadyFullyFilled', 'the order has already been filled'), { Rejected: 'OrderAlreadyFullyFilled' }],
    [reason('ExchangeOffline', 'the exchange is offline', { exchange: 'okx' }), { Connectivity: { ExchangeOffline: 'okx' } }],
    [reason('Timeout', 'the exchange did not answer in time'), { Connectivity: 'Timeout' }],
    [reason('Socket', 'broken pipe'), { Connectivity: { Socket: 'broken pipe' } }],
  ] as const
}

const open = new OrderRequestOpen({ key: KEY, side: 'Buy', quantity: '2', price: '100.50', postOnly: true })
const cancel = new OrderRequestCancel({ key: KEY, id: '7' })
const market = { symbol: 'binance_spot:BTC/USDT', timestamp: 1_735_689_600_000 }
const order = new OrderSnapshot({ key: KEY, side: 'Sell', quantity: 1, price: 2, state: { kind: 'Open', ...PLACED } })
const snapshot = AccountSnapshot.fromJSON({
  exchange: 'binance_spot',
  balances: [{ asset: 'USDT', balance: { total: '10', free: '9.5' }, time_exchange: TIME }],
  instruments: [{ instrument: 'BTC/USDT', orders: [order.toJSON()] }],
})

/** Every engine event: its name, the event, and where barter's variant stands in its JSON. */
export const EVENTS: readonly (readonly [name: string, event: EngineEvent, path: readonly string[]])[] = [
  ['shutdown', EngineEvent.shutdown(), ['Shutdown']],
  ['trading on', EngineEvent.tradingState(true), ['TradingStateUpdate']],
  ['trading off', EngineEvent.tradingState('Disabled'), ['TradingStateUpdate']],
  ['trade', EngineEvent.trade({ ...market, price: 87232.01, amount: '0.50', side: 'buy', id: '9' }, { received: 1_735_689_600_131n * 1_000_000n + 1n }), ['Market', 'Item', 'kind', 'Trade']],
  ['quotes', EngineEvent.quotes({ ...market, bid: 1, bidVolume: 2, ask: 3, askSize: 4 }), ['Market', 'Item', 'kind', 'OrderBookL1']],
  ['one-sided quotes', EngineEvent.quotes({ ...market, bid: 1, bidVolume: 2 }), ['Market', 'Item', 'kind', 'OrderBookL1']],
  ['book', EngineEvent.book({ ...market, bids: [[2, 1], ['1.5', 3]], asks: [[3, 1]], nonce: 5 }), ['Market', 'Item', 'kind', 'OrderBook', 'Snapshot']],
  ['book update', EngineEvent.bookUpdate({ ...market, bids: [[2, 0]], asks: [] }), ['Market', 'Item', 'kind', 'OrderBook', 'Update']],
  ['candle', EngineEvent.candle([1_735_689_600_000, 1, 3, 0.5, 2, 10], { symbol: 'BTC/USDT', timeframe: '1m', exchange: 'binance_spot' }), ['Market', 'Item', 'kind', 'Candle']],
  ['liquidation', EngineEvent.liquidation({ ...market, side: 'sell', price: 1, quantity: 2 }), ['Market', 'Item', 'kind', 'Liquidation']],
  ['market reconnecting', EngineEvent.marketReconnecting('binance_spot'), ['Market', 'Reconnecting']],
  ['account reconnecting', EngineEvent.accountReconnecting('binance_spot'), ['Account', 'Reconnecting']],
  ['account snapshot', EngineEvent.accountSnapshot(snapshot), ['Account', 'Item', 'kind', 'Snapshot']],
  ['balance', EngineEvent.balance('binance_spot', { asset: 'USDT', free: '9.5', locked: '0.5', timeExchange: TIME }), ['Account', 'Item', 'kind', 'BalanceSnapshot']],
  ['order snapshot', EngineEvent.orderSnapshot(order), ['Account', 'Item', 'kind', 'OrderSnapshot']],
  ['order cancelled', EngineEvent.orderCancelled({ key: KEY, state: { kind: 'Cancelled', id: '7', timeExchange: TIME } }), ['Account', 'Item', 'kind', 'OrderCancelled']],
  ['cancel refused', EngineEvent.orderCancelled({ key: KEY, state: { kind: 'CancelRejected', reason: { code: 'OrderUnknown', message: '', details: {} } } }), ['Account', 'Item', 'kind', 'OrderCancelled']],
  ['fill', EngineEvent.fill('binance_spot', { id: '1', orderId: '7', instrument: 'BTC/USDT', strategy: 'mm', side: 'Buy', price: 2, quantity: '0.10', fee: '-0.01', timeExchange: TIME }), ['Account', 'Item', 'kind', 'Trade']],
  ['whole fill', EngineEvent.fill('binance_spot', { id: '1', orderId: '7', instrument: 'BTC/USDT', side: 'Buy', price: 2, quantity: 1, feeAsset: 'BNB', timeExchange: TIME, cid: 'a-1', filledQuantity: 1, liquidity: 'Maker' }), ['Account', 'Item', 'kind', 'Trade']],
  ['overflow', EngineEvent.overflow('binance_spot', 3), ['Account', 'Item', 'kind', 'Overflow']],
  ['forced', EngineEvent.forced('binance_spot', 'fillOrder'), ['Account', 'Item', 'kind', 'Forced']],
  ['account event', EngineEvent.account(AccountEvent.fromJSON({ exchange: 0, kind: { Overflow: 1 } })), ['Account', 'Item', 'kind', 'Overflow']],
  ['open requests', EngineEvent.sendOpenRequests(open), ['Command', 'SendOpenRequests', 'One']],
  ['several open requests', EngineEvent.sendOpenRequests(open, new OrderRequestOpen({ key: KEY, side: 'Sell', quantity: 1 })), ['Command', 'SendOpenRequests', 'Many']],
  ['cancel requests', EngineEvent.sendCancelRequests(cancel), ['Command', 'SendCancelRequests', 'One']],
  ['close all', EngineEvent.closePositions(), ['Command', 'ClosePositions']],
  ['close on an exchange', EngineEvent.closePositions({ exchanges: ['binance_spot'] }), ['Command', 'ClosePositions', 'Exchanges', 'One']],
  ['cancel on instruments', EngineEvent.cancelOrders({ instruments: ['BTC/USDT', 1] }), ['Command', 'CancelOrders', 'Instruments', 'Many']],
  ['cancel on underlyings', EngineEvent.cancelOrders({ underlyings: [{ base: 'BTC', quote: 'USDT' }] }), ['Command', 'CancelOrders', 'Underlyings', 'One']],
]
