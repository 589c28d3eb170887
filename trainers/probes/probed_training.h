#pragma once

#include "trainers/losses/distillation.h"
#include "trainers/models/bert.h"
#include "trainers/models/encoder_batch.h"
#include "trainers/models/layer_map.h"

#include <cstdint>
#include <functional>
#include <span>

namespace retort::train {

class WordPieceTokenizer;

/// The training around a step, for probes that look at weights, run a model again, or need other
/// rows than the step's. Nothing here changes the training, and neither may a probe: it takes
/// gradients with torch::autograd::grad (backward() would add to the step's), and perturbs the
/// weights of a BertModel of its own (the constructor shares or takes any tensors).
struct ProbedTraining {
  const BertModel* student = nullptr;  ///< the model in training; null when the phase has none
  const BertModel* teacher = nullptr;  ///< null when the phase has none
  LayerMap layer_map;  ///< the teacher's layer for each of the student's; empty: the same
  const WordPieceTokenizer* tokenizer = nullptr;
  std::int64_t rows = 0;  ///< of the training set
  /// Training rows by number, on the models' device.
  std::function<EncoderBatch(std::span<const std::int64_t> rows)> batch;
  /// What the phase minimises at this step, of any model of the student's shape, without dropout
  /// and intervention; records gradients when grad mode is on.
  std::function<LossTerms(const BertModel& model, const EncoderBatch& batch)> objective;
};

/// The trace of one pass of the teacher, which must be there, in the student's layers.
[[nodiscard]] inline BertTrace teacherTrace(const ProbedTraining& training,
                                            const EncoderBatch& batch,
                                            const ForwardOptions& options) {
  BertTrace trace = training.teacher->forward(batch, options);
  return training.layer_map.empty() ? trace : alignTrace(trace, training.layer_map);
}

}  // namespace retort::train
