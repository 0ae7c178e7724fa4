//! The canonical form of a system: one text for configs that mean the same, another one for each that does not.

use haggle_model::init::read_system;
use haggle_model::read::{Field, parse};
use haggle_model::{Result, System, canonical};
use serde_json::Value;

fn read(text: &str) -> Result<System> {
    read_system(&Field::root(&parse(text)?))
}

fn canonical_text(text: &str) -> Result<String> {
    let system = read(text)?;
    Ok(canonical::text(canonical::system(&system, &system.balances)))
}

/// Every setting, none of them the default.
const FULL: &str = r#"{"exchange":"x","instruments":["A/B",{"symbol":"C/B","exchange":"y","nameExchange":"c_b","tickSize":"0.01","lotSize":"0.1",
    "minPrice":"1","maxPrice":"2","minQuantity":"3","maxQuantity":"4","minNotional":"5","maxNotional":"6"}],
    "balances":{"x":{"B":"100"},"y":{"B":"7","C":"8"}},
    "executions":{"x":{
        "fees":{"maker":"-0.0001","taker":"0.0005","chargedIn":"received","perOrder":"0.5","perContract":"0.25"},
        "latency":{"open":"1ms","cancel":"2ms","response":"3ms","jitter":"4ms"},"account":"cash-settled","leverage":"3",
        "fills":{"l1":{"walk":{"ticks":2,"share":"0.5","levels":3}},"queue":{"probabilistic":2},"bar":"this-close","path":"nearest","touch":true,
            "gapFill":"open","maxQuoteAge":"5s","volumeShare":"0.5","slippage":{"ticks":1},"spread":2,"selfTrade":"none"}}}}"#;

#[test]
fn is_a_config_that_gives_the_same_system() -> Result<()> {
    for text in [r#"{"instruments":["A/B"]}"#, FULL] {
        let system = read(text)?;
        let canonical = canonical_text(text)?;
        let again = read(&canonical)?;
        // Reading fills in what is silent, and lists assets of the balances: those of 0 say nothing.
        let balances = again.balances.into_iter().filter(|(_, amount)| !amount.is_zero()).collect();
        assert_eq!(System { silent: system.silent.clone(), balances, ..again }, system);
        assert_eq!(canonical_text(&canonical)?, canonical);
    }
    Ok(())
}

