#include "trainers/analysis/lanczos.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace retort::train {

namespace {

// Beside the largest number of T, what is left of a product is rounding.
constexpr double kNothing = 1e-12;

/// The part of v that is orthogonal to the basis: once is not enough beside rounding, twice is.
TensorList orthogonalTo(const std::vector<TensorList>& basis, TensorList vector) {
  for (int pass = 0; pass < 2; ++pass) {
    for (const TensorList& direction : basis) {
      vector = addScaled(vector, direction, -dot(vector, direction));
    }
  }
  return vector;
}

/// An eigenpair of T: the value, and the vector in the basis.
struct RitzPair {
  double value = 0;
  std::vector<double> vector;
};

/// Orthonormal vectors and H within them.
class KrylovSpace {
 public:
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(basis_.size()); }

  /// The last direction's image, of which T learns; what is left of it leads to the next direction.
  void take(const TensorList& image) {
    diagonal_.push_back(dot(image, basis_.back()));
    rest_ = orthogonalTo(basis_, image);
    below_.push_back(norm(rest_));
    scale_ = std::max({scale_, std::abs(diagonal_.back()), below_.back()});
  }

  /// The next direction: what is left of the last image. Where nothing is, H maps the space onto
  /// itself, and the other start leads out of it. False when the space is everything.
  bool grow(const std::function<TensorList()>& other_start) {
    if (add(rest_, scale_)) {
      return true;
    }
    if (!below_.empty()) {
      below_.back() = 0;
    }
    const TensorList start = other_start();
    return add(orthogonalTo(basis_, start), norm(start));
  }

  [[nodiscard]] bool isFinite() const {
    return std::isfinite(diagonal_.back()) && std::isfinite(below_.back());
  }

  [[nodiscard]] const TensorList& direction() const { return basis_.back(); }

  /// At most `count` of T, by falling magnitude.
  [[nodiscard]] std::vector<RitzPair> pairs(std::size_t count) const {
    const std::int64_t size = this->size();
    const at::Tensor matrix = at::zeros({size, size}, at::kDouble);
    for (std::int64_t i = 0; i < size; ++i) {
      matrix[i][i] = diagonal_[i];
      if (i + 1 < size) {
        matrix[i + 1][i] = below_[i];  // eigh reads the lower triangle
      }
    }
    const auto [values, vectors] = at::linalg_eigh(matrix);
    std::vector<RitzPair> pairs;
    for (std::int64_t i = 0; i < size; ++i) {
      const at::Tensor vector = vectors.select(1, i).contiguous();
      pairs.push_back({values[i].item<double>(),
                       {vector.const_data_ptr<double>(), vector.const_data_ptr<double>() + size}});
    }
    std::stable_sort(pairs.begin(), pairs.end(), [](const RitzPair& a, const RitzPair& b) {
      return std::abs(a.value) > std::abs(b.value);
    });
    pairs.resize(std::min(pairs.size(), count));
    return pairs;
  }

  /// |H v - value v| / |value|, v of length 1; the numerator alone where the value is 0.
  [[nodiscard]] double residual(const RitzPair& pair) const {
    const double length = below_.back() * std::abs(pair.vector.back());
    return pair.value != 0 ? length / std::abs(pair.value) : length;
  }

  [[nodiscard]] TensorList vectorOf(const RitzPair& pair) const {
    TensorList vector = scaled(basis_.front(), pair.vector.front());
    for (std::size_t i = 1; i < basis_.size(); ++i) {
      vector = addScaled(vector, basis_[i], pair.vector[i]);
    }
    return vector;
  }

 private:
  bool add(const TensorList& outside, double scale) {
    const double length = norm(outside);
    if (!(length > scale * kNothing)) {
      return false;
    }
    basis_.push_back(scaled(outside, 1 / length));
    return true;
  }

  std::vector<TensorList> basis_;
  std::vector<double> diagonal_;
  std::vector<double> below_;
  TensorList rest_;
  double scale_ = 0;
};

/// What the space knows of the eigenvalues that are wanted; fewer when it is smaller.
std::vector<Eigenvalue> eigenvaluesOf(const KrylovSpace& space,
                                      const std::vector<RitzPair>& pairs,
                                      const EigenvalueOptions& options) {
  std::vector<Eigenvalue> found;
  for (const RitzPair& pair : pairs) {
    const double residual = space.residual(pair);
    found.push_back({.value = pair.value,
                     .residual = residual,
                     .iterations = space.size(),
                     .is_converged = residual <= options.tolerance});
  }
  return found;
}

bool isDone(const std::vector<Eigenvalue>& found, const EigenvalueOptions& options) {
  return found.size() == options.count &&
         std::all_of(found.begin(), found.end(), [](const Eigenvalue& eigenvalue) {
           return eigenvalue.is_converged;
         });
}

std::vector<Eigenvalue> notNumbers(const KrylovSpace& space, const EigenvalueOptions& options) {
  constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();
  return std::vector<Eigenvalue>(
      options.count, {.value = kNotANumber, .residual = kNotANumber, .iterations = space.size()});
}

}  // namespace

std::optional<std::vector<Eigenvalue>> lanczosEigenvalues(const HessianProduct& product,
                                                          const TensorList& parameters,
                                                          const EigenvalueOptions& options,
                                                          const AnalysisPulse& pulse) {
  KrylovSpace space;
  std::vector<RitzPair> pairs;
  std::vector<Eigenvalue> found;
  const auto start = [&] {
    const auto seed = options.seed + static_cast<std::uint64_t>(space.size());
    return gaussianVectors(parameters, seed, 1).front();
  };
  while (space.size() < options.max_iterations && !isDone(found, options) && space.grow(start)) {
    if (pulse && !pulse()) {
      return std::nullopt;
    }
    space.take(product(space.direction()));
    if (!space.isFinite()) {
      return notNumbers(space, options);
    }
    pairs = space.pairs(options.count);
    found = eigenvaluesOf(space, pairs, options);
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    found[i].vector = space.vectorOf(pairs[i]);
  }
  return found;
}

}  // namespace retort::train
