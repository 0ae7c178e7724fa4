/*
 * What a running strategy and the core agree on: slots of the memory that they share, in units of 8 bytes, codes in them, and codes in the
 * columns of a result. A mirror of `crates/node/src/layout.rs`, name by name; a test compares the two as a whole.
 */

/** Commands waiting; {@link FULL} while no callback is running, so that an order from elsewhere is refused. @internal */
export const COUNT = 0
/** The clock in milliseconds. @internal */
export const NOW = 1
/** The clock in nanoseconds (integer). @internal */
export const NOW_NS = 2
/** Index of the event's instrument. @internal */
export const INSTRUMENT = 3
/** Worth of everything in the reporting asset. @internal */
export const EQUITY = 4
/** Number of the next order. @internal */
export const NEXT_ORDER = 5
/** Above zero while requests are refused: the reason's number. @internal */
export const REFUSES = 6
/** Bytes of text in the text area. @internal */
export const TEXT_LENGTH = 7
/** First slot of what the event says. @internal */
export const EVENT = 16
/** First slot of a copy of the event's market, so that the most read fields stand at fixed slots. @internal */
export const CURRENT = 32
/** Slots of the header. @internal */
export const HEADER = 48
/** Slots per instrument. @internal */
export const MARKET = 16
/** Slots per asset. @internal */
export const ASSET = 3
/** Slots per command. @internal */
export const COMMAND = 8
/** Commands per callback. @internal */
export const COMMANDS_MAX = 1024
/** Slots of text. @internal */
export const TEXT = 128
/** The count while no callback is running. @internal */
export const FULL = 1e9

/** Within a market: the best bid, and its size. @internal */
export const BID = 0
/** @internal */
export const BID_SIZE = 1
/** The best ask, and its size. @internal */
export const ASK = 2
/** @internal */
export const ASK_SIZE = 3
/** The last trade's price. @internal */
export const LAST = 4
/** What the position is valued at. @internal */
export const MARK = 5
/** The signed position, and its average price. @internal */
export const POSITION = 6
/** @internal */
export const ENTRY_PRICE = 7
/** The position in whole lots. @internal */
export const POSITION_LOTS = 8
/** Slots of a market that are in use. @internal */
export const SHOWN = 9

/** Within an asset: what there is of it in all. @internal */
export const TOTAL = 0
/** What no order holds. @internal */
export const FREE = 1
/** What orders hold. @internal */
export const LOCKED = 2

/** Of a trade, from {@link EVENT} on. @internal */
export const TRADE_TIME = EVENT
/** @internal */
export const TRADE_PRICE = EVENT + 1
/** @internal */
export const TRADE_QUANTITY = EVENT + 2
/** @internal */
export const TRADE_SIDE = EVENT + 3

/** Of a bar. @internal */
export const BAR_TIME = EVENT
/** @internal */
export const BAR_CLOSE_TIME = EVENT + 1
/** @internal */
export const BAR_OPEN = EVENT + 2
/** @internal */
export const BAR_HIGH = EVENT + 3
/** @internal */
export const BAR_LOW = EVENT + 4
/** @internal */
export const BAR_CLOSE = EVENT + 5
/** @internal */
export const BAR_VOLUME = EVENT + 6

/** Of a timer: the index of its tag. @internal */
export const TIMER_EVENT_TAG = EVENT

/** Of an event of an own order: the order's number, and which event. @internal */
export const ORDER_NUMBER = EVENT
/** @internal */
export const ORDER_EVENT_KIND = EVENT + 1
/** When it happened (integer); not of `Sent`. @internal */
export const ORDER_TIME = EVENT + 2
/** Of a fill (integers): ticks, lots, lots of the order filled so far, lots of the order. @internal */
export const FILL_PRICE = EVENT + 3
/** @internal */
export const FILL_QUANTITY = EVENT + 4
/** @internal */
export const FILL_FILLED = EVENT + 5
/** @internal */
export const FILL_ORDER_QUANTITY = EVENT + 6
/** @internal */
export const FILL_LIQUIDITY = EVENT + 7
/** The fee's mantissa, lower and upper half (integers), its scale and its asset. @internal */
export const FILL_FEE_LOW = EVENT + 8
/** @internal */
export const FILL_FEE_HIGH = EVENT + 9
/** @internal */
export const FILL_FEE_SCALE = EVENT + 10
/** @internal */
export const FILL_FEE_ASSET = EVENT + 11
/** The fill's id (integer). @internal */
export const FILL_ID = EVENT + 12
/** Of an amend (integers). @internal */
export const AMENDED_PRICE = EVENT + 3
/** @internal */
export const AMENDED_QUANTITY = EVENT + 4
/** Of an order that the engine sent by itself: what it was sent with. The last one is an integer. @internal */
export const SENT_INSTRUMENT = EVENT + 2
/** @internal */
export const SENT_FLAGS = EVENT + 3
/** @internal */
export const SENT_PRICE = EVENT + 4
/** @internal */
export const SENT_QUANTITY = EVENT + 5
/** @internal */
export const SENT_UNTIL = EVENT + 6

