//! The native class behind an audit: what waits, as JSON, and a promise of more.

use crate::error::guard;
use crate::job;
use crate::js::Value;
use crate::market_data::napi_failed;
use haggle_engine::Follower;
use haggle_live::{AuditUpdates, Names};
use haggle_model::wire::Wire;
use napi::Env;
use napi_derive::napi;
use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

/// Updates that one call reads at most.
const BATCH: usize = 256;

/// A system's ticks, and a copy of its engine that follows them.
#[napi(js_name = "NativeAudit")]
pub struct AuditReader {
    updates: AuditUpdates,
    follower: RefCell<Follower>,
    names: Arc<Names>,
}

impl AuditReader {
    pub fn new(updates: AuditUpdates, names: Arc<Names>) -> Self {
        Self { follower: RefCell::new(updates.follower()), updates, names }
    }
}

#[napi]
impl AuditReader {
    /// What waits, but not more than a few hundred updates: of each tick its canonical JSON and what the facade shows of it.
    #[napi(catch_unwind)]
    pub fn take(&self, env: Env) -> napi::Result<Vec<String>> {
        guard(env, || {
            let mut texts = Vec::new();
            for _ in 0..BATCH {
                let Some(update) = self.updates.try_recv() else { break };
                for tick in self.names.ticks(&update)? {
                    texts.push(tick.to_text());
                    texts.push(tick.view().to_string());
                }
                self.follower.borrow_mut().apply(&update)?;
            }
            Ok(texts)
        })
    }

    /// Whether the system has ended; ticks may still wait.
    #[napi(getter, catch_unwind)]
    pub fn has_ended(&self) -> bool {
        self.updates.has_ended()
    }

    /// A promise that is kept once something waits, the system has ended, or `cancel` is called.
    #[napi(catch_unwind, ts_return_type = "Promise<undefined>")]
    pub fn ready(&self, env: Env) -> napi::Result<Value> {
        guard(env, || {
            let (settle, promise) = job::promise(env, |js, ()| js.undefined()).map_err(napi_failed)?;
            self.updates.on_ready(move || settle(Ok(())));
            Ok(promise)
        })
    }

    /// Keeps the promise now: no reader waits any more.
    #[napi(catch_unwind)]
    pub fn cancel(&self) {
        self.updates.cancel_ready();
    }

    /// What the copy of the engine knows, as JSON.
    #[napi(catch_unwind)]
    pub fn state(&self, env: Env) -> napi::Result<String> {
        guard(env, || Ok(self.names.state_view(&self.follower.borrow().state()).to_string()))
    }

    /// Whether ticks were lost: the copy does not follow any more.
    #[napi(getter, catch_unwind)]
    pub fn is_stale(&self) -> bool {
        self.follower.borrow().is_stale()
    }
}

/// The first line in which two files differ: its number, what the first has there, what the second; null where they are equal.
#[napi(catch_unwind)]
pub fn diff_audit(env: Env, left: String, right: String) -> napi::Result<Option<String>> {
    guard(env, || {
        let difference = haggle_live::diff_audit(Path::new(&left), Path::new(&right))?;
        Ok(difference.map(|at| serde_json::json!({ "line": at.line, "left": at.left, "right": at.right }).to_string()))
    })
}
