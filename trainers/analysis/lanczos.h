#pragma once

#include "trainers/analysis/hessian.h"

namespace retort::train {

/// The eigenvalues of largest magnitude by the Lanczos method: the basis q_1, q_2, … that H spans
/// from a Gaussian start, in which H is the tridiagonal T, and the eigenpairs (theta, s) of T. It
/// needs far fewer products than power iteration where eigenvalues lie close to each other, and
/// tells those of opposite signs apart, but keeps a vector of all parameters for each product.
///   eigenvalue theta, vector sum_j s_j q_j, residual |H v - theta v| = beta_m |s_m|
/// `max_iterations` bounds the products of all eigenvalues together; `iterations` of each is their
/// number. Convergence, `pulse` and values that are not finite: as of largestEigenvalues. Of an
/// eigenvalue that H has more than once, it may find one only. The basis is orthogonalized in full,
/// twice, so that rounding gives no false copies.
/// Source: Golub and Van Loan, Matrix Computations, chapter 10; of a network's Hessian: Ghorbani et
/// al. 2019, arXiv 1901.10159.
[[nodiscard]] std::optional<std::vector<Eigenvalue>> lanczosEigenvalues(
    const HessianProduct& product,
    const TensorList& parameters,
    const EigenvalueOptions& options,
    const AnalysisPulse& pulse = {});

}  // namespace retort::train
