//! Ticks as lines of text, to be kept in a file and compared.

use super::Update;
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

/// An update in one line. Equal updates have equal lines, and different ones different lines.
pub fn line(update: &Update) -> String {
    let tick = match update {
        Update::Gap { lost } => return format!("gap lost={lost}"),
        Update::Tick(tick) => tick,
    };
    let (opens, cancels) = (&tick.outputs.opens, &tick.outputs.cancels);
    let mut parts = vec![format!("{} {} {:?}", tick.sequence, tick.time, tick.event)];
    parts.extend(opens.sent.iter().map(|request| format!("open {request:?}")));
    parts.extend(opens.errors.iter().map(|unsent| format!("unsent {:?} {}", unsent.request, unsent.reason)));
    parts.extend(cancels.sent.iter().map(|cancel| format!("cancel {cancel:?}")));
    parts.extend(cancels.errors.iter().map(|unsent| format!("unsent {:?} {}", unsent.request, unsent.reason)));
    parts.extend(tick.amends.iter().map(|amend| format!("amend {amend:?}")));
    parts.extend(tick.refuses.map(|code| format!("refuses {}", code.as_str())));
    parts.join(" ")
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
