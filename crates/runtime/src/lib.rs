//! Systems in wall-clock time, or under a manual clock: the machine of a back-test on a thread of its own, steered by a handle.
//!
//! | file | what |
//! |---|---|
//! | `shared` | the one tokio runtime: made on first use, gone with the last handle |
//! | `handle` | what a caller holds: synchronous sends, the state, the end |
//! | `driver` | the task that owns a system: messages in the order sent, and the clock |
//! | `clock` | the time of day, which never goes back |
//! | `audit` | ticks on their way to a reader |
//! | `file` | audits in files, and where two of them part |

mod audit;
mod clock;
mod driver;
mod file;
mod handle;
mod shared;

pub use audit::AuditUpdates;
pub use clock::Clock;
pub use file::{diff_audit, save_audit};
pub use handle::{Ending, SystemHandle, start};
