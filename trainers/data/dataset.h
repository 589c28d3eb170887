#pragma once

#include "core/base/json.h"
#include "trainers/data/example.h"
#include "trainers/models/token_batch.h"
#include "trainers/tokenizers/wordpiece.h"

#include <c10/core/ScalarType.h>

#include <cstdint>
#include <span>
#include <vector>

namespace retort::train {

enum class Padding {
  kFixed,    ///< every batch is max_length wide, as in the papers' code
  kDynamic,  ///< as wide as its longest row
};

/// "fixed" or "dynamic", as data.padding says.
[[nodiscard]] Padding paddingFromName(const std::string& name);

/// Tokenized examples in memory.
class Dataset {
 public:
  struct Options {
    std::int64_t max_length = 64;
    Padding padding = Padding::kFixed;
    bool is_regression = false;
    at::ScalarType score_type = at::kFloat;  ///< of the labels of a regression
  };

  Dataset(const std::vector<Example>& examples,
          const WordPieceTokenizer& tokenizer,
          const Options& options);

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(labels_.size()); }

  /// The batch of the given rows, in their order, on the CPU. Throws c10::Error when a row is out
  /// of range or there is none.
  [[nodiscard]] TokenBatch batch(std::span<const std::int64_t> rows) const;

  /// Rows first … first + count - 1 (fewer at the end): for evaluation.
  [[nodiscard]] TokenBatch slice(std::int64_t first, std::int64_t count) const;

  [[nodiscard]] const std::vector<double>& labels() const { return labels_; }

  /// {rows, truncated, max_length, tokens: {mean, max}} for the event file.
  [[nodiscard]] Json summary() const;

 private:
  Options options_;
  std::int32_t pad_id_;
  std::vector<std::int32_t> ids_;       // of all rows, one after the other
  std::vector<std::int64_t> begins_;    // where each row begins in ids_, and the end
  std::vector<std::int32_t> segments_;  // tokens of segment 0 of each row
  std::vector<double> labels_;
  std::int64_t truncated_ = 0;
};

}  // namespace retort::train
