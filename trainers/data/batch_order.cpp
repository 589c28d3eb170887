#include "trainers/data/batch_order.h"

#include "core/base/check.h"
#include "trainers/data/split_mix.h"
#include "trainers/train_error.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace retort::train {

BatchOrder::BatchOrder(const Options& options) : options_(options) {
  RETORT_CHECK(options.rows > 0 && options.batch > 0, "a batch order needs rows and a batch size");
}

std::vector<std::int64_t> BatchOrder::next() {
  arrangeEpoch();
  const std::int64_t begin = position_.batch * options_.batch;
  const std::int64_t end = std::min(begin + options_.batch, options_.rows);
  std::vector<std::int64_t> rows(order_.begin() + begin, order_.begin() + end);
  if (++position_.batch == batchesPerEpoch()) {
    position_ = {.epoch = position_.epoch + 1, .batch = 0};
  }
  return rows;
}

void BatchOrder::seek(Position position) {
  if (position.epoch < 0 || position.batch < 0 || position.batch >= batchesPerEpoch()) {
    throw TrainError(ExitCode::kBadData,
                     fmt::format("cannot continue at batch {} of epoch {}: an epoch has {} batches",
                                 position.batch,
                                 position.epoch,
                                 batchesPerEpoch()));
  }
  position_ = position;
}

std::int64_t BatchOrder::batchesPerEpoch() const {
  return (options_.rows + options_.batch - 1) / options_.batch;
}

void BatchOrder::arrangeEpoch() {
  if (arranged_epoch_ == position_.epoch) {
    return;
  }
  arranged_epoch_ = position_.epoch;
  if (options_.shuffle) {
    order_ = shuffledRows(options_.rows, options_.seed, position_.epoch);
  } else if (order_.empty()) {
    order_.resize(static_cast<std::size_t>(options_.rows));
    std::iota(order_.begin(), order_.end(), 0);
  }
}

std::vector<std::int64_t> shuffledRows(std::int64_t rows, std::uint64_t seed, std::int64_t epoch) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(rows));
  std::iota(order.begin(), order.end(), 0);
  SplitMix64 random(seed, static_cast<std::uint64_t>(epoch));
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[random.below(i)]);
  }
  return order;
}

}  // namespace retort::train
