//! Why an order or a request failed, as it is kept: barter's errors without the names that only a message needs.

use haggle_model::Reason;
use haggle_model::wire::{ApiError, ConnectivityError, Name, OrderError};
use serde::{Deserialize, Serialize};

/// Why something failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failure {
    /// The asset's free balance does not cover it; the numbers.
    Balance(String, String),
    /// The exchange refused; `CODE key=value ...`.
    Refused(String),
    /// It was over: cancelled or expired.
    AlreadyCancelled,
    /// It was over: filled.
    AlreadyFilled,
    /// Too many requests.
    RateLimit,
    /// The exchange was not there.
    Offline,
    /// No answer came.
    Timeout,
    /// There was no connection.
    Socket(String),
}

impl From<&Reason> for Failure {
    fn from(reason: &Reason) -> Self {
        match OrderError::from(reason) {
            OrderError::Rejected(ApiError::BalanceInsufficient(asset, numbers)) => Self::Balance(asset.to_string(), numbers),
            OrderError::Rejected(ApiError::OrderAlreadyCancelled) => Self::AlreadyCancelled,
            OrderError::Rejected(ApiError::OrderAlreadyFullyFilled) => Self::AlreadyFilled,
            _ => Self::Refused(reason.to_string()),
        }
    }
}

impl Failure {
    /// As it travels; `exchange` is what the exchange is called.
    pub fn wire(&self, exchange: &str) -> OrderError {
        match self {
            Self::Balance(asset, numbers) => {
                OrderError::Rejected(ApiError::BalanceInsufficient(Name::from(asset.as_str()), numbers.clone()))
            }
            Self::Refused(text) => OrderError::Rejected(ApiError::OrderRejected(text.clone())),
            Self::AlreadyCancelled => OrderError::Rejected(ApiError::OrderAlreadyCancelled),
            Self::AlreadyFilled => OrderError::Rejected(ApiError::OrderAlreadyFullyFilled),
            Self::RateLimit => OrderError::Rejected(ApiError::RateLimit),
            Self::Offline => OrderError::Connectivity(ConnectivityError::ExchangeOffline(exchange.to_owned())),
            Self::Timeout => OrderError::Connectivity(ConnectivityError::Timeout),
            Self::Socket(text) => OrderError::Connectivity(ConnectivityError::Socket(text.clone())),
        }
    }
}
