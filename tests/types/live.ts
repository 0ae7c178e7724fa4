// What the published declarations promise of live systems and their audits. Nothing here runs.
import {
  AuditTick, AuditUpdates, diffAudit, EngineEvent, MarketData, OrderRequestCancel, OrderRequestOpen, OrderSnapshot, startSystem, SystemConfig, SystemHandle, Value,
  type AmendOutput, type AssetBalance, type AuditDifference, type AuditTickOf, type BacktestRun, type ClosedTrade, type EngineOutput, type Feedable, type FeedOptions,
  type Reason, type ReplicaState, type Sent, type SystemOptions, type SystemState,
} from 'haggle'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
declare function same<A, B>(equal: Equal<A, B>): void
declare const request: OrderRequestOpen
declare const cancel: OrderRequestCancel
declare const data: MarketData

// start
export const options: SystemOptions[] = [
  {}, { clock: 'wall' }, { clock: 'manual', start: '2025-01-01', balances: { USDT: '1000' }, tradingEnabled: false, seed: 7 },
  { strategy: { onTrade(ctx) { ctx.buy(1) } }, risk: { maxDrawdown: 0.1 }, id: 'mm' },
  { strategy: () => ({ native: 'smaCross', fast: 5, slow: 10 }), summaryInterval: 'Daily', sampleInterval: '1m', reportingAsset: 'USDT' },
]
export const system: SystemHandle = startSystem({ instruments: ['BTC/USDT'] })
export const second = startSystem(new SystemConfig({ instruments: ['BTC/USDT'] }), options[0])
// @ts-expect-error a config is needed
startSystem()
// @ts-expect-error a system has no market data of its own
startSystem({ instruments: ['BTC/USDT'] }, { marketData: data })
// @ts-expect-error no such clock
export const clock: SystemOptions = { clock: 'virtual' }
// @ts-expect-error a rate belongs to the summary
export const rate: SystemOptions = { riskFreeReturn: 0.01 }
// @ts-expect-error at its end nothing is closed by itself
export const close: SystemOptions = { closeAtEnd: true }
// @ts-expect-error handles come from startSystem
export const made: SystemHandle = {}

// feed
declare const ccxtTrade: { symbol: string, timestamp: number, price: number, amount: number, side: 'buy' | 'sell', id: string, info: unknown }
declare const ccxtBook: { symbol: string, timestamp: number, bids: [number, number][], asks: [number, number][], nonce: number, datetime: string }
declare const ccxtTicker: { symbol: string, timestamp: number, bid: number, bidVolume: number, ask: number, askVolume: number, last: number }
export const rows: Feedable[] = [ccxtTrade, ccxtBook, ccxtTicker, [0, 1, 2, 3, 4, 5], EngineEvent.trade(ccxtTrade)]
export const feed: FeedOptions = { symbol: 'BTC/USDT', timeframe: '1m', exchange: 'okx', received: 0n }
export const fed: number[] = [
  system.feedEvents(data), system.feedEvents(rows), system.feedEvents(new Set(rows)), system.feedEvents(ccxtTrade), system.feedEvents([0, 1, 2, 3, 4, 5], feed),
]
// @ts-expect-error a text is no row
export const text: Feedable = '{"price":1}'
// @ts-expect-error rows are objects or lists of numbers
system.feedEvents(5)
// @ts-expect-error a unit is needed
system.feedEvents(rows, { timeframe: '1' })

// send: synchronous, without a result
same<ReturnType<typeof system.sendEvent>, void>(true)
system.sendEvent(EngineEvent.shutdown())
system.sendOpenRequests(request, request)
system.sendCancelRequests(cancel)
system.closePositions()
system.cancelOrders({ exchanges: ['okx'] })
system.setTradingEnabled(false)
system.advance('1s')
// @ts-expect-error an event is not a row
system.sendEvent(ccxtTrade)
// @ts-expect-error opens and cancels have calls of their own
system.sendOpenRequests(cancel)
// @ts-expect-error an order is sent by a request
system.sendCancelRequests('a-1')
// @ts-expect-error a clock moves by a length of time
system.advance(new Date())
// @ts-expect-error on or off
system.setTradingEnabled('Enabled')
// @ts-expect-error it says whether it runs, and is not told
system.isRunning = false

