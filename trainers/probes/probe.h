#pragma once

#include "core/events/event.h"
#include "core/settings/catalogue.h"
#include "core/settings/resolve.h"
#include "trainers/losses/distillation.h"
#include "trainers/models/model_trace.h"
#include "trainers/models/named_tensors.h"
#include "trainers/models/token_batch.h"
#include "trainers/probes/probed_training.h"
#include "trainers/settings/setting_group.h"

#include <ATen/core/Tensor.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// Probes look into a training step and report metrics. They only read: training gives the same
/// numbers with and without them. To add one:
///  1. write probes/x.{h,cpp}: first the pure function on tensors, with its formula in the header;
///  2. below it a ProbeDefinition `xProbe()`: its documentation, metrics, needs and options, and a
///     `measure` that adds its points;
///  3. add its line to the table in probes/registry.cpp; the settings probe.x.every and, with a
///     published variant, probe.x.defects come by themselves;
///  4. test it in tests/trainers/probes/x_test.cpp against hand-computed values.
/// Letters: B batch, H heads, N padded length, n_b length of sentence b, n sum of all n_b (the real
/// tokens), D hidden, L layers; S student, T teacher. Layers count from 0; of hidden states, layer
/// 0 is the embeddings' output and layer l the output of encoder layer l - 1.
namespace retort::train {

/// Which forward pass over the step's batch a probe looks at.
enum class ProbePass {
  kTraining,    ///< the step's own: the student with dropout and what it takes from its teacher
  kEvaluation,  ///< one more of both models, without dropout and without intervention
  kDropout,     ///< one more of both models, dropout in both, without intervention
};

/// What a probe may look at, after the backward pass and before the update of one step. References
/// and pointers live as long as the call; pointers are null where the phase has no such thing.
struct ProbeInput {
  TokenBatch batch;                     ///< of the step
  const ModelTrace* student = nullptr;  ///< of the model in training, from the probe's pass
  const ModelTrace* teacher = nullptr;
  const NamedTensors* parameters = nullptr;             ///< trainable ones, the latent weights
  const std::vector<double>* gradient_norms = nullptr;  ///< of `parameters`, before clipping
  const std::vector<LossComponent>* losses = nullptr;
  double learning_rate = 0;
  std::optional<double> quantizer_learning_rate;  ///< where quantizers learn
  double step_seconds = 0;  ///< of the last completed step: forward, backward and update
  double step_tokens = 0;   ///< its real tokens, padding not counted
  at::Device device = at::kCPU;
  ProbedTraining training;      ///< for probes that do more than read traces
  std::function<bool()> pulse;  ///< when there: to be called between parts of long work; false:
                                ///< give up
  const SettingValues* settings = nullptr;  ///< of the run; see optionsOf
  bool is_published = false;                ///< probe.x.defects is "published"
  std::map<std::string, at::Tensor>* memory =
      nullptr;  ///< the probe's own, kept from one measurement to the next and in checkpoints (from
                ///< which tensors come back on the CPU); empty at the start of a run
  std::function<void(const std::string&)> warn;  ///< when there: a message to whoever watches
};

/// What a probe measures when the defects of its authors' code are asked for.
struct PublishedVariant {
  std::string documentation;  ///< what differs
  ProbePass pass = ProbePass::kEvaluation;
};

/// A probe as the registry lists it.
struct ProbeDefinition {
  TechniqueSpec spec;
  std::vector<MetricSpec> metrics;
  std::int64_t default_every = 0;  ///< steps between measurements; 0: off unless asked for
  TraceSet needs;                  ///< of the student's trace, and of the teacher's if there is one
  bool needs_teacher = false;      ///< only phases with a teacher have it
  bool is_of_encoders = false;     ///< it looks for [CLS] and [SEP]: not of language models
  ProbePass pass = ProbePass::kTraining;
  std::optional<PublishedVariant> published;  ///< empty: the authors' code has no known defect
  std::vector<SettingSpec> settings;          ///< its options (keys probe.x.…), of a SettingGroup
  void (*measure)(const ProbeInput& input, std::vector<MetricPoint>& points) = nullptr;

  // For analyses of finished models (training/run_analysis.h), which average over batches:
  bool is_of_training =
      false;  ///< about the process (time, memory, learning rate): models have none
  /// Sets right what is not the mean of the batches' values.
  void (*correct_means)(std::vector<MetricPoint>& means) = nullptr;
  /// The means as CSV, where they are more than a list of series.
  std::string (*csv)(const std::vector<MetricPoint>& means) = nullptr;
};

/// The options of a probe as the run has set them; their defaults without a run.
template <class Options>
[[nodiscard]] Options optionsOf(const SettingGroup<Options>& group, const ProbeInput& input) {
  return input.settings == nullptr ? Options{} : group.read(*input.settings);
}

}  // namespace retort::train
