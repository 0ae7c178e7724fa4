// Which glibc a binary needs. An own reader of the ELF section that says so, because `objdump` reads binaries of its own
// architecture only, and is not there on macOS and Windows, from where a release can be checked too.

/** Section type of "versions that are needed". */
const SHT_GNU_VERNEED = 0x6ffffffe

/**
 * The symbol versions that an ELF file asks of glibc, ascending: `['2.2.5', '2.14']`. Only 64-bit little-endian files,
 * which all our Linux targets are. Layouts: System V ABI, chapters 4 and 5, and the Linux Standard Base, "Symbol Versioning".
 *
 * @param {Buffer} file
 * @returns {string[]} a name that is no number, as `ABI_DT_RELR`, stands as it is, at the end
 */
export function glibcVersions(file) {
  if (file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1) throw new Error('no 64-bit little-endian ELF file')
  const headers = Number(file.readBigUInt64LE(0x28))
  const [size, count] = [file.readUInt16LE(0x3a), file.readUInt16LE(0x3c)]
  const section = (index) => {
    const at = headers + index * size
    return { type: file.readUInt32LE(at + 4), offset: Number(file.readBigUInt64LE(at + 24)), link: file.readUInt32LE(at + 40), entries: file.readUInt32LE(at + 44) }
  }
  const found = new Set()
  for (let index = 0; index < count; index++) {
    const needed = section(index)
    if (needed.type !== SHT_GNU_VERNEED) continue
    const names = section(needed.link).offset
    const text = (offset) => file.toString('latin1', names + offset, file.indexOf(0, names + offset))
    // One record a library, each with its list of versions; every record says how far the next one is.
    for (let library = 0, at = needed.offset; library < needed.entries; library++, at += file.readUInt32LE(at + 12)) {
      const versions = file.readUInt16LE(at + 2)
      for (let version = 0, aux = at + file.readUInt32LE(at + 8); version < versions; version++, aux += file.readUInt32LE(aux + 12)) {
        const name = text(file.readUInt32LE(aux + 8))
        if (name.startsWith('GLIBC_')) found.add(name.slice('GLIBC_'.length))
      }
    }
  }
  return [...found].sort(compareVersions)
}

/** Versions by their numbers; what is no version comes last. */
export function compareVersions(a, b) {
  const [left, right] = [a, b].map((version) => (/^\d+(\.\d+)*$/.test(version) ? version.split('.').map(Number) : [Infinity]))
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    if ((left[at] ?? 0) !== (right[at] ?? 0)) return (left[at] ?? 0) - (right[at] ?? 0)
  }
  return 0
}
