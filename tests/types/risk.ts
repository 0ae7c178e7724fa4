// What limits can be, and what a check sees and answers. Nothing here runs.
import type { BacktestArgsDynamic, InstrumentRiskLimits, OrderToCheck, RiskCheck, RiskLimits } from 'haggle'

export const limits: RiskLimits[] = [
  {},
  { maxQuantity: 1, maxNotional: '1000', maxPosition: 5n, maxOpenOrders: 3, priceCollar: '0.01', excess: 'shrink' },
  { maxOrderRate: { orders: 10, per: '1s' }, maxDrawdown: '0.05', onDrawdown: 'close', drawdownInterval: '5s' },
  { instruments: { 'BTC/USDT': { maxQuantity: 1 } }, check: () => true },
]
export const dynamic: BacktestArgsDynamic = { risk: limits[0]! }
// @ts-expect-error a misspelt limit
export const misspelt: RiskLimits = { maxNotinal: 1 }
// @ts-expect-error a drawdown is the whole account's
export const drawdown: InstrumentRiskLimits = { maxDrawdown: 0.1 }
// @ts-expect-error a rate needs its time
export const rate: RiskLimits = { maxOrderRate: { orders: 1 } }
export const checks: RiskCheck[] = [
  (order) => order.side === 'Buy',
  (order, ctx) => (ctx.position > 1 ? `enough of ${order.symbol}` : { quantity: '0.1' }),
]
// @ts-expect-error an order waits for it
export const late: RiskCheck = async () => true
export const notional = ({ price, quantity }: OrderToCheck): number => Number(price ?? 0) * Number(quantity ?? 0)
