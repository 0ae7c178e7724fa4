//! The fields a table of market data may have, and the names that files give them.

use haggle_model::{Error, Result};

/// A field of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// The venue's stamp, or the only one; of bars the stamp that `stamp` describes.
    Time,
    /// The recorder's stamp.
    TimeReceived,
    /// A bar's stamp that says by its name that it is the open.
    TimeOpen,
    /// A bar's stamp that says by its name that it is the close.
    TimeClose,
    /// The time of day, where the date stands in a column of its own.
    TimeOfDay,
    Symbol,
    Exchange,
    Side,
    /// True where the buyer was the maker: the aggressor sold.
    BuyerMaker,
    /// The side of the order that was in the book: the aggressor took the other.
    MakerSide,
    /// Of levels: whether the row belongs to a snapshot.
    IsSnapshot,
    /// What the row is, in files with rows of several kinds.
    Kind,
    Price,
    Quantity,
    Bid,
    BidSize,
    Ask,
    AskSize,
    Open,
    High,
    Low,
    Close,
    Volume,
    /// Of bands: how far from the middle they reach, in per cent; below zero on the bid side.
    Percentage,
    /// Of bands: the quantity between the middle and their end.
    Depth,
    /// Of bands: the value of that quantity.
    Notional,
}

/// How many fields are numbers: the last ones, from [`Field::Price`] on.
pub(crate) const NUMBERS: usize = 14;

impl Field {
    /// Every field with its name in our API and, in lower case without signs, the names that files use; earlier ones
    /// go first where a file has several.
    const TABLE: [(Self, &'static str, &'static [&'static str]); 26] = [
        (
            Self::Time,
            "time",
            &[
                "timeexchange",
                "exchangetime",
                "timestamp",
                "time",
                "datetime",
                "ts",
                "unix",
                "unixtime",
                "unixtimestamp",
                "date",
                "transacttime",
                "transactiontime",
                "tradetime",
                "createdtime",
                "gmttime",
                "t",
                "dtyyyymmdd",
                "indexlevel0",
            ],
        ),
        (Self::TimeReceived, "timeReceived", &["timereceived", "receivedtime", "receivetime", "localtimestamp", "localtime", "received"]),
        (Self::TimeOpen, "timeOpen", &["timeopen", "opentime"]),
        (Self::TimeClose, "timeClose", &["timeclose", "closetime"]),
        (Self::TimeOfDay, "timeOfDay", &["timeofday"]),
        (Self::Symbol, "symbol", &["symbol", "ticker", "instrument", "instrumentname", "pair"]),
        (Self::Exchange, "exchange", &["exchange", "venue"]),
        (Self::Side, "side", &["side", "takerside", "aggressor", "aggressorside"]),
        (Self::BuyerMaker, "buyerMaker", &["buyermaker", "isbuyermaker"]),
        (Self::MakerSide, "makerSide", &["makerside"]),
        (Self::IsSnapshot, "isSnapshot", &["issnapshot"]),
        (Self::Kind, "kind", &["kind", "updatetype"]),
        (Self::Price, "price", &["price", "tradeprice", "px", "lastprice", "p"]),
        (Self::Quantity, "quantity", &["quantity", "qty", "amount", "size", "tradesize", "q"]),
        (Self::Bid, "bid", &["bid", "bidprice", "bestbid", "bestbidprice"]),
        (
            Self::BidSize,
            "bidSize",
            &["bidsize", "bidqty", "bidamount", "bidquantity", "bidvolume", "bestbidsize", "bestbidqty", "bestbidamount"],
        ),
        (Self::Ask, "ask", &["ask", "askprice", "bestask", "bestaskprice"]),
        (
            Self::AskSize,
            "askSize",
            &["asksize", "askqty", "askamount", "askquantity", "askvolume", "bestasksize", "bestaskqty", "bestaskamount"],
        ),
        (Self::Open, "open", &["open", "o"]),
        (Self::High, "high", &["high", "h"]),
        (Self::Low, "low", &["low", "l"]),
        (Self::Close, "close", &["close", "c"]),
        (Self::Volume, "volume", &["volume", "vol", "v"]),
        (Self::Percentage, "percentage", &["percentage"]),
        (Self::Depth, "depth", &["depth"]),
        (Self::Notional, "notional", &["notional"]),
    ];

    /// Every field.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::TABLE.iter().map(|(field, ..)| *field)
    }

    /// The name in our API.
    pub fn name(self) -> &'static str {
        Self::TABLE[self as usize].1
    }

    /// Place among the numbers.
    pub fn number(self) -> Option<usize> {
        (self as usize).checked_sub(Self::Price as usize)
    }

    /// Whether the field is a time.
    pub fn is_time(self) -> bool {
        matches!(self, Self::Time | Self::TimeReceived | Self::TimeOpen | Self::TimeClose)
    }

    /// The field that a caller names.
    pub fn parse(name: &str) -> Result<Self> {
        let plain = plain(name);
        let found = Self::TABLE.iter().find(|(_, own, names)| plain == own.to_lowercase() || names.contains(&plain.as_str()));
        found
            .map(|(field, ..)| *field)
            .ok_or_else(|| Error::unknown("field", name, Self::TABLE.iter().map(|(_, own, _)| *own)).at(format!("columns.{name}")))
    }

    /// How well a column's name fits: 0 is best, `None` not at all.
    pub fn rank(self, column: &str) -> Option<usize> {
        let plain = plain(column);
        let names = Self::TABLE[self as usize].2;
        let of = |name: &str| names.iter().position(|known| *known == name);
        of(&plain).or_else(|| {
            // `time_exchange_ns`: the unit shows in the number anyway.
            let unit = ["ns", "us", "ms"].iter().find_map(|unit| plain.strip_suffix(unit));
            unit.filter(|_| self.is_time()).and_then(of)
        })
    }
}

/// Lower case, letters and digits only: `Bid_Price`, `bidPrice` and `BID PRICE` are one name. A translation behind a stroke
/// (`price/价格`) is left out.
pub(crate) fn plain(name: &str) -> String {
    let name = name.split_once('/').filter(|(_, translation)| !translation.is_ascii()).map_or(name, |(name, _)| name);
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_fields() {
        for (at, (field, name, names)) in Field::TABLE.iter().enumerate() {
            assert_eq!(*field as usize, at);
            assert_eq!(Field::parse(name).expect(name), *field);
            assert!(names.iter().all(|name| plain(name) == *name && Field::parse(name) == Ok(*field)), "{names:?}");
        }
        assert_eq!(Field::Notional.number(), Some(NUMBERS - 1));
        assert_eq!(Field::Price.rank("price/\u{4ef7}\u{683c}"), Some(0));
        assert_eq!(Field::Time.number(), None);
        assert_eq!(Field::Time.rank("time_exchange_ns"), Some(0));
        assert_eq!(Field::BidSize.rank("Bid Qty"), Some(1));
        assert_eq!(Field::Bid.rank("bidding"), None);
        assert_eq!(Field::parse("prize").expect_err("unknown").hint, "did you mean 'price'?");
    }
}
