import { NativeLoad, NativeMarketData } from '#native'
import { invalid, isRevoked, show } from '../errors'
import { call, fromNative } from '../native/errors'
import { isOf } from '../options'
import { Progress } from '../run/progress'
import type { LoadOptions } from '../types/market-data'
import { ownMemory } from './columns'
import { pathOf, record } from './options'

/**
 * Waits for a load on a thread of its own: reports how far it is, and ends it where the signal aborts.
 *
 * @throws What `start` rejects with; the signal's reason; what `onProgress` throws.
 * @internal
 */
export async function load(start: (load: NativeLoad) => Promise<NativeMarketData | Error>, { signal, onProgress }: LoadOptions): Promise<NativeMarketData> {
  signal?.throwIfAborted()
  const native = call(() => new NativeLoad())
  const progress = new Progress(onProgress ? { onProgress } : {})
  let failure: { error: unknown } | undefined
  const fail = (error: unknown): void => {
    failure ??= { error }
    native.stop()
  }
  const abort = (): void => { fail(signal!.reason) }
  const end = progress.poll(() => native.progress, fail)
  signal?.addEventListener('abort', abort, { once: true })
  try {
    const read = await call(() => start(native))
    if (failure) throw failure.error
    // An Error object instead of a rejection: only so does it come with its code.
    if (!(read instanceof NativeMarketData)) throw fromNative(read)
    progress.end(native.progress[1])
    return read
  } catch (error) {
    throw failure ? failure.error : error
  } finally {
    end()
    signal?.removeEventListener('abort', abort)
  }
}

/**
 * What says how to wait, and what is left of the options.
 *
 * @throws HaggleError `INVALID_ARGUMENT` with a path such as `options.signal`.
 * @internal
 */
export function loadOptions(options: unknown): readonly [LoadOptions, Record<string, unknown>] {
  const { signal, onProgress, ...rest } = options === undefined ? {} : record(options, 'options', 'read options')
  if (signal !== undefined && typeof (signal as AbortSignal | null)?.throwIfAborted !== 'function') throw invalid('options.signal', `expected an AbortSignal, found ${show(signal)}`)
  if (onProgress !== undefined && typeof onProgress !== 'function') throw invalid('options.onProgress', `expected a function, found ${show(onProgress)}`)
  // As a method of the caller's object, which it may be.
  const bound = (onProgress as LoadOptions['onProgress'])?.bind(options as LoadOptions)
  return [{ ...(signal === undefined ? {} : { signal: signal as AbortSignal }), ...(bound ? { onProgress: bound } : {}) }, rest]
}

/**
 * Paths and bytes as they cross into the core.
 *
 * @throws HaggleError `INVALID_ARGUMENT` with the path `source` or `source[i]`.
 * @internal
 */
export function sourcesOf(source: unknown): (string | Uint8Array)[] {
  if (isRevoked(source) || !Array.isArray(source)) return [sourceOf(source, 'source')]
  if (source.length === 0) throw invalid('source', 'the list names no file')
  return source.map((one, i) => sourceOf(one, `source[${i}]`))
}

function sourceOf(source: unknown, path: string): string | Uint8Array {
  if (isOf(source, Uint8Array)) return ownMemory(source, path)
  if (isOf(source, ArrayBuffer) || ArrayBuffer.isView(source)) throw invalid(path, 'expected a path, a file: URL or a Uint8Array', 'write new Uint8Array(buffer)')
  return pathOf(source, path)
}
