//! A handle scope that closes itself, also when a panic passes.

use napi::sys;

/// An open handle scope.
pub struct Scope {
    env: sys::napi_env,
    scope: sys::napi_handle_scope,
}

impl Scope {
    /// Opens one, during a call from JavaScript.
    pub fn open(env: sys::napi_env) -> Self {
        let mut scope = std::ptr::null_mut();
        // SAFETY: called on the thread of this environment, during a call from JavaScript.
        unsafe { sys::napi_open_handle_scope(env, &raw mut scope) };
        Self { env, scope }
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        // SAFETY: opened in `open`; scopes close in the reverse order, because they are locals.
        unsafe { sys::napi_close_handle_scope(self.env, self.scope) };
    }
}
