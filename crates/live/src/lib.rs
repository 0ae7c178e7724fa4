//! Systems that run on: rows are fed, commands sent, the clock moved from outside; under a manual clock, or in wall-clock time on a thread
//! of their own, steered by a handle.
//!
//! | file | what |
//! |---|---|
//! | `system` | a system that runs as its caller moves the clock: the machine of a back-test, with rows that are fed |
//! | `feed` `row` | rows under way; what is asked of a row before it is taken in |
//! | `command` | what is asked of a system from outside |
//! | `registry` | what orders are called, and which names are taken |
//! | `wire` | the same system in barter's JSON, both ways |
//! | `watcher` | ticks of the audit on their way out, with what the record knows |
//! | `handle` | what a caller of a system on a thread of its own holds: synchronous sends, the state, the end |
//! | `driver` | the task that owns such a system: messages in the order sent, and the clock |
//! | `ending` | how it ends, and the call that hands over what it leaves |
//! | `shared` | the one tokio runtime: made on first use, gone with the last handle |
//! | `clock` | the time of day, which never goes back |
//! | `audit` | ticks on their way to a reader on another thread |
//! | `file` `lines` | audits in files, and where two of them part |

mod audit;
mod clock;
mod command;
mod driver;
mod ending;
mod feed;
mod file;
mod handle;
mod lines;
mod registry;
mod row;
mod shared;
mod system;
mod watcher;
mod wire;

pub use audit::AuditUpdates;
pub use clock::Clock;
pub use command::{Cancel, Command, Open, Which};
pub use ending::Ending;
pub use file::{diff_audit, save_audit};
pub use handle::{SystemHandle, start};
pub use lines::{Difference, first_difference};
pub use registry::Cid;
pub use system::{Live, OpenOrders};
pub use watcher::Sink;
pub use wire::{Input, Names};
