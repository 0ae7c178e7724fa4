//! The functions of a JavaScript strategy, and how the engine comes to them.

use crate::js::Value;
use crate::layout::{HOOKS, Hook};
use crate::market_data::napi_failed;
use crate::scope::Scope;
use haggle_engine::Halt;
use haggle_model::Error;
use napi::bindgen_prelude::{JsObjectValue as _, Object};
use napi::{Env, JsValue as _, sys};
use std::ptr;

/// Functions of the current slice, in the current environment. Outside of a slice there are none.
#[derive(Clone, Copy, Debug)]
pub struct Calls {
    env: sys::napi_env,
    receiver: sys::napi_value,
    functions: [Option<sys::napi_value>; HOOKS],
}

impl Calls {
    /// The functions that `hooks` has, for the current call from JavaScript.
    pub fn of(env: Env, hooks: &Object) -> Result<Self, Halt> {
        let mut functions = [None; HOOKS];
        for (function, name) in functions.iter_mut().zip(Hook::WORDS) {
            let value: Option<Value> = hooks.get(name).map_err(napi_failed)?;
            *function = value.map(|value| value.0);
        }
        Ok(Self { env: env.raw(), receiver: hooks.raw(), functions })
    }
}

/// Functions that outlive the call that brought them: in a slice in which JavaScript has the loop, each call is one of its own.
#[derive(Debug)]
pub struct Held {
    env: sys::napi_env,
    receiver: sys::napi_ref,
    functions: [Option<sys::napi_ref>; HOOKS],
}

impl Held {
    /// Holds the functions that `hooks` has, until [`Held::release`]. It has no `Drop`: what is held when a thread ends goes with its
    /// environment, which is gone by then.
    pub fn of(env: Env, hooks: &Object) -> Result<Self, Halt> {
        let calls = Calls::of(env, hooks)?;
        let hold = |value| {
            let mut held = ptr::null_mut();
            // SAFETY: the value is an object or a function of the current call.
            let status = unsafe { sys::napi_create_reference(calls.env, value, 1, &raw mut held) };
            if status == sys::Status::napi_ok { Ok(held) } else { Err(Error::bug("Node could not hold a callback")) }
        };
        let receiver = hold(calls.receiver)?;
        let mut functions = [None; HOOKS];
        for (held, function) in functions.iter_mut().zip(calls.functions) {
            *held = function.map(hold).transpose()?;
        }
        Ok(Self { env: calls.env, receiver, functions })
    }

    /// Lets go of them, on the thread of their environment.
    pub fn release(self) {
        for held in self.functions.into_iter().flatten().chain([self.receiver]) {
            // SAFETY: made in `of`, and given back once, since this takes the value.
            unsafe { sys::napi_delete_reference(self.env, held) };
        }
    }

    fn value(&self, held: sys::napi_ref) -> sys::napi_value {
        let mut value = ptr::null_mut();
        // SAFETY: the reference is a strong one and alive; the scope that the value goes to is open.
        unsafe { sys::napi_get_reference_value(self.env, held, &raw mut value) };
        value
    }
}

/// How the engine comes to JavaScript.
#[derive(Debug)]
pub enum Way {
    /// Not at all: no slice is running.
    Closed,
    /// By values of the call from JavaScript that is running.
    Calls(Calls),
    /// By what is held; calls for market rows are left to JavaScript.
    Held(Held),
}

impl Way {
    /// The function of a hook, if there is one.
    pub fn to(&self, hook: Hook) -> Result<Option<Call>, Halt> {
        match self {
            Self::Closed => Err(Error::bug("a strategy was called outside of a slice").into()),
            Self::Calls(calls) => {
                let call = |function| Call { env: calls.env, receiver: calls.receiver, function, _scope: None };
                Ok(calls.functions[hook as usize].map(call))
            }
            Self::Held(held) => Ok(held.functions[hook as usize].map(|function| {
                let scope = Scope::open(held.env);
                Call { env: held.env, receiver: held.value(held.receiver), function: held.value(function), _scope: Some(scope) }
            })),
        }
    }
}

/// A function, ready to be called.
pub struct Call {
    pub env: sys::napi_env,
    pub receiver: sys::napi_value,
    pub function: sys::napi_value,
    /// Where the values of held functions lie; others lie in the scope of the slice.
    _scope: Option<Scope>,
}

/// Which hooks there are.
pub fn which(hooks: &Object) -> [bool; HOOKS] {
    let mut has = [false; HOOKS];
    for (has, name) in has.iter_mut().zip(Hook::WORDS) {
        *has = hooks.has_named_property(name).unwrap_or(false);
    }
    has
}