/** Within a command: which operation. @internal */
export const OP = 0
/** Of an order, refused or not. @internal */
export const OPEN_INSTRUMENT = 1
/** @internal */
export const OPEN_FLAGS = 2
/** @internal */
export const OPEN_AMOUNT = 3
/** @internal */
export const OPEN_SCALE = 4
/** @internal */
export const OPEN_PRICE = 5
/** Nanoseconds (integer). @internal */
export const OPEN_UNTIL = 6
/** The number that the strategy takes the order to have. @internal */
export const OPEN_NUMBER = 7
/** Of a cancel. @internal */
export const CANCEL_ORDER = 1
/** Of an amend; NaN leaves price or quantity as it is. @internal */
export const AMEND_ORDER = 1
/** @internal */
export const AMEND_PRICE = 2
/** @internal */
export const AMEND_QUANTITY = 3
/** Of a timer: nanoseconds from now (integer), and the index of the tag. @internal */
export const TIMER_AFTER = 1
/** @internal */
export const TIMER_TAG = 2
/** Of a cancel of all orders of an instrument. @internal */
export const CANCEL_ALL_INSTRUMENT = 1

/** Flags of an order. @internal */
export const FLAG_SELL = 1
/** @internal */
export const FLAG_LIMIT = 2
/** @internal */
export const FLAG_POST_ONLY = 4
/** @internal */
export const FLAG_REDUCE_ONLY = 8
/** Where the time in force begins among them, and its bits. @internal */
export const FORCE_SHIFT = 4
/** @internal */
export const FORCE_MASK = 15
/** Where the kind of size begins. @internal */
export const SIZE_SHIFT = 8

/** What `nextEvent` says instead of a hook: the slice is over, and the run is not. @internal */
export const PAUSED = 0
/** The last event has been handled. @internal */
export const DRAINED = 8

/** What JavaScript is called for: `onStart` and so on. `order` is one event of an own order; `bundle` the end of a bundle of those: `onFill` and `onOrder`. @internal */
export const HOOK = { start: 0, trade: 1, book: 2, bar: 3, order: 4, bundle: 5, timer: 6, stop: 7 } as const

/** What a command asks for. @internal */
export const OPERATION = { open: 0, cancel: 1, amend: 2, timer: 3, cancelAll: 4, openRefused: 5 } as const

/** Events of own orders, numbered as in the result hash; `Sent` is an order that the engine sent by itself. @internal */
export const ORDER_EVENT = { Sent: 0, Opened: 1, Filled: 2, Cancelled: 3, Expired: 4, Rejected: 5, CancelRejected: 6, Amended: 7, AmendRejected: 8, InDoubt: 9, Cancelling: 10 } as const

/** @internal */
export const SIDE = { Buy: 0, Sell: 1 } as const

/** @internal */
export const ORDER_KIND = { Market: 0, Limit: 1 } as const

/** @internal */
export const LIQUIDITY = { Maker: 0, Taker: 1 } as const

/** @internal */
export const TIME_IN_FORCE = { GoodUntilCancelled: 0, GoodUntilEndOfDay: 1, ImmediateOrCancel: 2, FillOrKill: 3, goodUntil: 4 } as const

/** What an order's size is counted in. @internal */
export const SIZE = { lots: 0, quote: 1, equity: 2 } as const

/** States of orders in the columns of a result. @internal */
export const STATE = { OpenInFlight: 0, Open: 1, CancelInFlight: 2, FullyFilled: 3, Cancelled: 4, Expired: 5, OpenFailed: 6 } as const
