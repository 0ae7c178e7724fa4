//! Tables of steps and the events they should cause; `harness` has the words.

mod amend;
mod bars;
mod books;
mod cancel;
mod candles;
mod cash_settled;
mod fees;
mod filters;
mod harness;
mod makers;
mod money;
mod queue;
mod self_trade;
mod shares;
mod sizes;
mod takers;
mod time;
mod trades;
