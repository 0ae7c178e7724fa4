//! What the benchmark measures from inside, and the rows that it feeds to others. No package has it: `node` exports it with its feature
//! `bench` only.
//!
//! | file | what |
//! |---|---|
//! | `quoter` | the native strategy of the runs with orders |
//! | `runs` | native runs over the tiled sample, alone and on all cores |
//! | `bars` | native runs of signals over tiled bars |
//! | `books` | a native run over a recorded book of levels |
//! | `matching` | the matching engine alone |
//! | `rows` | the tiled sample as a store, as columns and as text |
//!
//! Every function does one repetition and gives back what it took, in seconds, so that the caller can interleave them.

pub mod bars;
pub mod books;
pub mod matching;
mod quoter;
pub mod rows;
pub mod runs;
