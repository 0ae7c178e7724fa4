//! The hash of a config: BLAKE3 over its canonical JSON, so that a config has one hash however it was written.
//!
//! The JSON is an object of these fields, keys sorted, no white space:
//!
//! - `system`: exchanges, instruments and balances, as [`haggle_model::canonical`] writes them;
//! - `reportingAsset`, `closeAtEnd`, `summaryInterval` (`Daily`, `Annual252`, `Annual365` or a duration);
//! - `sampleInterval`: a duration, or null where the grid is chosen from the data;
//! - `returnsPerYear`: a number, or null where it is counted from the data; `drawdownOn`: `marks` or `closes`;
//! - `tiling`: `{passes, period}`, how often the data repeat, and at which distance; `{"passes":1,"period":"0ns"}` where they do not.
//!
//! Seed, strategy and all else that differs from run to run are not in it, nor is the data, which has a hash of its own.

use crate::clock::Tiling;
use crate::constant::{Constant, DrawdownOn};
use crate::hash;
use haggle_metrics::{Period, SummaryInterval};
use haggle_model::canonical;
use serde_json::json;

/// The hash of what all runs of a batch share.
pub fn config_hash(constant: &Constant, tiling: Tiling) -> String {
    hash::of_text(&text(constant, tiling))
}

fn text(constant: &Constant, tiling: Tiling) -> String {
    let Constant { system, balances, summary_interval, sample_interval, returns_per_year, drawdown_on, reporting_asset, close_at_end } =
        constant;
    // A distance of passes that do not come changes nothing.
    let Tiling { passes, period } = if tiling.passes > 1 { tiling } else { Tiling::ONCE };
    let duration = |period: Period| canonical::duration(period.nanoseconds());
    canonical::text(json!({
        "system": canonical::system(system, balances),
        "reportingAsset": reporting_asset,
        "closeAtEnd": close_at_end,
        "summaryInterval": match summary_interval {
            SummaryInterval::Daily => "Daily".to_owned(),
            SummaryInterval::Annual252 => "Annual252".to_owned(),
            SummaryInterval::Annual365 => "Annual365".to_owned(),
            SummaryInterval::Duration(period) => duration(*period),
        },
        "sampleInterval": sample_interval.map(duration),
        "returnsPerYear": returns_per_year,
        "drawdownOn": match drawdown_on {
            DrawdownOn::Marks => "marks",
            DrawdownOn::Closes => "closes",
        },
        "tiling": { "passes": passes, "period": canonical::duration(period) },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use haggle_model::read::{Field, parse};

    const PLAIN: &str = r#"{"system":{"exchange":"x","instruments":["A/B"]},"balances":{"B":100}}"#;
    const ONCE: Tiling = Tiling::ONCE;

    fn hash(config: &str, tiling: Tiling) -> String {
        config_hash(&Constant::read(&Field::root(&parse(config).expect("json"))).expect("a good config"), tiling)
    }

    #[test]
    fn is_pinned() {
        // Results of different versions are compared by it: a new field of the form is a new hash, and a line in the changelog.
        assert_eq!(hash(PLAIN, ONCE), "fd3beae7d7f45da69eae4880870e1493");
    }

    #[test]
    fn is_one_however_a_config_is_written() {
        for same in [
            r#"{"balances":{"x":{"B":"100.0","A":0}},"system":{"instruments":["x:a/b"],"latency":"100ms"}}"#,
            r#"{"system":{"exchange":"x","instruments":["A/B"],"balances":{"B":100}},"closeAtEnd":false,"reportingAsset":"b"}"#,
            r#"{"system":{"exchange":"x","instruments":["A/B"],"balances":{"B":5}},"balances":{"B":100},"summaryInterval":"Annual365","drawdownOn":"marks"}"#,
        ] {
            assert_eq!(hash(same, ONCE), hash(PLAIN, ONCE), "{same}");
        }
        assert_eq!(hash(PLAIN, Tiling { passes: 1, period: 5 }), hash(PLAIN, ONCE));
    }

    #[test]
    fn differs_with_each_field() {
        let with = |fields: &str| format!("{},{fields}}}", PLAIN.trim_end_matches('}').to_owned() + "}");
        let mut hashes =
            vec![hash(PLAIN, ONCE), hash(PLAIN, Tiling { passes: 2, period: 5 }), hash(PLAIN, Tiling { passes: 2, period: 6 })];
        hashes.push(hash(PLAIN, Tiling { passes: 3, period: 5 }));
        hashes.push(hash(&PLAIN.replace("100", "101"), ONCE));
        hashes.push(hash(&PLAIN.replace("A/B", "C/B"), ONCE));
        for fields in [
            r#""closeAtEnd":true"#,
            r#""reportingAsset":"A""#,
            r#""sampleInterval":"1s""#,
            r#""sampleInterval":"2s""#,
            r#""summaryInterval":"Annual252""#,
            r#""summaryInterval":"Daily""#,
            r#""returnsPerYear":252"#,
            r#""returnsPerYear":"252.5""#,
            r#""drawdownOn":"closes""#,
            r#""summaryInterval":"1d""#,
            r#""summaryInterval":"2d""#,
        ] {
            hashes.push(hash(&with(fields), ONCE));
        }
        let count = hashes.len();
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), count);
    }
}
