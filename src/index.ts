/// <reference lib="esnext.disposable" preserve="true" />
export { errorTable, HaggleError, type ErrorCode, type ErrorDetails, type ErrorEntry } from './errors'
export { Value } from './value'
export { WireValue } from './orders/wire'
export { OrderKey } from './orders/key'
export { OrderRequestCancel, OrderRequestOpen } from './orders/request'
export { OrderEvent, OrderSnapshot } from './orders/event'
export { AccountEvent, AccountSnapshot, AssetBalance, type AccountEventValue } from './orders/account'
export { ExecutionInstrumentMap } from './orders/instrument-map'
export { EngineEvent, type EngineEventOf, type EngineEventValue } from './events/engine-event'
export type {
  AccountEventOf, AccountFill, BalanceInit, CancelState, CandleOptions, Command, FillInit, InstrumentFilter, KeyInit, LevelTexts, LiquidationInit, MarketEvent,
  MarketOptions, NumberedBook, OrderKind, OrderTermsInit, QuoteLike,
} from './types/events'
export { MockExecutionClient } from './client/client'
export { StrategyTest, testStrategy } from './client/test-strategy'
export { hasBalance, hasFilled, hasOpenOrder, hasPosition } from './client/predicates'
export type {
  BalanceToHave, Failure, FailureOptions, FillToHave, LimitOrderOptions, MockExecutionConfig, MockOptions, OrderToHave, SpotOptions, StrategyTestOptions, Ticker, Verdict,
} from './types/client'

export { startSystem, SystemHandle } from './live/system'
export { AuditUpdates, diffAudit } from './live/audit'
export { AuditTick, type AuditTickValue } from './live/audit-tick'
export type { Feedable } from './live/rows'
export type { AmendOutput, AuditDifference, AuditTickOf, EngineOutput, FeedOptions, ReplicaState, Sent, SystemOptions, SystemState } from './types/live'

export { backtest, backtestSync } from './backtest'
export { runBacktests, runBacktestsSync } from './batch'
export type { BacktestArgsConstant, BacktestArgsDynamic, RunOptions } from './types/backtest'

export { MarketData } from './market-data'
export { sampleData } from './sample-data'
export { SystemConfig } from './system-config'

export { BacktestRun } from './results/run'
export { MultiBacktestSummary } from './results/multi'
export { BacktestSummary, type OrderCounts, type TradingSummary } from './results/summary'
export type { TearSheet } from './results/tear-sheet'
export type { Table } from './table/table'
export { consoleProgress, type ProgressStream } from './print/progress'

export type { Balances, Decimal, Duration, Json, Name, Numbers, Side, Texts, Time } from './types/primitives'
export type { ExecutionInit, FeesInit, FillsInit, InstrumentInit, LatencyInit, SystemConfigInit } from './types/config'
export type { InstrumentRiskLimits, OrderToCheck, RiskCheck, RiskLimits } from './types/risk'
export type { BookLike, Hole, Levels, LoadOptions, LoadSource, MarketDataRow, ReadOptions, SharedMarketData, TradeLike } from './types/market-data'
export type { Order, OrderState, Placed, Reason, TimeInForce } from './types/orders'
export type { ClosedTrade, EquityPoint, Fill } from './types/results'
export type {
  Bar, Book, Change, Context, Market, NativeStrategy, OrderOptions, PublicTrade, Size, Strategy, StrategyInput,
} from './types/strategy'
export type { EntrySignals, SignalArrays, SignalFlags, Signals, TargetSignals } from './types/signals'
