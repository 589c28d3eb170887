#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace retort::train {

/// Documents as token ids, one after the other; in memory or mapped from a file. A copy is the same
/// tokens again, not copied.
class TokenCorpus {
 public:
  /// Set in a token that is not to be learned (a prompt's): it is read, but never a label.
  static constexpr std::uint32_t kNotJudged = 0x80000000U;

  /// Of the text that the tokens come from; 0 where there is none.
  struct TextCounts {
    std::int64_t bytes = 0;  ///< in UTF-8
    std::int64_t words = 0;  ///< parts between white space, as lm-evaluation-harness counts them

    bool operator==(const TextCounts&) const = default;
  };

  TokenCorpus() = default;

  /// `starts`: where each document begins, and the end; `owner` keeps both spans alive.
  TokenCorpus(std::span<const std::uint32_t> tokens,
              std::span<const std::uint64_t> starts,
              TextCounts counts,
              std::shared_ptr<const void> owner);

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(tokens_.size()); }

  [[nodiscard]] std::int64_t documents() const {
    return starts_.empty() ? 0 : static_cast<std::int64_t>(starts_.size()) - 1;
  }

  [[nodiscard]] std::int32_t id(std::int64_t token) const {
    return static_cast<std::int32_t>(tokens_[static_cast<std::size_t>(token)] & ~kNotJudged);
  }

  [[nodiscard]] bool isJudged(std::int64_t token) const {
    return (tokens_[static_cast<std::size_t>(token)] & kNotJudged) == 0;
  }

  /// First token of a document; of `documents()`: the end.
  [[nodiscard]] std::int64_t documentStart(std::int64_t document) const {
    return static_cast<std::int64_t>(starts_[static_cast<std::size_t>(document)]);
  }

  /// The document that a token belongs to. Logarithmic in their number.
  [[nodiscard]] std::int64_t documentOf(std::int64_t token) const;

  [[nodiscard]] const TextCounts& textCounts() const { return counts_; }

  [[nodiscard]] std::span<const std::uint32_t> tokens() const { return tokens_; }

  [[nodiscard]] std::span<const std::uint64_t> starts() const { return starts_; }

 private:
  std::span<const std::uint32_t> tokens_;
  std::span<const std::uint64_t> starts_;
  TextCounts counts_;
  std::shared_ptr<const void> owner_;
};

/// Gathers documents in memory.
class TokenCorpusBuilder {
 public:
  /// All tokens are judged. Documents without tokens are left out.
  void add(std::span<const std::int32_t> ids);

  /// `is_judged` is as long as `ids`.
  void add(std::span<const std::int32_t> ids, const std::vector<bool>& is_judged);

  void count(TokenCorpus::TextCounts counts);

  [[nodiscard]] TokenCorpus build() &&;

 private:
  std::vector<std::uint32_t> tokens_;
  std::vector<std::uint64_t> starts_ = {0};
  TokenCorpus::TextCounts counts_;
};

/// The first documents that hold about the share 1 - `last_share` of the tokens, and the others; a
/// single document is cut. Neither part is empty if there are two tokens. The counts are unknown
/// (0).
[[nodiscard]] std::pair<TokenCorpus, TokenCorpus> splitCorpus(const TokenCorpus& corpus,
                                                              double last_share);

/// Bytes and words of a text.
[[nodiscard]] TokenCorpus::TextCounts countText(std::string_view text);

}  // namespace retort::train
