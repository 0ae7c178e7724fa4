//! Files without a header that many people have, told by the width and the magnitudes of their first row.

use crate::num::Num;
use crate::times::{self, Written};

/// The names of the columns of a file whose first row this is; `None` for a file that is not known.
///
/// | columns | file |
/// |---|---|
/// | 12, stamps first and seventh | candles of Binance |
/// | 8, the last two yes or no | aggregate trades of Binance, spot |
/// | 7, the last two yes or no | trades of Binance, spot |
/// | 7, the last yes or no | aggregate trades of Binance, futures |
/// | 6, the last yes or no | trades of Binance, futures |
/// | 7, the last two stamps | best quotes of Binance, futures |
/// | 7, a stamp, a candle, a volume, a count | candles of Kraken |
/// | 7, a date, a time of day, a candle, a volume | candles of `HistData` for `MetaTrader` |
/// | 6, a time, a candle, a volume | candles of `HistData`; what ccxt's rows are |
/// | 4, a date with milliseconds, bid, ask, a volume | quotes of `HistData` |
/// | 3, a stamp, a price, a volume | trades of Kraken |
pub(crate) fn names(row: &[&str]) -> Option<Vec<String>> {
    let is_flag = |at: usize| row.get(at).is_some_and(|cell| cell.eq_ignore_ascii_case("true") || cell.eq_ignore_ascii_case("false"));
    let number = |at: usize| row.get(at).and_then(|cell| Num::parse(cell.as_bytes()).ok());
    // Milliseconds or finer.
    let is_fine = |at: usize| number(at).is_some_and(|number| number.scale() == 0 && number.mantissa() >= 1_000_000_000_000);
    let is_stamp = |at: usize| number(at).is_some_and(|number| number.mantissa() >= 100_000_000);
    let is_wall = |at: usize| row.get(at).is_some_and(|cell| matches!(times::read(cell.as_bytes()), Ok(Written::Wall(_))));
    let candle = |at: usize| -> bool {
        let [Some(open), Some(high), Some(low), Some(close)] = [number(at), number(at + 1), number(at + 2), number(at + 3)] else {
            return false;
        };
        [open, close, low].iter().all(|price| price.compare(high).is_le()) && [open, close].iter().all(|price| low.compare(*price).is_le())
    };
    let names = match row.len() {
        12 if is_fine(0) && is_fine(6) && candle(1) => {
            "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore"
        }
        8 if is_flag(6) && is_flag(7) && is_fine(5) => {
            "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker,is_best_match"
        }
        7 if is_flag(5) && is_flag(6) && is_fine(4) => "id,price,qty,quote_qty,time,is_buyer_maker,is_best_match",
        7 if is_flag(6) && is_fine(5) => "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker",
        6 if is_flag(5) && is_fine(4) => "id,price,qty,quote_qty,time,is_buyer_maker",
        7 if is_fine(5) && is_fine(6) && (1..5).all(|at| number(at).is_some()) => {
            "update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,transaction_time,event_time"
        }
        7 if is_wall(0) && row[1].contains(':') && candle(2) => "date,time,open,high,low,close,volume",
        7 if is_stamp(0) && candle(1) && number(6).is_some_and(|count| count.scale() == 0) => "timestamp,open,high,low,close,volume,trades",
        6 if (is_stamp(0) || is_wall(0)) && candle(1) && number(5).is_some() => "timestamp,open,high,low,close,volume",
        4 if is_wall(0) && number(1).is_some() && number(2).is_some() && number(3).is_some() => "timestamp,bid,ask,volume",
        3 if is_stamp(0) && number(1).is_some() && number(2).is_some() => "timestamp,price,volume",
        _ => return None,
    };
    Some(names.split(',').map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn others_are_not_known() {
        for row in [
            "1,2,3",
            "1704067200000,10,9,11,10,1",
            "a,b,c,d",
            "1,2,3,4,5,6,7",
            "true,1,2,3,4,5",
            "",
            "1704067200000,1,2,3,4,5,6,7,8,9,10,11",
        ] {
            assert_eq!(names(&row.split(',').collect::<Vec<_>>()), None, "{row}");
        }
    }
}
