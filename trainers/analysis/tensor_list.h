#pragma once

#include "trainers/models/named_tensors.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <vector>

/// Vectors of the space of all parameters, one tensor per parameter, and functions of them. Sums
/// are made in float64 whatever the parameters' type. Nothing here touches LibTorch's default
/// random generators or the `.grad` of a parameter.
namespace retort::train {

using TensorList = std::vector<at::Tensor>;

/// A differentiable scalar of the parameters as they are at the time of the call. It must draw no
/// random numbers: two calls give the same value.
using LossFunction = std::function<at::Tensor()>;

/// Called between parts of long work; false: the work is to be given up. May be empty.
using AnalysisPulse = std::function<bool()>;

[[nodiscard]] TensorList tensorsOf(const NamedTensors& parameters);

/// sum_i a_i b_i over all elements. Throws c10::Error when lengths or shapes differ.
[[nodiscard]] double dot(const TensorList& a, const TensorList& b);

/// sqrt(dot(a, a)).
[[nodiscard]] double norm(const TensorList& a);

/// a + factor * b.
[[nodiscard]] TensorList addScaled(const TensorList& a, const TensorList& b, double factor);

/// factor * a.
[[nodiscard]] TensorList scaled(const TensorList& a, double factor);

/// Standard normal values in the shapes, type and place of `like`. They are drawn in float32 on the
/// CPU, tensor after tensor, from a generator of their own: the same for the same seed whatever the
/// type and the device, and those that torch.randn draws after torch.manual_seed(seed). `count`
/// vectors come from one stream.
[[nodiscard]] std::vector<TensorList> gaussianVectors(const TensorList& like,
                                                      std::uint64_t seed,
                                                      std::size_t count);

/// What becomes of a loss's graph when its gradient is taken.
enum class GraphUse {
  kLast,            ///< it is freed
  kAgain,           ///< it is kept for another gradient
  kDifferentiable,  ///< it is kept, and the gradient can itself be differentiated
};

/// The gradient of a scalar; parameters that it does not depend on get zeros.
[[nodiscard]] TensorList gradientOf(const at::Tensor& loss,
                                    const TensorList& parameters,
                                    GraphUse use = GraphUse::kLast);

/// Moves parameters for as long as it lives, and puts the values that it found back bit for bit.
class ParameterShift {
 public:
  explicit ParameterShift(TensorList parameters);
  ~ParameterShift();
  ParameterShift(const ParameterShift&) = delete;
  ParameterShift& operator=(const ParameterShift&) = delete;

  /// parameters = what was found + displacement.
  void moveTo(const TensorList& displacement);

 private:
  TensorList parameters_;
  TensorList found_;
};

}  // namespace retort::train
