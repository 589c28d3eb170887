#pragma once

#include <cstdint>
#include <vector>

namespace retort::train {

/// Which rows make which batch: every epoch visits each row once, in an order that depends on seed
/// and epoch only, and the last batch of an epoch holds what is left. The position can be stored
/// and taken up again.
class BatchOrder {
 public:
  struct Options {
    std::int64_t rows = 0;   ///< at least 1
    std::int64_t batch = 1;  ///< at least 1
    bool shuffle = true;     ///< false: file order in every epoch
    std::uint64_t seed = 0;
  };

  /// Where the next batch begins.
  struct Position {
    std::int64_t epoch = 0;
    std::int64_t batch = 0;  ///< 0 … batchesPerEpoch() - 1

    bool operator==(const Position&) const = default;
  };

  explicit BatchOrder(const Options& options);

  /// The rows of the next batch; goes on with the next epoch after the last one.
  [[nodiscard]] std::vector<std::int64_t> next();

  [[nodiscard]] Position position() const { return position_; }

  /// Continues at a stored position. Throws TrainError (kBadData) when there is no such batch.
  void seek(Position position);

  [[nodiscard]] std::int64_t batchesPerEpoch() const;

 private:
  void arrangeEpoch();

  Options options_;
  Position position_;
  std::int64_t arranged_epoch_ = -1;
  std::vector<std::int64_t> order_;
};

/// The order of `rows` rows in one epoch: Fisher-Yates with SplitMix64, the same on every platform.
[[nodiscard]] std::vector<std::int64_t> shuffledRows(std::int64_t rows,
                                                     std::uint64_t seed,
                                                     std::int64_t epoch);

}  // namespace retort::train
