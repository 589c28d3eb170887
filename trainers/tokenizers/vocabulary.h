#pragma once

#include "trainers/tokenizers/component.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace retort::train {

/// Tokens and their ids. Ids may leave gaps.
class Vocabulary {
 public:
  Vocabulary() = default;

  /// {"token": id, …}. Throws TrainError (kBadData) for ids that are negative, too large or come
  /// twice, and when it is empty.
  explicit Vocabulary(const Component& component);

  [[nodiscard]] std::optional<std::int32_t> idOf(std::string_view token) const;

  /// Nothing for an id in a gap or out of range.
  [[nodiscard]] std::optional<std::string> tokenOf(std::int32_t id) const;

  /// The largest id and one.
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(tokens_.size()); }

 private:
  struct TextHash {
    using is_transparent = void;

    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  std::unordered_map<std::string, std::int32_t, TextHash, std::equal_to<>> ids_;
  std::vector<std::optional<std::string>> tokens_;
};

/// What turns a piece of text into ids.
class TokenModel {
 public:
  virtual ~TokenModel() = default;

  /// Appends the ids of a piece.
  virtual void encode(std::string_view piece, std::vector<std::int32_t>& ids) const = 0;

  [[nodiscard]] virtual const Vocabulary& vocabulary() const = 0;

  [[nodiscard]] virtual std::optional<std::int32_t> unkId() const = 0;
};

}  // namespace retort::train