#[test]
fn is_this_text() -> Result<()> {
    let expected = concat!(
        r#"{"balances":{"mock":{"A":"0","B":"0"}},"executions":{"mock":{"account":"spot","#,
        r#""fees":{"chargedIn":"quote","maker":"0.001","perContract":"0","perOrder":"0","taker":"0.001"},"#,
        r#""fills":{"bar":"next-open","gapFill":"limit","l1":"displayed","path":"worst","queue":"risk-averse","selfTrade":"expireMaker","#,
        r#""slippage":{"ticks":0},"spread":1,"touch":false,"volumeShare":"1"},"latency":"100000000ns","leverage":"1"}},"#,
        r#""instruments":[{"exchange":"mock","nameExchange":"AB","symbol":"A/B"}]}"#
    );
    assert_eq!(canonical_text(r#"{"instruments":["A/B"]}"#)?, expected);
    Ok(())
}

#[test]
fn configs_that_mean_the_same_have_one_text() -> Result<()> {
    let plain = canonical_text(r#"{"exchange":"x","instruments":["A/B"],"balances":{"B":100}}"#)?;
    for same in [
        r#"{"balances":{"x":{"B":"100.00"}},"instruments":["x:a/b"]}"#,
        r#"{"exchange":"x","instruments":[{"nameExchange":"AB","symbol":"A/B"}],"balances":{"B":"1e2","A":0}}"#,
        r#"{"exchange":"x","instruments":["A/B"],"balances":{"B":100},"latency":"0.1s","leverage":1.0,"fees":{"taker":"0.0010","maker":0.001}}"#,
        r#"{"exchange":"x","instruments":["A/B"],"balances":{"B":100},"executions":{"x":{"latency":100,"fills":{"volumeShare":"1.0"}}}}"#,
    ] {
        assert_eq!(canonical_text(same)?, plain, "{same}");
    }
    Ok(())
}

/// Puts something else in the place of each leaf in turn; what no config may say there is left out.
fn changed(value: &Value, at: &mut usize) -> Option<Value> {
    match value {
        Value::Object(map) => map.iter().find_map(|(key, inner)| {
            let inner = changed(inner, at)?;
            let mut whole = map.clone();
            whole.insert(key.clone(), inner);
            Some(Value::Object(whole))
        }),
        Value::Array(items) => items.iter().enumerate().find_map(|(index, inner)| {
            let inner = changed(inner, at)?;
            let mut whole = items.clone();
            whole[index] = inner;
            Some(Value::Array(whole))
        }),
        leaf if *at == 0 => Some(match leaf {
            Value::Bool(is) => (!is).into(),
            Value::Number(number) => (number.as_u64().unwrap_or_default() + 1).into(),
            Value::String(text) => other(text).into(),
            _ => Value::Null,
        }),
        _ => {
            *at -= 1;
            None
        }
    }
}

/// Another word that may stand where this one does.
fn other(text: &str) -> String {
    let words = [("A/B", "D/B"), ("C/B", "D/B"), ("c_b", "cb"), ("received", "quote"), ("this-close", "next-open"), ("nearest", "worst")];
    let words = words.into_iter().chain([("open", "limit"), ("none", "expireMaker")]);
    match (words.into_iter().find(|(word, _)| *word == text), text.parse::<f64>()) {
        (Some((_, other)), _) => other.to_owned(),
        (None, Ok(_)) if text.starts_with('-') || text.starts_with("0.") => format!("{text}1"),
        (None, Ok(number)) => (number + 1.0).to_string(),
        (None, Err(_)) => format!("1{text}"),
    }
}

#[test]
fn configs_that_differ_in_one_field_have_different_texts() -> Result<()> {
    let value = parse(FULL)?;
    let mut seen = vec![canonical_text(FULL)?];
    let mut refused = Vec::new();
    for leaf in 0.. {
        let Some(value) = changed(&value, &mut { leaf }) else { break };
        match canonical_text(&value.to_string()) {
            Ok(text) => {
                assert!(!seen.contains(&text), "{value}");
                seen.push(text);
            }
            Err(error) => refused.push(error.path.clone()),
        }
    }
    // Names that other parts of the config refer to, and a word whose other one forbids leverage.
    assert_eq!(refused, ["executions.x", "balances.y.C", "balances.y", "executions.x.account"]);
    assert_eq!(seen.len() - 1 + refused.len(), 40);
    Ok(())
}

#[test]
fn every_word_of_a_setting_is_another_text() -> Result<()> {
    let mut seen = Vec::new();
    for setting in [
        r#""account":"spot""#,
        r#""account":"cash-settled""#,
        r#""latency":"7ms""#,
        r#""latency":{"open":"7ms"}"#,
        r#""latency":{"feed":"7"}"#,
        r#""fees":{"maker":0,"taker":0}"#,
        r#""fees":{"maker":0,"taker":0,"chargedIn":"received"}"#,
        r#""fees":{"maker":0,"taker":0,"chargedIn":{"asset":"A"}}"#,
        r#""fees":{"maker":0,"taker":0,"chargedIn":{"asset":"B"}}"#,
        r#""fills":{"l1":"allAtBest"}"#,
        r#""fills":{"l1":{"walk":{"ticks":1,"share":1,"levels":1}}}"#,
        r#""fills":{"queue":"probabilistic"}"#,
        r#""fills":{"queue":{"probabilistic":3}}"#,
        r#""fills":{"queue":"none"}"#,
        r#""fills":{"slippage":{"ticks":1}}"#,
        r#""fills":{"slippage":"0.5"}"#,
        r#""fills":{"selfTrade":"expireTaker"}"#,
        r#""fills":{"selfTrade":"none"}"#,
    ] {
        let text = canonical_text(&format!(r#"{{"instruments":["A/B"],{setting}}}"#))?;
        assert!(!seen.contains(&text), "{setting}");
        seen.push(text);
    }
    for names in [r#""A/B","A/C""#, r#""A/C","A/B""#, r#""x:A/B","A/C""#, r#""A/B","x:A/C""#] {
        let text = canonical_text(&format!(r#"{{"instruments":[{names}]}}"#))?;
        assert!(!seen.contains(&text), "{names}");
        seen.push(text);
    }
    Ok(())
}
