//! What a test has ordered to go wrong.

use crate::transit::Answer;
use haggle_model::seed::Stream;
use haggle_model::time::Nanos;
use haggle_model::{Error, ReasonCode, Request, Result};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// How a request can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failing {
    /// No answer comes: the order stays in flight, in doubt.
    Timeout,
    /// The connection breaks.
    Disconnect,
    /// Refused: too many requests.
    RateLimit,
    /// The exchange is not there.
    ExchangeOffline,
}

impl Failing {
    const ALL: [(&str, Self); 4] = [
        ("timeout", Self::Timeout),
        ("disconnect", Self::Disconnect),
        ("rateLimit", Self::RateLimit),
        ("exchangeOffline", Self::ExchangeOffline),
    ];

    /// The failure with this name.
    ///
    /// Errors: `UNKNOWN_NAME`.
    pub fn parse(name: &str) -> Result<Self> {
        let found = Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, failing)| *failing);
        found.ok_or_else(|| Error::unknown("failure", name, Self::ALL.map(|(known, _)| known)))
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, other)| *other == self).map_or("", |(name, _)| name)
    }

    /// A failure that says that the request had no effect cannot have had one.
    pub(crate) fn check(self, after_effect: bool) -> Result<()> {
        if after_effect && matches!(self, Self::RateLimit | Self::ExchangeOffline) {
            let message = format!("after '{}' the client knows that its request had no effect", self.as_str());
            return Err(Error::argument("afterEffect", message).hint("only 'timeout' and 'disconnect' leave that open"));
        }
        Ok(())
    }
}

/// A failure, how often, and whether the request has its effect nevertheless.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Planned {
    failing: Failing,
    times: u32,
    after_effect: bool,
}

/// What is to go wrong.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Faults {
    /// Numbers of reason codes, and how often.
    rejections: VecDeque<(u8, u32)>,
    failures: VecDeque<Planned>,
    /// Shares of requests that fail so.
    shares: Vec<(Failing, f64, bool)>,
    late: VecDeque<(Nanos, u32)>,
    twice: u32,
    draws: u64,
}

/// Codes of refused cancels and amends; the others refuse orders.
const fn is_about_end(code: ReasonCode) -> bool {
    matches!(code, ReasonCode::OrderUnknown | ReasonCode::OrderAlreadyCancelled | ReasonCode::OrderAlreadyFullyFilled)
}

impl Faults {
    /// The next `times` orders are refused with this code; of codes that speak of an order that is over, the next cancels or amends.
    ///
    /// Errors: `UNKNOWN_NAME` for a code that no exchange knows.
    pub fn reject(&mut self, code: &str, times: u32) -> Result<()> {
        let known = ReasonCode::ALL.iter().find(|known| known.as_str() == code);
        let code = known.ok_or_else(|| Error::unknown("rejection code", code, ReasonCode::ALL.iter().map(|code| code.as_str())));
        if times > 0 {
            self.rejections.push_back((*code? as u8, times));
        }
        Ok(())
    }

    /// The next `times` requests fail so.
    pub fn fail(&mut self, failing: Failing, times: u32, after_effect: bool) -> Result<()> {
        failing.check(after_effect)?;
        if times > 0 {
            self.failures.push_back(Planned { failing, times, after_effect });
        }
        Ok(())
    }

    /// This share of all requests fails so, by seeded chance; 0 ends it.
    ///
    /// Errors: `INVALID_ARGUMENT` for a share that is not from 0 to 1.
    pub fn share(&mut self, failing: Failing, share: f64, after_effect: bool) -> Result<()> {
        failing.check(after_effect)?;
        if !(0.0..=1.0).contains(&share) {
            return Err(Error::argument("share", format!("expected a number from 0 to 1, found {share}")));
        }
        self.shares.retain(|(other, _, _)| *other != failing);
        if share > 0.0 {
            self.shares.push((failing, share, after_effect));
        }
        Ok(())
    }

    /// The next `times` acknowledgements of orders come so much later.
    ///
    /// Errors: `INVALID_ARGUMENT` for a time below zero.
    pub fn late(&mut self, by: Nanos, times: u32) -> Result<()> {
        if by < 0 {
            return Err(Error::argument("by", "expected a duration not below zero"));
        }
        if times > 0 {
            self.late.push_back((by, times));
        }
        Ok(())
    }

    /// The next `times` acknowledgements of orders come twice.
    pub const fn twice(&mut self, times: u32) {
        self.twice = self.twice.saturating_add(times);
    }

    /// Whether nothing was ordered that could happen to a request.
    pub fn is_empty(&self) -> bool {
        self.failures.is_empty() && self.shares.is_empty() && self.late.is_empty() && self.twice == 0
    }

    /// Why the exchange refuses a request, if it was told to.
    pub fn take_rejection(&mut self, request: &Request) -> Result<Option<ReasonCode>> {
        if self.rejections.is_empty() {
            return Ok(None);
        }
        let is_open = matches!(request, Request::Open(_));
        let code = |number: u8| ReasonCode::ALL.iter().copied().find(|code| *code as u8 == number);
        let fits = |(number, _): &(u8, u32)| code(*number).is_some_and(|code| is_about_end(code) != is_open);
        let Some(at) = self.rejections.iter().position(fits) else { return Ok(None) };
        let number = self.rejections[at].0;
        self.rejections[at].1 -= 1;
        if self.rejections[at].1 == 0 {
            self.rejections.remove(at);
        }
        Ok(Some(code(number).ok_or_else(|| Error::bug("a reason without a code"))?))
    }

    /// How a request fails, if it does, and whether it has its effect.
    pub fn take_failure(&mut self, seed: u64) -> Option<(Failing, bool)> {
        if let Some(planned) = self.failures.front_mut() {
            let taken = (planned.failing, planned.after_effect);
            planned.times -= 1;
            if planned.times == 0 {
                self.failures.pop_front();
            }
            return Some(taken);
        }
        let shares = self.shares.clone();
        shares.into_iter().find_map(|(failing, share, after_effect)| {
            self.draws += 1;
            (Stream::new(seed, "faults", self.draws).next_f64() < share).then_some((failing, after_effect))
        })
    }

    /// What becomes of an order's acknowledgement.
    pub fn take_answer(&mut self) -> Answer {
        if let Some((by, times)) = self.late.front_mut() {
            let by = *by;
            *times -= 1;
            if *times == 0 {
                self.late.pop_front();
            }
            return Answer::Late(by);
        }
        if self.twice > 0 {
            self.twice -= 1;
            return Answer::Twice;
        }
        Answer::Usual
    }
}
