//! How long a message travels, in each direction of the connection between the engine and one exchange.

use haggle_model::seed::Stream;
use haggle_model::time::Nanos;
use haggle_model::{Decimal, Error, Latency, Request, Result, whole};
use serde::{Deserialize, Serialize};

/// The latency model of one exchange, resolved against its data.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Legs {
    open: Nanos,
    cancel: Nanos,
    response: Nanos,
    jitter_request: Nanos,
    jitter_response: Nanos,
    /// Whether it is a multiple of the feed's latency, in place of the constants.
    is_of_feed: bool,
    #[serde(with = "haggle_model::packed")]
    multiple: Decimal,
    random: Stream,
}

impl Legs {
    const fn zero(random: Stream) -> Self {
        Self { open: 0, cancel: 0, response: 0, jitter_request: 0, jitter_response: 0, is_of_feed: false, multiple: Decimal::ZERO, random }
    }

    /// Resolves a model. `number`: of the exchange in a run, of the account at a mock exchange; each has a stream of random numbers.
    ///
    /// Errors: as [`Legs::resolve`].
    pub fn new(latency: Latency, is_arrival: bool, seed: u64, number: u64) -> Result<Self> {
        let mut legs = Self::zero(Stream::new(seed, "latency", number));
        legs.resolve(latency, is_arrival)?;
        Ok(legs)
    }

    /// Resolves a model anew; the stream of random numbers goes on. `is_arrival`: exchange time stands for arrival in the data, so the
    /// request carries the whole way.
    ///
    /// Errors: `INVALID_ARGUMENT` (paths `system.latency.response`, `system.latency.feed`) for what such data cannot have.
    pub fn resolve(&mut self, latency: Latency, is_arrival: bool) -> Result<()> {
        let mut legs = Self::zero(self.random.clone());
        match latency {
            Latency::RoundTrip(total) if is_arrival => (legs.open, legs.cancel) = (total, total),
            Latency::RoundTrip(total) => {
                legs.response = total / 2;
                (legs.open, legs.cancel) = (total - legs.response, total - legs.response);
            }
            Latency::Legs { response, .. } if is_arrival && response != 0 => {
                return Err(Error::argument(
                    "system.latency.response",
                    "in this data exchange time is arrival: it is late by the feed latency already",
                )
                .hint("put the whole round trip on open and cancel, and leave response out"));
            }
            Latency::Legs { open, cancel, response, jitter } => {
                (legs.open, legs.cancel, legs.response, legs.jitter_request) = (open, cancel, response, jitter);
                legs.jitter_response = if is_arrival { 0 } else { jitter };
            }
            Latency::Feed(_) if is_arrival => {
                return Err(Error::argument("system.latency.feed", "this data has one clock, so its feed has no latency to measure")
                    .hint("give a constant: latency: '100ms'"));
            }
            Latency::Feed(multiple) => (legs.is_of_feed, legs.multiple) = (true, multiple),
        }
        *self = legs;
        Ok(())
    }

    /// The longest that a request can take; of a multiple of the feed's latency nothing is known, so 0.
    pub fn request_max(&self) -> Nanos {
        self.open.max(self.cancel).saturating_add(self.jitter_request)
    }

    /// The shortest; of a multiple of the feed's latency nothing is known, so 0.
    pub fn request_min(&self) -> Nanos {
        if self.is_of_feed { 0 } else { self.open.min(self.cancel) }
    }

    fn travel(&mut self, constant: Nanos, jitter: Nanos, feed: Nanos) -> Result<Nanos> {
        if self.is_of_feed {
            return Decimal::from(feed).checked_mul(self.multiple).and_then(whole).ok_or_else(|| Error::overflow("a latency"));
        }
        let jitter = if jitter == 0 { 0 } else { self.random.up_to(jitter) };
        constant.checked_add(jitter).ok_or_else(|| Error::overflow("a latency"))
    }

    /// Of a request, given the latency of the last market row that had arrived.
    pub fn request(&mut self, request: &Request, feed: Nanos) -> Result<Nanos> {
        let constant = if matches!(request, Request::Cancel(_)) { self.cancel } else { self.open };
        self.travel(constant, self.jitter_request, feed)
    }

    /// Of an answer.
    pub fn response(&mut self, feed: Nanos) -> Result<Nanos> {
        self.travel(self.response, self.jitter_response, feed)
    }
}
