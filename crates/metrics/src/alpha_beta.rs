//! Returns against those of a benchmark over the same periods.

use crate::{finite, mean, moments, standard_deviation};

/// `cov(r, m) / var(m)`, with `m` the benchmark's returns. `None` below two returns, for a benchmark without spread, and for
/// slices of different lengths. As empyrical `beta`, quantstats `greeks`.
pub fn beta(returns: &[f64], benchmark: &[f64]) -> Option<f64> {
    if returns.len() != benchmark.len() || standard_deviation(benchmark)? == 0.0 {
        return None;
    }
    let (center, benchmark_center) = (mean(returns)?, mean(benchmark)?);
    let mut covariance = 0.0;
    let mut variance = 0.0;
    for (r, m) in returns.iter().zip(benchmark) {
        let deviation = m - benchmark_center;
        covariance += (r - center) * deviation;
        variance += deviation * deviation;
    }
    moments::ratio(covariance, variance)
}

/// Annual return beyond the benchmark's at this beta, compounded: `(1 + mean((r - f) - beta (m - f)))^n - 1`, with `f` the
/// risk-free return of one period. `None` where beta is, and where the mean loses all. Jensen (1968); as empyrical `alpha`.
pub fn alpha(returns: &[f64], benchmark: &[f64], risk_free: f64, returns_per_year: f64) -> Option<f64> {
    let beta = beta(returns, benchmark)?;
    let residuals: Vec<f64> = returns.iter().zip(benchmark).map(|(r, m)| (r - risk_free) - beta * (m - risk_free)).collect();
    let residual = mean(&residuals)?;
    if residual <= -1.0 {
        return None;
    }
    finite(libm::expm1(libm::log1p(residual) * returns_per_year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leveraged_benchmark() {
        let benchmark = [0.01, -0.02, 0.03, 0.005];
        let returns: Vec<f64> = benchmark.iter().map(|m| 0.001 + 2.0 * m).collect();
        assert!(beta(&returns, &benchmark).is_some_and(|beta| (beta - 2.0).abs() < 1e-12));
        // A tenth of a per cent a period, ten periods a year.
        let expected = 1.001_f64.powi(10) - 1.0;
        assert!(alpha(&returns, &benchmark, 0.0, 10.0).is_some_and(|alpha| (alpha - expected).abs() < 1e-12));
        // With a risk-free return: (r - f) - 2 (m - f) = 0.001 + f.
        let expected = 1.0015_f64.powi(10) - 1.0;
        assert!(alpha(&returns, &benchmark, 0.0005, 10.0).is_some_and(|alpha| (alpha - expected).abs() < 1e-12));
    }

    #[test]
    fn undefined() {
        assert_eq!(beta(&[0.1, 0.2], &[0.1, 0.1]), None, "a benchmark that does not move");
        assert_eq!(beta(&[0.1, 0.2], &[0.1, 0.2, 0.3]), None, "periods that are not the same");
        assert_eq!(beta(&[0.1], &[0.1]), None);
        assert_eq!(alpha(&[], &[], 0.0, 365.0), None);
        assert_eq!(alpha(&[-2.0, -2.1, -2.0], &[0.1, 0.2, 0.3], 0.0, 365.0), None, "more than everything lost");
    }
}
