import { randomUUID } from 'node:crypto'
import { open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { HaggleError, invalid } from './errors'

/**
 * Writes a file as a whole, or not at all: the text goes beside it, and takes its name when all of it is on the disk. What is no
 * regular file (a pipe, a device) is written as it is.
 *
 * @param file Its path.
 * @param path The caller's argument that named it.
 * @param body Writes the text, piece by piece.
 * @throws HaggleError `INVALID_ARGUMENT` with the path of the argument and the file in its words; what `body` throws by itself.
 * @internal
 */
export async function writeWhole<T>(file: string, path: string, body: (write: (text: string) => Promise<void>) => Promise<T>): Promise<T> {
  // Beside no name there is no place.
  if (file === '') throw invalid(path, "expected a path or a file: URL, found ''")
  const asked = async <R>(work: () => Promise<R>): Promise<R> => {
    try {
      return await work()
    } catch (cause) {
      throw cannotWrite(file, path, cause)
    }
  }
  const found = await stat(file).catch(() => undefined)
  const isSpecial = found !== undefined && !found.isFile()
  // Through a link: it is the file that is replaced.
  const real = await realpath(file).catch(() => file)
  const target = isSpecial ? file : `${real}.${randomUUID()}.tmp`
  const handle = await asked(() => open(target, isSpecial ? 'w' : 'wx', found?.mode))
  try {
    const result = await body((text) => asked(() => writeAll(handle, text)))
    // A disk that is full may say so only here.
    if (!isSpecial) await asked(() => handle.sync())
    await asked(() => handle.close())
    if (!isSpecial) await asked(() => rename(target, real))
    return result
  } catch (error) {
    await handle.close().catch(() => {})
    if (!isSpecial) await rm(target, { force: true }).catch(() => {})
    throw error
  }
}

/** A write may take less than it is given. */
async function writeAll(handle: FileHandle, text: string): Promise<void> {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length;) from += (await handle.write(bytes, from)).bytesWritten
}

/** What the file system refused. @internal */
export function cannotWrite(file: string, path: string, cause: unknown): HaggleError {
  return new HaggleError('INVALID_ARGUMENT', `cannot write ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { path, cause })
}
