//! The closed table of reasons why an exchange or the engine refuses or ends an order.

use rust_decimal::Decimal;
use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $text:literal;)*) => {
        /// Why an order was refused or ended. The numbers stand in the result hash: never reuse one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum ReasonCode { $($(#[$doc])* $name = $number,)* }
        impl ReasonCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
            /// The code as users see it.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => stringify!($name),)* } }
            /// One sentence for a person.
            pub const fn message(self) -> &'static str { match self { $(Self::$name => $text,)* } }
        }
    };
}

codes! {
    /// Details: asset, need, free.
    BalanceInsufficient = 1, "the free balance does not cover the order";
    /// Details: need, free.
    BuyingPowerInsufficient = 2, "the account's buying power does not cover the order";
    /// Details: price, min or max.
    PriceOutOfRange = 3, "the price is outside of the instrument's price filter";
    /// Details: quantity, min or max.
    QuantityOutOfRange = 4, "the quantity is outside of the instrument's quantity filter";
    /// Details: notional, min or max.
    NotionalOutOfRange = 5, "the notional value is outside of the instrument's notional filter";
    /// Details: lot.
    QuantityZero = 6, "the size comes to less than one lot";
    /// Details: price, best.
    PostOnlyWouldTake = 7, "a post-only order would have taken";
    /// The position is flat or on the same side.
    ReduceOnlyWouldIncrease = 8, "a reduce-only order would open or enlarge a position";
    /// Details: need, available.
    FillOrKillUnfilled = 9, "a fill-or-kill order could not be filled at once and whole";
    /// Nothing (more) was displayed at a price the order accepts.
    LiquidityMissing = 10, "nothing more was offered at a price the order accepts";
    /// There is no book: before the first quote, after a reconnect, or the quote is too old.
    BookMissing = 11, "there is no book to trade with";
    /// The time in force ran out.
    TimeInForceEnded = 12, "the order's time in force ended";
    /// The exchange's market data has ended.
    DataEnded = 13, "the market data ended";
    /// The run has ended.
    RunEnded = 14, "the run ended";
    /// It would have met an order of its own account.
    SelfTrade = 15, "the order would have traded with one of its own account";
    /// Cancel or amend of an order the exchange does not know.
    OrderUnknown = 16, "the exchange does not know the order";
    /// Cancel or amend of a cancelled, expired or rejected order.
    OrderAlreadyCancelled = 17, "the order has already been cancelled or has expired";
    /// Cancel or amend of a filled order.
    OrderAlreadyFullyFilled = 18, "the order has already been filled";
    /// Trading is disabled.
    TradingDisabled = 19, "trading is disabled";
    /// The account's equity is zero or below: it is closed.
    AccountClosed = 20, "the account's equity is used up, it is closed";
    /// Amended to at most what is filled.
    AmendedToFilled = 21, "the order was amended to what had been filled";
    /// The client cancelled it.
    Requested = 22, "the client cancelled the order";
    /// Details: quantity, max.
    RiskQuantityExceeded = 23, "the quantity is beyond the risk limit";
    /// Details: notional, max.
    RiskNotionalExceeded = 24, "the notional value is beyond the risk limit";
    /// Details: position (that it could come to), max.
    RiskPositionExceeded = 25, "the position that the order could lead to is beyond the risk limit";
    /// Details: open, max.
    RiskOpenOrdersExceeded = 26, "as many orders are open as the risk limit allows";
    /// Details: max, per (nanoseconds).
    RiskOrderRateExceeded = 27, "as many orders were sent lately as the risk limit allows";
    /// Details: price, min or max.
    RiskPriceOutOfCollar = 28, "the price is worse than the risk limit allows";
    /// A limit needs a price, and there is neither a quote nor a print.
    RiskPriceMissing = 29, "a risk limit needs a price, and the market has shown none yet";
    /// Details: reason, where the check gave one.
    RiskCheckRefused = 30, "the risk check refused the order";
    /// A cancel of the order has left and is not answered yet.
    CancelUnderWay = 31, "a cancel of the order is under way";
    /// The exchange takes no more requests for now.
    RateLimit = 32, "too many requests";
    /// The request found no other side.
    ExchangeOffline = 33, "the exchange is offline";
    /// The exchange does not have what it was asked for, or that is not known.
    Timeout = 34, "the exchange did not answer in time";
    /// The request could not leave.
    Socket = 35, "there is no connection";
    /// Details: message, as the venue gave it.
    VenueRefused = 36, "the venue refused it";
    /// Neither price nor quantity would be another.
    AmendUnchanged = 37, "the amend changes nothing";
}

impl ReasonCode {
    /// Whether it is a risk limit or check of the engine that refused the order.
    pub const fn is_risk(self) -> bool {
        matches!(
            self,
            Self::RiskQuantityExceeded
                | Self::RiskNotionalExceeded
                | Self::RiskPositionExceeded
                | Self::RiskOpenOrdersExceeded
                | Self::RiskOrderRateExceeded
                | Self::RiskPriceOutOfCollar
                | Self::RiskPriceMissing
                | Self::RiskCheckRefused
        )
    }
}

/// A code with the numbers that explain it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Which reason.
    pub code: ReasonCode,
    /// `need`, `free`, `limit` ... in canonical text.
    pub details: Vec<(&'static str, String)>,
}

impl From<ReasonCode> for Reason {
    fn from(code: ReasonCode) -> Self {
        Self { code, details: Vec::new() }
    }
}

impl Reason {
    /// The same reason with one more number.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: Decimal) -> Self {
        self.details.push((key, value.normalize().to_string()));
        self
    }

    /// The same reason with one more text.
    #[must_use]
    pub fn with_text(mut self, key: &'static str, value: &str) -> Self {
        self.details.push((key, value.to_owned()));
        self
    }

    /// `{code, message, details}`.
    pub fn to_json(&self) -> serde_json::Value {
        let details: serde_json::Map<_, _> = self.details.iter().map(|(k, v)| ((*k).to_owned(), v.as_str().into())).collect();
        serde_json::json!({ "code": self.code.as_str(), "message": self.code.message(), "details": details })
    }
}

impl fmt::Display for Reason {
    /// `CODE key=value ...`, as it travels in barter's JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())?;
        self.details.iter().try_for_each(|(key, value)| write!(f, " {key}={value}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_unique() {
        let mut numbers: Vec<u8> = ReasonCode::ALL.iter().map(|code| *code as u8).collect();
        numbers.dedup();
        assert_eq!(numbers.len(), ReasonCode::ALL.len());
        let reason = Reason::from(ReasonCode::BalanceInsufficient).with_text("asset", "USDT").with("need", Decimal::new(1050, 1));
        assert_eq!(reason.to_string(), "BalanceInsufficient asset=USDT need=105");
    }
}
