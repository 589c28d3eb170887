#include "trainers/data/dataset.h"

#include "trainers/train_error.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace retort::train {

Padding paddingFromName(const std::string& name) {
  if (name == "fixed") {
    return Padding::kFixed;
  }
  if (name == "dynamic") {
    return Padding::kDynamic;
  }
  throw TrainError(ExitCode::kBadSpec,
                   fmt::format("data.padding is \"{}\"; known: fixed, dynamic", name));
}

Dataset::Dataset(const std::vector<Example>& examples,
                 const WordPieceTokenizer& tokenizer,
                 const Options& options)
    : options_(options),
      pad_id_(tokenizer.padId()) {
  begins_.push_back(0);
  for (const Example& example : examples) {
    const Encoding encoding =
        example.second ? tokenizer.encodePair(example.first, *example.second, options.max_length)
                       : tokenizer.encode(example.first, options.max_length);
    ids_.insert(ids_.end(), encoding.ids.begin(), encoding.ids.end());
    begins_.push_back(static_cast<std::int64_t>(ids_.size()));
    segments_.push_back(static_cast<std::int32_t>(encoding.first_segment));
    labels_.push_back(example.label);
    truncated_ += encoding.is_truncated ? 1 : 0;
  }
}

TokenBatch Dataset::batch(std::span<const std::int64_t> rows) const {
  TORCH_CHECK(!rows.empty(), "a batch needs at least one row");
  const auto count = static_cast<std::int64_t>(rows.size());
  TokenBatch batch;
  batch.lengths = at::empty({count}, at::kLong);
  auto lengths = batch.lengths.accessor<std::int64_t, 1>();
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t row = rows[static_cast<std::size_t>(i)];
    TORCH_CHECK(row >= 0 && row < size(), "row ", row, " of ", size(), " is out of range");
    const auto index = static_cast<std::size_t>(row);
    lengths[i] = begins_[index + 1] - begins_[index];
  }
  const std::int64_t width = options_.padding == Padding::kFixed
                                 ? options_.max_length
                                 : batch.lengths.max().item<std::int64_t>();
  batch.input_ids = at::full({count, width}, static_cast<std::int64_t>(pad_id_), at::kLong);
  batch.attention_mask = at::zeros({count, width}, at::kLong);
  batch.segment_ids = at::zeros({count, width}, at::kLong);
  batch.labels = at::empty({count}, at::kDouble);
  auto ids = batch.input_ids.accessor<std::int64_t, 2>();
  auto mask = batch.attention_mask.accessor<std::int64_t, 2>();
  auto segments = batch.segment_ids.accessor<std::int64_t, 2>();
  auto labels = batch.labels.accessor<double, 1>();
  for (std::int64_t i = 0; i < count; ++i) {
    const auto row = static_cast<std::size_t>(rows[static_cast<std::size_t>(i)]);
    const auto begin = static_cast<std::size_t>(begins_[row]);
    for (std::int64_t j = 0; j < lengths[i]; ++j) {
      ids[i][j] = ids_[begin + static_cast<std::size_t>(j)];
      mask[i][j] = 1;
      segments[i][j] = j < segments_[row] ? 0 : 1;
    }
    labels[i] = labels_[row];
  }
  batch.labels = batch.labels.to(options_.is_regression ? options_.score_type : at::kLong);
  return batch;
}

TokenBatch Dataset::slice(std::int64_t first, std::int64_t count) const {
  const std::int64_t end = std::min(first + count, size());
  std::vector<std::int64_t> rows(static_cast<std::size_t>(std::max<std::int64_t>(end - first, 0)));
  std::iota(rows.begin(), rows.end(), first);
  return batch(rows);
}

Json Dataset::summary() const {
  std::int64_t longest = 0;
  for (std::size_t i = 0; i + 1 < begins_.size(); ++i) {
    longest = std::max(longest, begins_[i + 1] - begins_[i]);
  }
  const double mean =
      size() == 0 ? 0 : static_cast<double>(ids_.size()) / static_cast<double>(size());
  return {{"rows", size()},
          {"truncated", truncated_},
          {"max_length", options_.max_length},
          {"tokens", {{"mean", mean}, {"max", longest}}}};
}

}  // namespace retort::train
