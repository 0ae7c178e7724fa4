//! Memory that a running strategy and JavaScript both see: what the event is and where things stand goes out, commands
//! come back. Rust owns it, one run leases it at a time; JavaScript holds a `Float64Array` and a `BigInt64Array` over it.
//!
//! Layout, in slots of 8 bytes (`layout.rs` has the numbers): header, one area per instrument, one per asset, commands, text.

use crate::js::Value;
use crate::layout::{ASSET, COMMAND, COMMANDS_MAX, COUNT, FULL, HEADER, MARKET, TEXT, TEXT_LENGTH};
use haggle_model::{Code, Error};
use napi::bindgen_prelude::ArrayBuffer;
use napi::{Env, JsValue};
use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::sync::Arc;

/// A block, freed when the last of its run, its free-list and its array buffer lets go.
#[derive(Debug)]
struct Memory {
    pointer: *mut f64,
    slots: usize,
}

// SAFETY: the memory is only read and written on the thread of the isolate that made it; other threads can at most drop it.
unsafe impl Send for Memory {}
// SAFETY: as above.
unsafe impl Sync for Memory {}

impl Memory {
    fn layout(slots: usize) -> Layout {
        // At least one slot, and far below isize::MAX: instruments and assets are counted in 16 bits.
        Layout::array::<f64>(slots.max(1)).unwrap_or(Layout::new::<f64>())
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: allocated in `Block::new` with this layout, and no handle holds the pointer any more.
        unsafe { dealloc(self.pointer.cast(), Self::layout(self.slots)) };
    }
}

/// A block of shared memory.
#[derive(Clone, Debug)]
pub struct Block {
    memory: Arc<Memory>,
    instruments: usize,
    assets: usize,
}

impl Block {
    /// A block for this many instruments and assets.
    pub fn new(instruments: usize, assets: usize) -> Self {
        let slots = HEADER + instruments * MARKET + assets * ASSET + COMMANDS_MAX * COMMAND + TEXT;
        // SAFETY: the layout has at least one slot; a failed allocation is checked below.
        let pointer = unsafe { alloc_zeroed(Memory::layout(slots)) }.cast::<f64>();
        if pointer.is_null() {
            std::alloc::handle_alloc_error(Memory::layout(slots));
        }
        let block = Self { memory: Arc::new(Memory { pointer, slots }), instruments, assets };
        block.write(COUNT, FULL);
        block
    }

    /// Whether a run of this shape may use it.
    pub const fn fits(&self, instruments: usize, assets: usize) -> bool {
        self.instruments == instruments && self.assets == assets
    }

    /// A number that no other block has as long as this one, or an array buffer over it, is there.
    pub fn number(&self) -> f64 {
        self.memory.pointer.addr() as f64
    }

    /// First slot of an instrument.
    pub const fn market(instrument: usize) -> usize {
        HEADER + instrument * MARKET
    }

    /// First slot of an asset.
    pub const fn asset(&self, asset: usize) -> usize {
        HEADER + self.instruments * MARKET + asset * ASSET
    }

    /// First slot of a command, by its position in the callback.
    pub const fn command(&self, at: usize) -> usize {
        HEADER + self.instruments * MARKET + self.assets * ASSET + at * COMMAND
    }

    /// First slot of the text.
    pub const fn text(&self) -> usize {
        self.command(COMMANDS_MAX)
    }

    /// Writes a number.
    #[inline]
    pub fn write(&self, slot: usize, value: f64) {
        assert!(slot < self.memory.slots, "a slot within the block");
        // SAFETY: within the block; JavaScript runs on this thread and is not running now, so no other code looks.
        unsafe { self.memory.pointer.add(slot).write(value) };
    }

    /// Writes slots in a row, numbers and integers as their bits: one look at the bounds for all of them.
    #[inline]
    pub fn write_row<const N: usize>(&self, slot: usize, bits: [u64; N]) {
        assert!(slot + N <= self.memory.slots, "slots within the block");
        // One by one, so that they go from registers to their places: an array would be laid down first and then read in larger
        // pieces than it was written in, which stalls.
        for (at, bits) in bits.into_iter().enumerate() {
            // SAFETY: within the block; u64 and f64 have the same size and alignment; no other code looks, as in `write`.
            unsafe { self.memory.pointer.add(slot + at).cast::<u64>().write(bits) };
        }
    }

    /// Writes an integer.
    #[inline]
    pub fn write_i64(&self, slot: usize, value: i64) {
        assert!(slot < self.memory.slots, "a slot within the block");
        // SAFETY: as above; i64 and f64 have the same size and alignment.
        unsafe { self.memory.pointer.add(slot).cast::<i64>().write(value) };
    }

    /// Reads a number.
    #[inline]
    pub fn read(&self, slot: usize) -> f64 {
        assert!(slot < self.memory.slots, "a slot within the block");
        // SAFETY: within the block, which was zeroed when it was made; any bits are an f64.
        unsafe { self.memory.pointer.add(slot).read() }
    }

    /// Reads an integer.
    #[inline]
    pub fn read_i64(&self, slot: usize) -> i64 {
        assert!(slot < self.memory.slots, "a slot within the block");
        // SAFETY: as above.
        unsafe { self.memory.pointer.add(slot).cast::<i64>().read() }
    }

    /// Writes a text of at most `TEXT * 8` bytes.
    pub fn write_text(&self, text: &str) {
        let bytes = text.as_bytes();
        assert!(bytes.len() <= TEXT * 8, "a text that fits");
        self.write(TEXT_LENGTH, bytes.len() as f64);
        // SAFETY: the text area has TEXT slots at the end of the block, and the text fits them.
        unsafe { self.memory.pointer.add(self.text()).cast::<u8>().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
    }

    /// The array buffer over the block. Where Node may not have memory of ours it would hand out a copy: that is refused.
    pub fn array_buffer(&self, env: Env) -> Result<Value, Error> {
        let memory = Arc::clone(&self.memory);
        let pointer = self.memory.pointer.cast::<u8>();
        // SAFETY: pointer and length are those of the block, which the finalizer's Arc keeps alive as long as the buffer.
        let buffer = unsafe { ArrayBuffer::from_external(&env, pointer, self.memory.slots * 8, memory, |_, memory| drop(memory)) };
        let buffer = buffer.map_err(|error| Error::bug(error.reason.clone()))?;
        if !std::ptr::eq(buffer.as_ptr(), pointer) {
            return Err(Error::new(Code::Unsupported, "this runtime does not let JavaScript and native code share memory")
                .hint("run back-tests in Node, not in a renderer process"));
        }
        Ok(Value(buffer.raw()))
    }
}
