#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retort::train {

class MappedFile;

/// What a table of logits holds.
struct LogitTableShape {
  std::vector<std::uint64_t> starts = {0};  ///< judged positions before each row, and of all
  std::uint64_t count = 0;                  ///< k, logits at each position
  std::uint64_t element_bytes = 4;          ///< of a logit: 4 (float) or 8 (double)

  [[nodiscard]] std::uint64_t rows() const { return starts.size() - 1; }

  /// Bytes of a row with so many positions.
  [[nodiscard]] std::uint64_t rowBytes(std::uint64_t positions) const {
    return positions * (element_bytes + count * (element_bytes + sizeof(std::int32_t)));
  }

  bool operator==(const LogitTableShape&) const = default;
};

/// The likeliest tokens of one row of n judged positions, as bytes: n normalizers, n k logits, n k
/// ids (int32), one kind after the other.
struct LogitRow {
  std::string_view log_sums;
  std::string_view values;
  std::string_view ids;
};

/// A file of logits, mapped into memory. A copy is the same table.
class LogitTable {
 public:
  LogitTable(LogitTableShape shape,
             std::string_view payload,
             std::shared_ptr<const MappedFile> owner);

  [[nodiscard]] const LogitTableShape& shape() const { return shape_; }

  /// Of the row with that number. Throws std::out_of_range.
  [[nodiscard]] LogitRow row(std::int64_t number) const;

 private:
  LogitTableShape shape_;
  std::string_view payload_;
  std::shared_ptr<const MappedFile> owner_;
};

/// A teacher's logits, made once and mapped into memory by every trainer that needs them.
///
/// A file KEY.logits: 64 bytes of header ("RETORTTL", version, rows, positions, k, bytes of a
/// logit, 16 bytes of zeros), the rows' starts (uint64), the rows (LogitRow), the SHA-256 of all
/// that in hexadecimal; all little-endian. It is written beside its place, synced and renamed;
/// KEY.lock keeps a second trainer waiting for what a first one makes.
class LogitCache {
 public:
  /// Appends a row's bytes, in the order of the rows.
  using Append = std::function<void(std::string_view row)>;
  /// Gives all rows; false when it was given up.
  using Make = std::function<bool(const Append& append)>;
  /// Called while waiting for another trainer; false gives it up.
  using Wait = std::function<bool()>;

  /// `folder` is made when it is not there.
  explicit LogitCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// The table of a key, which is made when there is no file, or one that is cut short, changed, of
  /// another version or shape. Empty when making or waiting was given up. `key` is a SHA-256 in
  /// hexadecimal over all that decides about the logits. Throws TrainError (kMissingInput) with the
  /// size when it cannot be written.
  [[nodiscard]] std::optional<LogitTable> get(const std::string& key,
                                              const LogitTableShape& shape,
                                              const Make& make,
                                              const Wait& wait) const;

  /// The table of a sound file of that shape.
  [[nodiscard]] std::optional<LogitTable> find(const std::string& key,
                                               const LogitTableShape& shape) const;

  [[nodiscard]] std::filesystem::path fileOf(const std::string& key) const {
    return folder_ / (key + ".logits");
  }

 private:
  [[nodiscard]] bool write(const std::filesystem::path& file,
                           const LogitTableShape& shape,
                           const Make& make) const;

  std::filesystem::path folder_;
};

}  // namespace retort::train
