//! The share of time with a position.

/// Time of the run `[start, end]` covered by at least one of the spans `(opened, closed)`, as a share from 0 to 1.
///
/// Times are nanoseconds; spans come in any order, may overlap (several instruments), and count only within the run. A position
/// still open at the end has the end as its close. `None` for a run without duration.
pub fn exposure(spans_ns: &[(i64, i64)], start_ns: i64, end_ns: i64) -> Option<f64> {
    if end_ns <= start_ns {
        return None;
    }
    let mut spans = spans_ns.to_vec();
    spans.sort_unstable();
    let mut covered_to = start_ns;
    let mut covered: i128 = 0;
    for (opened, closed) in spans {
        let from = opened.max(covered_to);
        let to = closed.min(end_ns);
        if to > from {
            covered += i128::from(to) - i128::from(from);
            covered_to = to;
        }
    }
    Some(covered as f64 / (i128::from(end_ns) - i128::from(start_ns)) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_spans_count_once_and_only_within_the_run() {
        assert_eq!(exposure(&[], 0, 100), Some(0.0));
        assert_eq!(exposure(&[(0, 100)], 0, 100), Some(1.0));
        assert_eq!(exposure(&[(10, 20), (30, 40)], 0, 100), Some(0.2));
        assert_eq!(exposure(&[(30, 50), (10, 40), (20, 25)], 0, 100), Some(0.4));
        assert_eq!(exposure(&[(-50, 10), (90, 200), (300, 400)], 0, 100), Some(0.2));
        assert_eq!(exposure(&[(10, 10)], 0, 100), Some(0.0));
        assert_eq!(exposure(&[(i64::MIN, i64::MAX)], i64::MIN, i64::MAX), Some(1.0));
    }

    #[test]
    fn a_run_without_duration_has_no_share() {
        assert_eq!(exposure(&[(0, 1)], 5, 5), None);
        assert_eq!(exposure(&[(0, 1)], 5, 4), None);
    }
}
