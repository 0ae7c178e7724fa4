//! Looks at the headers of a Parquet file's pages before the library unpacks them: it takes their word for how much memory they need.
//!
//! A header is a struct in Thrift's compact protocol: fields of a type and a number, of which the second is the page's unpacked size
//! and the third its size in the file; all others are skipped.

use crate::limits::Limits;
use haggle_model::{Error, Result};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::ChunkReader;

/// Most bytes of a header: those of columns with long texts hold the least and the largest of them.
const HEADER_MAX: u64 = 1 << 20;
/// What is read of a header at first.
const HEADER_USUAL: u64 = 512;
/// Structs within structs that a header may have.
const DEPTH_MAX: usize = 8;

/// Refuses pages that would unpack to more than a file of this size can honestly hold, and such as lie outside of their column.
///
/// Errors: `OVERFLOW`, `INVALID_DATA`.
pub(crate) fn check<R: ChunkReader>(source: &R, groups: &[RowGroupMetaData], length: u64, limits: Limits) -> Result<()> {
    let mut unpacked = 0u64;
    for column in groups.iter().flat_map(RowGroupMetaData::columns) {
        let start = column.dictionary_page_offset().map_or_else(|| column.data_page_offset(), |place| place.min(column.data_page_offset()));
        let (start, size) = (u64::try_from(start).unwrap_or(0), u64::try_from(column.compressed_size()).unwrap_or(0));
        let end = start.saturating_add(size).min(length);
        let mut at = start;
        while at < end {
            let (header, page) = header_at(source, at, end)?;
            unpacked = unpacked.saturating_add(page.unpacked);
            limits.check_bytes(unpacked, length)?;
            at = at.saturating_add(header).saturating_add(page.packed);
        }
    }
    Ok(())
}

/// The header at a place: its length, and what it says.
fn header_at<R: ChunkReader>(source: &R, at: u64, end: u64) -> Result<(u64, Page)> {
    for window in [HEADER_USUAL, HEADER_MAX] {
        let bytes = source.get_bytes(at, window.min(end - at) as usize).map_err(|_| damaged())?;
        let mut reader = Reader { bytes: &bytes, at: 0 };
        let mut page = Page::default();
        if reader.header(&mut page, 0).is_some() {
            return Ok((reader.at as u64, page));
        }
    }
    Err(damaged())
}

fn damaged() -> Error {
    Error::data("the Parquet file is damaged: the header of a page cannot be read")
}

/// What a header says of its page, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Page {
    unpacked: u64,
    packed: u64,
}

/// Reads the compact protocol. `None`: the bytes end too soon, or are none of it.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    /// A struct, whose second and third fields are sizes if it is the outermost one.
    fn header(&mut self, page: &mut Page, depth: usize) -> Option<()> {
        if depth > DEPTH_MAX {
            return None;
        }
        let mut number = 0i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            number = if head >> 4 == 0 { self.signed()? } else { number + i64::from(head >> 4) };
            match (depth, number, head & 15) {
                (0, 2, 5) => page.unpacked = u64::try_from(self.signed()?).ok()?,
                (0, 3, 5) => page.packed = u64::try_from(self.signed()?).ok()?,
                // Of a field, true and false are types.
                (_, _, 1 | 2) => {}
                (_, _, kind) => self.skip(kind, depth)?,
            }
        }
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        match kind {
            1..=3 => self.byte().map(drop),
            4..=6 => self.varint().map(drop),
            7 => self.pass(8),
            8 => {
                let length = self.varint()?;
                self.pass(usize::try_from(length).ok()?)
            }
            9 | 10 => {
                let head = self.byte()?;
                let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
                // Each takes a byte at least, so that the count is bounded by what is there.
                (0..count).try_for_each(|_| self.skip(head & 15, depth + 1))
            }
            12 => self.header(&mut Page::default(), depth + 1),
            _ => None,
        }
    }

    fn pass(&mut self, count: usize) -> Option<()> {
        self.at = self.at.checked_add(count).filter(|at| *at <= self.bytes.len())?;
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Some(value);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Option<(usize, Page)> {
        let (mut reader, mut page) = (Reader { bytes, at: 0 }, Page::default());
        reader.header(&mut page, 0).map(|()| (reader.at, page))
    }

    #[test]
    fn sizes_stand_in_the_second_and_third_field() {
        // Type 0, 300 bytes unpacked, 40 in the file, then a struct with a flag, a text of two bytes and a list of two integers.
        let header = [0x15, 0x00, 0x15, 0xd8, 0x04, 0x15, 0x50, 0x2c, 0x11, 0x18, 0x02, b'a', b'b', 0x19, 0x25, 0x02, 0x04, 0x00, 0x00];
        assert_eq!(read(&header), Some((header.len(), Page { unpacked: 300, packed: 40 })));
        for cut in 0..header.len() {
            assert_eq!(read(&header[..cut]), None, "{cut}");
        }
        assert_eq!(read(&[0x15, 0x00, 0x15, 0x01, 0x00]), None, "a size below zero");
        assert_eq!(read(&[0x1c; 64]), None, "too deep");
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_header_or_none(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }
    }
}
