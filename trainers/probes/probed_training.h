#pragma once

#include "trainers/losses/distillation.h"
#include "trainers/models/layer_map.h"
#include "trainers/models/model.h"
#include "trainers/models/token_batch.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace retort::train {

class WordPieceTokenizer;

/// The training around a step, for probes that look at weights, run a model again, or need other
/// rows than the step's. Nothing here changes the training, and neither may a probe: it takes
/// gradients with torch::autograd::grad (backward() would add to the step's), and perturbs the
/// weights of a model of its own, or puts them back.
struct ProbedTraining {
  const Model* student = nullptr;  ///< the model in training; null when the phase has none
  const Model* teacher = nullptr;  ///< null when the phase has none
  LayerMap layer_map;  ///< the teacher's layer for each of the student's; empty: the same
  const WordPieceTokenizer* tokenizer = nullptr;
  std::int64_t rows = 0;  ///< of the training set
  /// Training rows by number, on the models' device.
  std::function<TokenBatch(std::span<const std::int64_t> rows)> batch;
  std::int64_t evaluation_rows = 0;  ///< of the main evaluation set
  /// Rows first … first + count - 1 of it (fewer at its end), on the models' device.
  std::function<TokenBatch(std::int64_t first, std::int64_t count)> evaluation_batch;
  /// What the phase minimises at this step, of any model of the student's shape, without dropout
  /// and intervention; records gradients when grad mode is on.
  std::function<LossTerms(const Model& model, const TokenBatch& batch)> objective;
  /// Makes a model of the student's latent weights, shared, without quantizers and dropout; empty
  /// when the student has none.
  std::function<std::unique_ptr<Model>()> full_precision;
};

/// The trace of one pass of the teacher, which must be there, in the student's layers.
[[nodiscard]] inline ModelTrace teacherTrace(const ProbedTraining& training,
                                             const TokenBatch& batch,
                                             const ForwardOptions& options) {
  ModelTrace trace = training.teacher->forward(batch, options);
  return training.layer_map.empty() ? trace : alignTrace(trace, training.layer_map);
}

}  // namespace retort::train
