#pragma once

#include "core/settings/resolve.h"
#include "trainers/losses/layer_selection.h"
#include "trainers/losses/top_logits.h"
#include "trainers/models/model_trace.h"
#include "trainers/models/named_tensors.h"
#include "trainers/models/token_batch.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// Distillation losses compare what a student and its teacher left behind on one batch. To add one:
///  1. write losses/x.{h,cpp}: first the pure function on tensors, with its formula in the header;
///  2. below it a LossDefinition `xLoss()`: documentation, its own options as a SettingGroup with
///     keys distill.x.…, and a `make` that reads them and says what the loss needs and computes;
///  3. add its line to the table in losses/registry.cpp; the settings distill.x.coefficient,
///  .layers
///     and .schedule.… come by themselves;
///  4. test it in tests/trainers/losses/x_test.cpp: hand-computed values, zero when equal,
///     numerical gradient;
///  5. say by LossTerm::mean what it is a mean over, unless that is the batch's rows.
/// Letters: B batch, H heads, N padded length, n_b length of sentence b, D hidden, L layers, C
/// classes; S student, T teacher. MSE(a, b) is the mean over all elements. Teachers never receive a
/// gradient.
namespace retort::train {

/// What share of an update's batch a part of it is: 1 when the update is made at once.
struct BatchShare {
  double sequences = 1;  ///< of its rows
  double logits = 1;     ///< of the rows of its logits: classified rows, judged tokens
};

/// What a term is a mean over, and so what the terms of a batch's parts have to be weighed by to
/// make up the term of the whole.
enum class LossMean {
  kSequences,  ///< the rows of the batch, all of one padded length
  kLogits,     ///< the rows of the logits
  kNothing,    ///< it is a sum
};

/// What a loss may look at. References must outlive the call.
struct LossInput {
  const ModelTrace& student;
  const ModelTrace& teacher;  ///< of as many layers as the student's (models/layer_map.h)
  const TokenBatch& batch;
  std::int64_t step = 0;  ///< index of the update, from 0
  std::int64_t total_steps = 1;
  BatchShare share = {};                   ///< of the batch in the update's
  const TopLogits* teacher_top = nullptr;  ///< what Loss::top_logits asks for, where it is known
};

/// One differentiable scalar of a loss.
struct LossTerm {
  static constexpr int kNoLayer = -1;

  int layer = kNoLayer;
  at::Tensor value;
  LossMean mean = LossMean::kSequences;
};

/// A number that a loss has learned, as it stands.
struct LearnedNumber {
  std::string name;
  int layer = LossTerm::kNoLayer;
  double value = 0;
};

using LearnedNumbers = std::vector<LearnedNumber>;

/// A loss with its options, ready to be computed.
struct Loss {
  TraceSet needs;  ///< of both traces; without any it looks at the logits alone
  /// One term per selected layer; the loss is their sum, not divided by their number.
  std::function<std::vector<LossTerm>(const LossInput& input, const LayerSelection& layers)> terms;
  bool couples_tokens = false;  ///< what a row of the logits adds depends on other rows
  /// False when a language model's loss looks at nothing of the teacher but `top_logits`.
  bool needs_teacher = true;
  /// What it makes do with of the teacher's logits: with LossInput::teacher_top, no pass of the
  /// teacher is needed. Empty: nothing, or all of them.
  std::optional<TopLogitsRequest> top_logits;
  NamedTensors parameters;  ///< trained along with the model; their names start with "distill."
  /// What the parameters stand for in the selected layers, for the log; empty: they say nothing.
  std::function<LearnedNumbers(const LayerSelection& layers)> learned;
};

/// What a loss is made from.
struct LossRequest {
  const SettingValues& settings;
  std::int64_t layers = 0;  ///< of the student
  at::ScalarType dtype = at::kFloat;
  at::Device device = at::kCPU;
};

/// What the terms of a loss belong to.
enum class LossLayers {
  kNone,     ///< one term for the whole model
  kEncoder,  ///< encoder layers 0 to L - 1
  kHidden,   ///< hidden states 0 to L: the embeddings' output first
};

/// A loss as the registry lists it.
struct LossDefinition {
  TechniqueSpec spec;  ///< its settings are filled in by lossTechnique
  double default_coefficient = 0;
  LossLayers layers = LossLayers::kEncoder;
  std::vector<SettingSpec> options;  ///< its own; they apply where its coefficient is not 0
  Loss (*make)(const LossRequest& request) = nullptr;
};

/// A tensor of one layer for each entry of a trace.
using TraceLayers = std::vector<at::Tensor>;
/// A scalar from a student's and a (detached) teacher's tensor of one layer.
using LayerTerm = std::function<at::Tensor(const at::Tensor& student, const at::Tensor& teacher)>;

/// One term per selected layer; teachers are detached. Throws c10::Error when depths or shapes
/// differ, or when there are no layers at all.
[[nodiscard]] std::vector<LossTerm> overLayers(const LayerSelection& layers,
                                               const TraceLayers& student,
                                               const TraceLayers& teacher,
                                               const LayerTerm& term);

/// The loss that compares one part of the traces layer by layer.
[[nodiscard]] Loss layerLoss(TracePart part, TraceLayers ModelTrace::*tensors, LayerTerm term);

/// The loss of one term that belongs to no layer.
[[nodiscard]] Loss wholeLoss(TraceSet needs,
                             std::function<at::Tensor(const LossInput&)> term,
                             LossMean mean = LossMean::kSequences);

}  // namespace retort::train
