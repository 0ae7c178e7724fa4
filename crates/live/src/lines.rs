//! Where two files of ticks, a line each, part.

use std::io::{BufRead, Error};

/// Where two streams of ticks part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Number of the line, from 0.
    pub line: u64,
    /// What the first stream has there; `None`: it has ended.
    pub left: Option<String>,
    /// What the second one has there.
    pub right: Option<String>,
}

/// The first line in which two streams differ; `None` where they are equal. Errors are those of reading.
pub fn first_difference(left: impl BufRead, right: impl BufRead) -> Result<Option<Difference>, Error> {
    let (mut left, mut right) = (left.lines(), right.lines());
    for line in 0.. {
        let (one, two) = (left.next().transpose()?, right.next().transpose()?);
        if one != two {
            return Ok(Some(Difference { line, left: one, right: two }));
        }
        if one.is_none() {
            break;
        }
    }
    Ok(None)
}
