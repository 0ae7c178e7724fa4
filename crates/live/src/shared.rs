//! The one tokio runtime of all systems: made on first use, gone with the last handle and task.

use haggle_model::{Code, Error, Result};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::runtime::{Builder, Runtime};

/// Threads that drive systems.
const THREADS: usize = 2;

static CURRENT: Mutex<Weak<Shared>> = Mutex::new(Weak::new());

/// A share in the runtime.
#[derive(Debug)]
pub struct Shared {
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
}

impl Shared {
    /// The runtime that there is, or a new one.
    pub fn get() -> Result<Arc<Self>> {
        let mut current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shared) = current.upgrade() {
            return Ok(shared);
        }
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("haggle-runtime")
            .enable_time()
            .build()
            .map_err(|error| Error::new(Code::Bug, format!("no threads for the runtime: {error}")))?;
        let shared = Arc::new(Self { runtime: Some(runtime) });
        *current = Arc::downgrade(&shared);
        Ok(shared)
    }

    /// Runs a task on it.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.runtime {
            drop(runtime.spawn(task));
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // Without waiting: the last share may be dropped by a task of the runtime itself, or by a finalizer.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
