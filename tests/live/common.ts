import {
  EngineEvent, OrderRequestCancel, OrderRequestOpen, startSystem,
  type AuditTick, type AuditUpdates, type EngineOutput, type OrderTermsInit, type SystemConfigInit, type SystemHandle, type SystemOptions,
} from '../../src/index'

/** 2024-01-01, in milliseconds. */
export const START = 1_704_067_200_000

/** A/B on ticks of 0.1 and lots of 0.01, without latency and fees. */
export const CONFIG: SystemConfigInit = {
  exchange: 'mock', instruments: [{ symbol: 'A/B', tickSize: '0.1', lotSize: '0.01' }], latency: 0, fees: { maker: 0, taker: 0 },
}

/** Who trades: nobody, so that the engine runs on the runtime, or a silent strategy, so that it runs on this thread. */
export const SEATS = ['runtime', 'here'] as const
export type Seat = (typeof SEATS)[number]

/** A system by a manual clock from {@link START}. */
export function open(seat: Seat, options: SystemOptions = {}, config: SystemConfigInit = CONFIG): SystemHandle {
  const strategy = seat === 'here' ? { onTimer() {} } : undefined
  return startSystem(config, { clock: 'manual', start: START, balances: { A: 10, B: 10_000 }, ...(strategy && { strategy }), ...options })
}

/** The best quotes at so many milliseconds after the start. */
export function quotes(at: number, bid = 99.9, ask = 100.1, size = 10): EngineEvent {
  return EngineEvent.quotes({ symbol: 'A/B', timestamp: START + at, bid, ask, bidSize: size, askSize: size })
}

/** A print. */
export function print(at: number, price: number, amount = 1, side: 'buy' | 'sell' = 'buy'): EngineEvent {
  return EngineEvent.trade({ symbol: 'A/B', timestamp: START + at, price, amount, side })
}

/** A request to open an order. */
export function order(cid: string, terms: Partial<OrderTermsInit> = {}): OrderRequestOpen {
  return new OrderRequestOpen({ key: { exchange: 'mock', instrument: 'A/B', strategy: 'desk', cid }, side: 'Buy', quantity: '1', ...terms })
}

/** A request to cancel it. */
export function cancel(cid: string, id?: string): OrderRequestCancel {
  return new OrderRequestCancel({ key: { exchange: 'mock', instrument: 'A/B', strategy: 'desk', cid }, ...(id !== undefined && { id }) })
}

/** All ticks that wait once what was sent before has been handled. */
export function drain(audit: AuditUpdates, system: SystemHandle): AuditTick[] {
  if (system.isRunning) system.state()
  const ticks: AuditTick[] = []
  for (let tick = audit.tryRecv(); tick !== undefined; tick = audit.tryRecv()) ticks.push(tick)
  return ticks
}

/** What the engine did, of all ticks that wait. */
export function outputs(audit: AuditUpdates, system: SystemHandle): EngineOutput[] {
  return drain(audit, system).flatMap((tick) => (tick.kind === 'Process' ? tick.outputs : []))
}
