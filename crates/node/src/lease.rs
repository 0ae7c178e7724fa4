//! Blocks on loan: one per run would wait for a finalizer each, so they go from run to run.

use crate::block::Block;
use crate::layout::{COUNT, FULL};
use std::cell::RefCell;

thread_local! {
    static BLOCKS: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}
const BLOCKS_KEPT: usize = 8;

/// A block that goes back when this is dropped.
pub struct Lease {
    /// What is on loan.
    pub block: Block,
}

impl Lease {
    /// A block for so many instruments and assets.
    pub fn take(instruments: usize, assets: usize) -> Self {
        let kept = BLOCKS
            .with_borrow_mut(|blocks| blocks.iter().position(|block| block.fits(instruments, assets)).map(|at| blocks.swap_remove(at)));
        Self { block: kept.unwrap_or_else(|| Block::new(instruments, assets)) }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // While no run goes over it, it reads as full: an order through a view kept from this run is refused.
        self.block.write(COUNT, FULL);
        // A finalizer may come after the thread's own values are gone: then nothing leases any more.
        BLOCKS
            .try_with(|blocks| {
                let mut blocks = blocks.borrow_mut();
                if blocks.len() < BLOCKS_KEPT {
                    blocks.push(self.block.clone());
                }
            })
            .ok();
    }
}
