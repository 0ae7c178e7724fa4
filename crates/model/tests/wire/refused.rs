//! What is not barter's JSON, or asks for nonsense: a code and the path of the field.

use haggle_model::Code;
use haggle_model::wire::{EngineEvent, OrderEvent, OrderKey, OrderRequestOpen, Wire};

const KEY: &str = r#"{"exchange":0,"instrument":1,"strategy":"mm","cid":"a-1"}"#;
const GTC: &str = r#"{"GoodUntilCancelled":{"post_only":false}}"#;

fn refused<T: Wire + std::fmt::Debug>(text: &str, code: Code, path: &str) {
    let error = T::from_text(text).expect_err(text);
    assert_eq!((error.code, error.path.as_str()), (code, path), "{text}: {error}");
}

#[test]
fn malformed_keys() {
    for (text, code, path) in [
        ("{", Code::InvalidArgument, ""),
        ("[]", Code::InvalidArgument, ""),
        ("{}", Code::InvalidArgument, "exchange"),
        (r#"{"exchange":-1}"#, Code::InvalidArgument, "exchange"),
        (r#"{"exchange":1.5}"#, Code::InvalidArgument, "exchange"),
        (r#"{"exchange":""}"#, Code::InvalidArgument, "exchange"),
        (r#"{"exchange":0,"instrument":99999999999}"#, Code::InvalidArgument, "instrument"),
        (r#"{"exchange":0,"instrument":0,"strategy":1}"#, Code::InvalidArgument, "strategy"),
        (r#"{"exchange":0,"instrument":0,"strategy":""}"#, Code::InvalidArgument, "cid"),
        (r#"{"exchange":"\ud800"}"#, Code::InvalidArgument, ""),
    ] {
        refused::<OrderKey>(text, code, path);
    }
}

#[test]
fn impossible_requests() {
    let request = |price: &str, quantity: &str, kind: &str, force: &str, more: &str| {
        format!(
            r#"{{"key":{KEY},"state":{{"side":"Buy","price":{price},"quantity":{quantity},"kind":{kind},"time_in_force":{force}{more}}}}}"#
        )
    };
    for (text, code, path) in [
        (request("1", "0", "\"Limit\"", GTC, ""), Code::InvalidArgument, "state.quantity"),
        (request("1", "\"-1\"", "\"Limit\"", GTC, ""), Code::InvalidArgument, "state.quantity"),
        (request("1", "\"NaN\"", "\"Limit\"", GTC, ""), Code::InvalidArgument, "state.quantity"),
        (request("1", "1e99", "\"Limit\"", GTC, ""), Code::InvalidArgument, "state.quantity"),
        (request("null", "1", "\"Limit\"", GTC, ""), Code::InvalidArgument, "state.price"),
        (request("0", "1", "\"Limit\"", GTC, ""), Code::InvalidArgument, "state.price"),
        (request("1", "1", "\"Limmit\"", GTC, ""), Code::UnknownName, "state.kind"),
        (request("1", "1", "{\"Stop\":0}", GTC, ""), Code::InvalidArgument, "state.kind.Stop"),
        (request("1", "1", "{\"TrailingStop\":\"x%\"}", GTC, ""), Code::InvalidArgument, "state.kind.TrailingStop"),
        (request("1", "1", "{\"Market\":1}", GTC, ""), Code::InvalidArgument, "state.kind.Market"),
        (request("1", "1", "\"Limit\"", "\"Never\"", ""), Code::UnknownName, "state.time_in_force"),
        (request("1", "1", "\"Market\"", r#"{"GoodUntilCancelled":{"post_only":true}}"#, ""), Code::InvalidArgument, "state.time_in_force"),
        (request("1", "1", "\"Limit\"", "\"FillOrKill\"", ",\"post_only\":true"), Code::InvalidArgument, "state.time_in_force"),
        (request("1", "1", "\"Limit\"", GTC, ",\"reduceonly\":true"), Code::UnknownName, "state.reduceonly"),
        (request("1", "1", "\"Limit\"", r#"{"GoodUntil":"soon"}"#, ""), Code::InvalidArgument, "state.time_in_force.GoodUntil"),
    ] {
        refused::<OrderRequestOpen>(&text, code, path);
    }
}

#[test]
fn wrong_variants() {
    for (text, code, path) in [
        ("\"Shutdwn\"".to_owned(), Code::UnknownName, ""),
        (r#"{"Shutdown":1}"#.to_owned(), Code::InvalidArgument, "Shutdown"),
        (r#"{"Shutdown":null,"Market":1}"#.to_owned(), Code::InvalidArgument, ""),
        (r#"{"TradingStateUpdate":"On"}"#.to_owned(), Code::InvalidArgument, "TradingStateUpdate"),
        (r#"{"Command":{"CancelOrder":"None"}}"#.to_owned(), Code::UnknownName, "Command"),
        (r#"{"Command":{"CancelOrders":{"Exchanges":{"Two":1}}}}"#.to_owned(), Code::UnknownName, "Command.CancelOrders.Exchanges"),
        (r#"{"Account":{"Item":{"exchange":0,"kind":{"Balance":1}}}}"#.to_owned(), Code::UnknownName, "Account.Item.kind"),
        (r#"{"Account":{"Item":{"exchange":0,"kind":{"Overflow":-1}}}}"#.to_owned(), Code::InvalidArgument, "Account.Item.kind.Overflow"),
        (r#"{"Account":{"Items":{}}}"#.to_owned(), Code::UnknownName, "Account"),
        (r#"{"Market":{"Item":{"kind":{"Trade":{}}}}}"#.to_owned(), Code::InvalidArgument, "Market.Item.time_exchange"),
    ] {
        refused::<EngineEvent>(&text, code, path);
    }
    for (state, path) in [
        (r#"{"Actve":1}"#, "state"),
        (r#"{"Active":"Opn"}"#, "state.Active"),
        (r#"{"Inactive":{"OpenFailed":{"Rejected":"RateLimits"}}}"#, "state.Inactive.OpenFailed.Rejected"),
    ] {
        refused::<OrderEvent>(&format!(r#"{{"key":{KEY},"state":{state}}}"#), Code::UnknownName, path);
    }
    let pair = r#"{"Inactive":{"OpenFailed":{"Rejected":{"BalanceInsufficient":[1]}}}}"#;
    refused::<OrderEvent>(
        &format!(r#"{{"key":{KEY},"state":{pair}}}"#),
        Code::InvalidArgument,
        "state.Inactive.OpenFailed.Rejected.BalanceInsufficient",
    );
}
