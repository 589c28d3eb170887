#pragma once

#include "trainers/tokenizers/component.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace retort::train {

/// Where a pattern matches, in bytes.
struct Match {
  std::size_t begin = 0;
  std::size_t end = 0;

  bool operator==(const Match&) const = default;
};

/// What is looked for in a text: a text, or a regular expression (by ICU). The expressions of
/// tokenizer.json are written for Oniguruma; those that tokenizers use mean the same in both.
class Pattern {
 public:
  [[nodiscard]] static Pattern literal(std::string text);

  /// Throws TrainError (kBadData) "PLACE: …" for an expression that ICU does not know.
  [[nodiscard]] static Pattern regex(const std::string& expression, const std::string& place);

  /// {"String": "…"} or {"Regex": "…"}.
  [[nodiscard]] static Pattern fromJson(const Component& component);

  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  /// All matches that are not empty, from the left, without overlap. `text` is well-formed UTF-8.
  [[nodiscard]] std::vector<Match> find(std::string_view text) const;

 private:
  struct Regex;

  Pattern();

  std::string literal_;
  std::unique_ptr<Regex> regex_;
};

}  // namespace retort::train
