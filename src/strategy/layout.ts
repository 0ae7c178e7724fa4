/*
 * Where things stand in the memory that a running strategy shares with the core, in slots of 8 bytes. The same numbers
 * as in `crates/node/src/block.rs`; a test compares the two.
 */

/** Commands waiting; at least {@link FULL} while no callback is running. @internal */
export const COUNT = 0
/** Milliseconds. @internal */
export const NOW = 1
/** Nanoseconds, an integer. @internal */
export const NOW_NS = 2
/** Place of the event's instrument; NaN where the event has none. @internal */
export const INSTRUMENT = 3
/** @internal */
export const EQUITY = 4
/** Number of the next order. @internal */
export const NEXT_ORDER = 5
/** Above zero while orders are refused: the reason's number. @internal */
export const REFUSES = 6
/** @internal */
export const TEXT_LENGTH = 7
/** First slot of what the event says. @internal */
export const EVENT = 16
/** First slot of a copy of the event's market. @internal */
export const CURRENT = 32
/** Slots before the first instrument. @internal */
export const HEADER = 48
/** Slots per instrument. @internal */
export const MARKET = 16
/** Slots per asset: total, free, locked. @internal */
export const ASSET = 3
/** Slots per command. @internal */
export const COMMAND = 8
/** Commands per callback. @internal */
export const COMMANDS_MAX = 1024
/** Slots of text, at the end. @internal */
export const TEXT = 128
/** The count while no callback is running. @internal */
export const FULL = 1e9

/** Places within an instrument's slots. @internal */
export const BID = 0
/** @internal */
export const BID_SIZE = 1
/** @internal */
export const ASK = 2
/** @internal */
export const ASK_SIZE = 3
/** @internal */
export const LAST = 4
/** @internal */
export const MARK = 5
/** @internal */
export const POSITION = 6
/** @internal */
export const ENTRY_PRICE = 7
/** The position in whole lots. @internal */
export const POSITION_LOTS = 8