// state
same<ReturnType<typeof system.state>, SystemState>(true)
same<SystemState['orders'], readonly OrderSnapshot[]>(true)
same<SystemState['balances'], readonly AssetBalance[]>(true)
same<SystemState['positions'], Readonly<Record<string, string>>>(true)
same<SystemState['equity'], number>(true)
// @ts-expect-error before the first tick there is no number
export const sequence: number = system.state().sequence
// @ts-expect-error a state is what it was
system.state().equity = 1

// end
same<ReturnType<typeof system.shutdown>, Promise<void>>(true)
same<ReturnType<typeof system.abort>, Promise<void>>(true)
same<ReturnType<typeof system.shutdownWithSummary>, Promise<BacktestRun>>(true)
export async function end(): Promise<void> {
  await using scoped = startSystem({ instruments: ['BTC/USDT'] })
  await scoped.shutdown({ openOrders: 'keep' })
  await scoped.shutdownWithSummary('0.05')
  // @ts-expect-error cancel or keep
  await scoped.shutdown({ openOrders: 'close' })
}
// @ts-expect-error its end takes time: `await using`
export function endAtOnce(): void { using scoped = startSystem({ instruments: ['BTC/USDT'] }); scoped.state() }

// audit
export async function audit(): Promise<void> {
  const updates = system.takeAudit()
  same<typeof updates, AuditUpdates>(true)
  same<ReturnType<typeof updates.tryRecv>, AuditTick | undefined>(true)
  same<ReturnType<typeof updates.recv>, Promise<AuditTick | undefined>>(true)
  same<ReturnType<typeof updates.save>, Promise<number>>(true)
  same<ReturnType<typeof updates.state>, ReplicaState>(true)
  const isStale: boolean = updates.state().isStale
  const plain: SystemState = updates.state()
  for await (const tick of updates) use(ofTick(tick), isStale, plain)
  await updates.recv('5s')
  // @ts-expect-error a unit is needed
  await updates.recv('5')
  // @ts-expect-error ticks are awaited
  for (const tick of updates) use(tick)
}
declare function use(...values: unknown[]): void
// @ts-expect-error the fields of a tick depend on its kind
export const event = (tick: AuditTick) => tick.event
// @ts-expect-error updates come from takeAudit()
export const own: AuditUpdates = { recv: async () => undefined, tryRecv: () => undefined }
// @ts-expect-error ticks come from fromJSON() and systems
export const tick = new AuditTick()
export const read: Value = AuditTick.fromJSON('{}')

function ofTick(tick: AuditTick): string | number | EngineOutput[] {
  same<typeof tick.sequence, number>(true)
  same<typeof tick.time, string>(true)
  same<AuditTick['kind'], AuditTickOf['kind']>(true)
  switch (tick.kind) {
    case 'Process': same<typeof tick.event, EngineEvent>(true); return tick.outputs.map((output) => { ofOutput(output); return output })
    case 'Gap': return tick.lost
    case 'FeedEnded': return tick.time
  }
}

export function ofOutput(output: EngineOutput): string {
  switch (output.kind) {
    case 'Commanded': case 'AlgoOrders':
      same<typeof output.opens, Sent<OrderRequestOpen>>(true)
      same<typeof output.cancels, Sent<OrderRequestCancel>>(true)
      same<typeof output.amends, readonly AmendOutput[] | undefined>(true)
      for (const error of output.opens.errors) { same<typeof error.request, OrderRequestOpen>(true); same<typeof error.reason, Reason>(true) }
      return output.amends?.[0]?.price ?? output.opens.sent[0]?.quantity ?? output.cancels.sent[0]?.id ?? ''
    case 'PositionExit': same<typeof output.trade, ClosedTrade>(true); return output.trade.pnl
    case 'AccountDisconnect': case 'MarketDisconnect': return output.exchange
  }
}
// @ts-expect-error only a closed position has a round trip
export const trade = (output: EngineOutput) => output.trade
// @ts-expect-error there is no such output
export const kind: EngineOutput['kind'] = 'Filled'

// differences
same<ReturnType<typeof diffAudit>, AuditDifference | undefined>(true)
export const difference = diffAudit('left.jsonl', new URL('file:///right.jsonl'))
// @ts-expect-error equal audits have no difference
export const line: number = difference.line
// @ts-expect-error audits are compared as they were saved
diffAudit(system.takeAudit(), 'right.jsonl')
