#pragma once

#include "core/settings/catalogue.h"
#include "trainers/models/bert_trace.h"
#include "trainers/models/encoder_batch.h"

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>
#include <vector>

/// Distillation losses compare what a student and its teacher left behind on one batch. To add one:
///  1. write losses/x.{h,cpp}: first the pure function on tensors, with its formula in the header;
///  2. below it a LossDefinition `xLoss()`: documentation, what it needs of the traces, and the
///  terms per layer;
///  3. add its line to the table in losses/registry.cpp; the setting distill.x.coefficient comes by
///  itself;
///  4. test it in tests/trainers/losses/x_test.cpp: hand-computed values, zero when equal,
///  numerical gradient.
/// Letters: B batch, H heads, N padded length, n_b length of sentence b, D hidden, L layers, C
/// classes; S student, T teacher. MSE(a, b) is the mean over all elements. Teachers never receive a
/// gradient. Temperature is 1 everywhere.
namespace retort::train {

/// What a loss may look at. References must outlive the call.
struct LossInput {
  const BertTrace& student;
  const BertTrace& teacher;
  const EncoderBatch& batch;
};

/// A loss as the registry lists it.
struct LossDefinition {
  TechniqueSpec spec;
  double default_coefficient = 0;
  TraceSet needs;          ///< of both traces, besides the logits
  bool has_layers = true;  ///< false: `terms` gives one value that belongs to no layer
  /// One differentiable scalar per layer (per hidden state for `hidden`); the loss is their sum,
  /// not divided by L.
  std::vector<at::Tensor> (*terms)(const LossInput& input) = nullptr;
};

/// One term per layer; teachers are detached. Throws c10::Error when depths or shapes differ.
[[nodiscard]] std::vector<at::Tensor> overLayers(
    const std::vector<at::Tensor>& student,
    const std::vector<at::Tensor>& teacher,
    const std::function<at::Tensor(const at::Tensor&, const at::Tensor&)>& term);

}  // namespace retort::train
