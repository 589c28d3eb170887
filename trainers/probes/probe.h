#pragma once

#include "core/events/event.h"
#include "core/settings/catalogue.h"
#include "trainers/losses/distillation.h"
#include "trainers/models/bert_trace.h"
#include "trainers/models/named_tensors.h"

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

/// Probes look into a training step and report metrics. They only read: training gives the same
/// numbers with and without them. To add one:
///  1. write probes/x.{h,cpp}: first the pure function on tensors, with its formula in the header;
///  2. below it a ProbeDefinition `xProbe()`: its documentation, metrics and needs, and a
///     `measure` that adds its points;
///  3. add its line to the table in probes/registry.cpp; the setting probe.x.every comes by itself;
///  4. test it in tests/trainers/probes/x_test.cpp against hand-computed values.
/// Letters: B batch, H heads, N padded length, n_b length of sentence b, n sum of all n_b (the real
/// tokens), D hidden, L layers; S student, T teacher. Layers count from 0; of hidden states, layer
/// 0 is the embeddings' output and layer l the output of encoder layer l - 1.
namespace retort::train {

/// What a probe may look at, after the backward pass and before the update of one step. References
/// and pointers live as long as the call; pointers are null where the phase has no such thing.
struct ProbeInput {
  at::Tensor mask;                           ///< [B, N]: 1 for tokens, 0 for padding
  const BertTrace* student = nullptr;        ///< of the model in training, with its dropout
  const BertTrace* teacher = nullptr;        ///< in evaluation mode
  const NamedTensors* parameters = nullptr;  ///< trainable ones, the latent weights
  const std::vector<double>* gradient_norms = nullptr;  ///< of `parameters`, before clipping
  const std::vector<LossComponent>* losses = nullptr;
  double learning_rate = 0;
  double step_seconds = 0;  ///< of the last completed step: forward, backward and update
  double step_tokens = 0;   ///< its real tokens, padding not counted
  at::Device device = at::kCPU;
};

/// A probe as the registry lists it.
struct ProbeDefinition {
  TechniqueSpec spec;
  std::vector<MetricSpec> metrics;
  std::int64_t default_every = 0;  ///< steps between measurements; 0: off unless asked for
  TraceSet needs;                  ///< of the student's trace, and of the teacher's if there is one
  bool needs_teacher = false;      ///< only phases with a teacher have it
  void (*measure)(const ProbeInput& input, std::vector<MetricPoint>& points) = nullptr;
};

}  // namespace retort::train
