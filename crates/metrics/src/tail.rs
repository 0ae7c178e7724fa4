//! What the worst twentieth of returns looks like.

use crate::{finite, mean};

/// Returns in time order, sorted from the worst. `None` below two.
fn from_worst(returns: &[f64]) -> Option<Vec<f64>> {
    if returns.len() < 2 {
        return None;
    }
    let mut sorted = returns.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    Some(sorted)
}

/// Value at risk at 95 %: the 5 % percentile of returns, linear between neighbours, as a return (a loss is negative). `None`
/// below two returns. As empyrical `value_at_risk`; quantstats takes the percentile of a normal distribution instead.
pub fn value_at_risk(returns: &[f64]) -> Option<f64> {
    let sorted = from_worst(returns)?;
    // Position 0.05 (N - 1), in integers: whole part and twentieths.
    let (below, twentieths) = ((sorted.len() - 1) / 20, (sorted.len() - 1) % 20);
    let low = sorted[below];
    let high = sorted.get(below + 1).copied().unwrap_or(low);
    finite(low + (high - low) * (twentieths as f64 / 20.0))
}

/// Conditional value at risk at 95 %: the mean of the `floor(0.05 (N - 1)) + 1` worst returns. `None` below two returns. As
/// empyrical `conditional_value_at_risk`.
pub fn conditional_value_at_risk(returns: &[f64]) -> Option<f64> {
    let sorted = from_worst(returns)?;
    mean(&sorted[..=(sorted.len() - 1) / 20])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // Zero to forty: position 0.05 x 40 = 2 exactly; the three worst are 0, 1, 2.
        let returns: Vec<f64> = (0..=40).rev().map(f64::from).collect();
        assert_eq!(value_at_risk(&returns), Some(2.0));
        assert_eq!(conditional_value_at_risk(&returns), Some(1.0));
        // One less: position 1.95, two worst 0 and 1.
        let returns: Vec<f64> = (0..40).map(f64::from).collect();
        assert!(value_at_risk(&returns).is_some_and(|value| (value - 1.95).abs() < 1e-12));
        assert_eq!(conditional_value_at_risk(&returns), Some(0.5));
    }

    #[test]
    fn few_returns() {
        assert_eq!(value_at_risk(&[]), None);
        assert_eq!(value_at_risk(&[0.1]), None);
        assert_eq!(conditional_value_at_risk(&[0.1]), None);
        assert_eq!(conditional_value_at_risk(&[0.1, -0.2]), Some(-0.2));
    }
}
