//! Names into indices and back, and indices that could mean two things.

use haggle_model::init::read_system;
use haggle_model::read::{Field, parse};
use haggle_model::wire::{EngineEvent, Numbering, OrderEvent, Translator, Wire};
use haggle_model::{Code, Result, System};

fn system(text: &str) -> Result<System> {
    read_system(&Field::root(&parse(text)?))
}

/// BTC before ETH, as barter sorts: indices are agreed on.
const SORTED: &str = r#"{"exchange":"binance_spot","instruments":["BTC/USDT","ETH/USDT"]}"#;
/// ETH before BTC: they are not.
const UNSORTED: &str = r#"{"exchange":"binance_spot","instruments":["ETH/USDT","BTC/USDT","SOL/USDT"]}"#;
const TWO: &str = r#"{"instruments":[{"symbol":"BTC/USDT","exchange":"binance_spot"},{"symbol":"BTC/USDT","exchange":"okx"}]}"#;

fn event(exchange: &str, instrument: &str) -> Result<OrderEvent> {
    let key = format!(r#"{{"exchange":{exchange},"instrument":{instrument},"strategy":"mm","cid":"a"}}"#);
    OrderEvent::from_text(&format!(r#"{{"key":{key},"state":{{"Inactive":"Expired"}}}}"#))
}

#[test]
fn there_and_back() -> Result<()> {
    let names = Translator::new(system(SORTED)?, Numbering::Agreed, None)?;
    let named = event("\"binance_spot\"", "\"ETH/USDT\"")?;
    let indexed = names.indexed(&named)?;
    assert_eq!(indexed, event("0", "1")?);
    assert_eq!(names.named(&indexed)?, named);
    assert_eq!(names.indexed(&event("\"binance_spot\"", "\"ETHUSDT\"")?)?, indexed);
    Ok(())
}

#[test]
fn every_name_of_an_event_is_translated() -> Result<()> {
    // Assets count in the order of their first mention: BTC, USDT, ETH.
    let names = Translator::new(system(SORTED)?, Numbering::Config, None)?;
    for (text, shown) in [
        (r#"{"Command":{"ClosePositions":{"Exchanges":{"One":0}}}}"#, r#"{"One":"binance_spot"}"#),
        (r#"{"Command":{"CancelOrders":{"Instruments":{"Many":[0,1]}}}}"#, r#"["BTC/USDT","ETH/USDT"]"#),
        (r#"{"Command":{"CancelOrders":{"Underlyings":{"One":{"base":0,"quote":1}}}}}"#, r#"{"base":"BTC","quote":"USDT"}"#),
        (
            r#"{"Command":{"SendCancelRequests":{"Many":[{"key":{"exchange":0,"instrument":1,"strategy":"","cid":""},"state":{"id":null}}]}}}"#,
            r#""exchange":"binance_spot","instrument":"ETH/USDT""#,
        ),
        (
            r#"{"Account":{"Item":{"exchange":0,"kind":{"BalanceSnapshot":{"asset":2,"balance":{"total":"1","free":"1"},"time_exchange":"2025-01-01T00:00:00Z"}}}}}"#,
            r#""exchange":"binance_spot","kind":{"BalanceSnapshot":{"asset":"ETH""#,
        ),
        (
            r#"{"Account":{"Item":{"exchange":0,"kind":{"Snapshot":{"exchange":0,"balances":[],"instruments":[{"instrument":1,"orders":[]}]}}}}}"#,
            r#"{"exchange":"binance_spot","balances":[],"instruments":[{"instrument":"ETH/USDT""#,
        ),
        (
            r#"{"Account":{"Item":{"exchange":0,"kind":{"OrderCancelled":{"key":{"exchange":0,"instrument":0,"strategy":"","cid":""},"state":{"Err":{"Rejected":{"InstrumentInvalid":[1,""]}}}}}}}}"#,
            r#"{"InstrumentInvalid":["ETH/USDT",""]}"#,
        ),
    ] {
        let indexed = EngineEvent::from_text(text)?;
        let named = names.named(&indexed)?;
        assert!(named.to_text().contains(shown), "{}", named.to_text());
        assert_eq!(names.indexed(&named)?.to_text(), text);
    }
    Ok(())
}

#[test]
fn an_ambiguous_index_is_refused_both_ways() -> Result<()> {
    let names = Translator::new(system(UNSORTED)?, Numbering::Agreed, None)?;
    let error = names.named(&event("0", "0")?).expect_err("ambiguous");
    assert_eq!((error.code, error.path.as_str()), (Code::AmbiguousName, "key.instrument"));
    let error = names.indexed(&event("\"binance_spot\"", "\"BTC/USDT\"")?).expect_err("ambiguous");
    assert_eq!((error.code, error.path.as_str()), (Code::AmbiguousName, "key.instrument"));
    // SOL is last in both orders.
    assert_eq!(names.named(&event("0", "2")?)?, event("\"binance_spot\"", "\"SOL/USDT\"")?);
    let listed = Translator::new(system(UNSORTED)?, Numbering::Config, None)?;
    assert_eq!(listed.named(&event("0", "0")?)?, event("\"binance_spot\"", "\"ETH/USDT\"")?);
    Ok(())
}

#[test]
fn names_are_found_where_they_are() -> Result<()> {
    let names = Translator::new(system(TWO)?, Numbering::Agreed, None)?;
    assert_eq!(names.indexed(&event("\"okx\"", "\"BTC/USDT\"")?)?, event("1", "1")?);
    assert_eq!(names.named(&event("1", "1")?)?, event("\"okx\"", "\"okx:BTC/USDT\"")?);
    for (exchange, instrument, code, path) in [
        ("\"okex\"", "0", Code::UnknownName, "key.instrument"),
        ("5", "0", Code::UnknownName, "key.instrument"),
        ("0", "9", Code::UnknownName, "key.instrument"),
        ("0", "1", Code::UnknownName, "key.instrument"),
        ("0", "\"BTC/USDC\"", Code::UnknownName, "key.instrument"),
    ] {
        let error = names.named(&event(exchange, instrument)?).expect_err("refused");
        assert_eq!((error.code, error.path.as_str()), (code, path), "{error}");
    }
    let okx = Translator::new(system(TWO)?, Numbering::Agreed, Some("okx"))?;
    let error = okx.named(&event("0", "0")?).expect_err("another exchange");
    assert_eq!(error.code, Code::UnknownName);
    assert_eq!(Translator::new(system(TWO)?, Numbering::Agreed, Some("okex")).expect_err("unknown").hint, "did you mean 'okx'?");
    Ok(())
}
