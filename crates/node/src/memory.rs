//! Large blocks of memory on large pages.
//!
//! New memory costs a fault for every page that is touched first: two microseconds for 4 KiB, which is a third of the time that a
//! store takes to load. Linux gives pages of 2 MiB where it is asked to, and a block is aligned to them.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr;

/// Blocks from here on get large pages: what is smaller would waste a good part of one.
const LARGE: usize = 4 << 20;
/// A large page.
const PAGE: usize = 2 << 20;

/// The system's allocator, with large pages for large blocks.
struct LargePages;

#[global_allocator]
static ALLOCATOR: LargePages = LargePages;

/// How a block is asked for: a large one at the start of a page.
fn placed(layout: Layout) -> Layout {
    if layout.size() < LARGE { layout } else { layout.align_to(PAGE).unwrap_or(layout) }
}

// SAFETY: every block is the system allocator's, asked for and given back with the layout that `placed` makes of the caller's, which is
// at least as strict; nothing here panics.
unsafe impl GlobalAlloc for LargePages {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise about the layout holds for its size, which stays as it is.
        let block = unsafe { System.alloc(placed(layout)) };
        if layout.size() >= LARGE && !block.is_null() {
            // SAFETY: whole pages of a block that was just given to us; advice changes no content, and may be ignored.
            unsafe { libc::madvise(block.cast(), layout.size() / PAGE * PAGE, libc::MADV_HUGEPAGE) };
        }
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: it came from `alloc` or `realloc` with this layout, and so from the system with the one made of it.
        unsafe { System.dealloc(block, placed(layout)) };
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if layout.size() < LARGE && size < LARGE {
            // SAFETY: the caller's promises are the system's, and the layout is the same for both.
            return unsafe { System.realloc(block, layout, size) };
        }
        // SAFETY: the caller promises that the size, rounded up to the alignment, is no overflow.
        let fresh = unsafe { self.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
        if !fresh.is_null() {
            // SAFETY: both blocks have that many bytes, and a new one overlaps none.
            unsafe { ptr::copy_nonoverlapping(block, fresh, layout.size().min(size)) };
            // SAFETY: the caller gives the old block up.
            unsafe { self.dealloc(block, layout) };
        }
        fresh
    }
}
