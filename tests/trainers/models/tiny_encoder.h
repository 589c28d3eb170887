#pragma once

#include "tests/trainers/tensor_testing.h"
#include "trainers/losses/distillation.h"
#include "trainers/models/bert.h"

#include <map>
#include <string>

/// A two-layer encoder of width 16 with committed weights, and the numbers of the second
/// implementation for it (tests/data/make_encoder_golden.py).
namespace retort::train {

/// A batch written as the JSON files of the second implementation do.
[[nodiscard]] TokenBatch batchFromJson(const Json& json);

struct TinyEncoder {
  explicit TinyEncoder(at::ScalarType dtype = at::kDouble);

  /// The student (quantized as TernaryBERT) or the teacher (full precision).
  [[nodiscard]] BertModel student(const BertConfig& config) const;

  [[nodiscard]] BertModel student() const { return student(withoutDropout()); }

  [[nodiscard]] BertModel teacher() const;
  [[nodiscard]] BertConfig withoutDropout() const;

  Json golden;
  BertConfig config;
  TokenBatch batch;
  at::ScalarType dtype;

 private:
  [[nodiscard]] NamedTensors parameters(const char* role) const;
};

/// The losses of a variant of the second implementation: score, map, output, unified, context, sa,
/// OI, CI, MI.
[[nodiscard]] Distillation distillationOf(const std::string& variant);

[[nodiscard]] Intervention interventionOf(const std::string& variant);

/// Loss values by the names of the second implementation ("cls_loss", …, "loss").
[[nodiscard]] std::map<std::string, double> lossValues(const LossTerms& terms);

/// One forward and backward pass of a variant; gradients are left in the student.
LossTerms forwardBackward(const std::string& variant,
                          const BertModel& student,
                          const BertModel& teacher,
                          const TokenBatch& batch,
                          bool is_training = false);

/// L2 norms of gradients as the second implementation groups them: per module in the layers
/// ("L0/attention.self.query"), per parameter elsewhere ("other/classifier.bias"). Modules without
/// gradient are null.
[[nodiscard]] std::map<std::string, Json> moduleGradientNorms(const BertModel& model);

/// Largest relative difference of all values; infinity when names differ or one is null and the
/// other is not.
[[nodiscard]] double largestRelativeDifference(const std::map<std::string, Json>& values,
                                               const Json& golden);
[[nodiscard]] double largestRelativeDifference(const std::map<std::string, double>& values,
                                               const Json& golden);

}  // namespace retort::train
