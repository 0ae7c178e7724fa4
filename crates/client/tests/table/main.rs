//! Tables of what happens between the accounts of a client, and between them and market data.

mod connection;
mod harness;
mod market;
mod matching;
