#include "tests/trainers/tensor_testing.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones_like.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <random>

namespace retort::train {
namespace {

void collect(const Json& values, std::vector<double>& flat) {
  if (values.is_array()) {
    for (const Json& value : values) {
      collect(value, flat);
    }
  } else {
    flat.push_back(values.get<double>());
  }
}

at::Tensor fromFlat(const std::vector<double>& flat, const std::vector<std::int64_t>& shape) {
  at::Tensor tensor = at::empty(shape, at::kDouble);
  std::copy(flat.begin(), flat.end(), tensor.mutable_data_ptr<double>());
  return tensor;
}

}  // namespace

at::Tensor tensorOf(const Json& values, at::ScalarType dtype) {
  std::vector<std::int64_t> shape;
  for (const Json* level = &values; level->is_array(); level = &level->front()) {
    shape.push_back(static_cast<std::int64_t>(level->size()));
  }
  std::vector<double> flat;
  collect(values, flat);
  return fromFlat(flat, shape).to(dtype);
}

at::Tensor randomTensor(const std::vector<std::int64_t>& shape, std::uint64_t seed, double spread) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal(0, spread);
  std::int64_t count = 1;
  for (const std::int64_t size : shape) {
    count *= size;
  }
  std::vector<double> flat(static_cast<std::size_t>(count));
  std::generate(flat.begin(), flat.end(), [&] { return normal(generator); });
  return fromFlat(flat, shape);
}

Json testData(const std::string& name) {
  std::ifstream file(std::string(TEST_DATA_DIR) + "/" + name);
  return Json::parse(file);
}

double largestDifference(const at::Tensor& a, const at::Tensor& b) {
  if (a.sizes() != b.sizes()) {
    return std::numeric_limits<double>::infinity();
  }
  const double difference =
      (a.detach().to(at::kDouble) - b.detach().to(at::kDouble)).abs().max().item<double>();
  return std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference;
}

at::Tensor gradientOf(const std::function<at::Tensor(const at::Tensor&)>& f,
                      const at::Tensor& x,
                      const at::Tensor& weight) {
  const at::Tensor leaf = x.detach().clone().requires_grad_();
  const at::Tensor y = f(leaf);
  y.backward(weight.defined() ? weight : at::ones_like(y));
  return leaf.grad();
}

double gradientError(const std::function<at::Tensor(const at::Tensor&)>& f, const at::Tensor& x) {
  constexpr double kStep = 1e-6;
  const at::Tensor analytic = gradientOf(f, x).flatten();
  const at::NoGradGuard no_grad;
  double error = 0;
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    const auto moved = [&](double step) {
      const at::Tensor shifted = x.detach().clone();
      shifted.view(-1)[i].add_(step);
      return f(shifted).item<double>();
    };
    const double numeric = (moved(kStep) - moved(-kStep)) / (2 * kStep);
    error = std::max(error, std::abs(numeric - analytic[i].item<double>()));
  }
  return error;
}

double relativeDifference(double a, double b) {
  return std::abs(a - b) / std::max(std::abs(b), 1e-12);
}

}  // namespace retort::train
