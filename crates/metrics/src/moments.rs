//! Mean, standard deviation, skewness and kurtosis, with plain sums in the order of the input.

use crate::finite;

/// Relative size below which a standard deviation is rounding noise.
const NOISE: f64 = 1e-12;

/// Zero for a spread that is rounding noise beside the largest of the values it came from, otherwise the spread itself.
pub(crate) fn without_noise(spread: f64, values: &[f64]) -> f64 {
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    if spread <= NOISE * largest { 0.0 } else { spread }
}

/// Numerator over denominator, `None` over zero or where the quotient is no number.
pub(crate) fn ratio(numerator: f64, denominator: f64) -> Option<f64> {
    if denominator == 0.0 { None } else { finite(numerator / denominator) }
}

/// Mean of the deviations from `center`, each raised to `power`.
fn central_moment(values: &[f64], center: f64, power: u32) -> f64 {
    let sum: f64 = values
        .iter()
        .map(|value| {
            let deviation = value - center;
            (1..power).fold(deviation, |product, _| product * deviation)
        })
        .sum();
    sum / values.len() as f64
}

/// Arithmetic mean; `None` of nothing.
pub fn mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    finite(values.iter().sum::<f64>() / values.len() as f64)
}

/// Sample standard deviation (ddof 1), in the unit of the values; zero where it is rounding noise, `None` below two values.
pub fn standard_deviation(values: &[f64]) -> Option<f64> {
    let count = values.len();
    if count < 2 {
        return None;
    }
    let variance = central_moment(values, mean(values)?, 2) * (count as f64 / (count - 1) as f64);
    finite(without_noise(variance.sqrt(), values))
}

/// Annual volatility `std(returns, ddof 1) sqrt(n)`, as a fraction; zero for constant returns, `None` below two.
pub fn volatility(returns: &[f64], returns_per_year: f64) -> Option<f64> {
    finite(standard_deviation(returns)? * returns_per_year.sqrt())
}

/// Bias-corrected skewness (adjusted Fisher-Pearson, as pandas and scipy with `bias=False`); `None` below three values and
/// without spread.
pub fn skewness(values: &[f64]) -> Option<f64> {
    let count = values.len() as f64;
    if values.len() < 3 || standard_deviation(values)? == 0.0 {
        return None;
    }
    let center = mean(values)?;
    let second = central_moment(values, center, 2);
    let biased = ratio(central_moment(values, center, 3), second * second.sqrt())?;
    finite((count * (count - 1.0)).sqrt() / (count - 2.0) * biased)
}

/// Bias-corrected excess kurtosis (zero for a normal distribution, as pandas and scipy with `bias=False`); `None` below four
/// values and without spread.
pub fn excess_kurtosis(values: &[f64]) -> Option<f64> {
    let count = values.len() as f64;
    if values.len() < 4 || standard_deviation(values)? == 0.0 {
        return None;
    }
    let center = mean(values)?;
    let second = central_moment(values, center, 2);
    let biased = ratio(central_moment(values, center, 4), second * second)? - 3.0;
    finite((count - 1.0) / ((count - 2.0) * (count - 3.0)) * ((count + 1.0) * biased + 6.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_few_values_are_undefined() {
        assert_eq!(mean(&[]), None);
        assert_eq!(mean(&[3.0]), Some(3.0));
        assert_eq!(standard_deviation(&[3.0]), None);
        assert_eq!(volatility(&[], 365.0), None);
        assert_eq!(skewness(&[1.0, 2.0]), None);
        assert_eq!(excess_kurtosis(&[1.0, 2.0, 4.0]), None);
    }

    #[test]
    fn noise_counts_as_zero() {
        // 0.1 added up leaves a mean one bit off, and with it a deviation of 1e-17.
        let constant = [0.1; 10];
        assert_eq!(standard_deviation(&constant), Some(0.0));
        assert_eq!(volatility(&constant, 365.0), Some(0.0));
        assert_eq!(skewness(&constant), None);
        assert_eq!(excess_kurtosis(&constant), None);
        assert_eq!(standard_deviation(&[0.0, 0.0]), Some(0.0));
        assert_eq!(standard_deviation(&[1.0, 1.0 + 1e-13]), Some(0.0));
        assert!(standard_deviation(&[1.0, 1.0 + 1e-11]).is_some_and(|std| std > 0.0));
    }

    #[test]
    fn overflow_is_undefined() {
        assert_eq!(mean(&[f64::MAX, f64::MAX]), None);
        assert_eq!(standard_deviation(&[f64::MAX, -f64::MAX]), None);
    }

    #[test]
    fn by_hand() {
        assert_eq!(standard_deviation(&[1.0, 2.0, 3.0]), Some(1.0));
        assert_eq!(skewness(&[1.0, 2.0, 3.0]), Some(0.0));
        // m2 = 1.25, m4 = 2.5625: 3/2 x (5 x (1.64 - 3) + 6) = -1.2.
        assert!(excess_kurtosis(&[1.0, 2.0, 3.0, 4.0]).is_some_and(|kurtosis| (kurtosis + 1.2).abs() < 1e-12));
    }
}
