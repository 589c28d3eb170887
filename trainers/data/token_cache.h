#pragma once

#include "trainers/data/token_corpus.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace retort::train {

/// Tokens of texts, made once and mapped into memory by every trainer that needs them.
///
/// A file KEY.tokens: 64 bytes of header ("RETORTTK", version, bytes and words of the text, numbers
/// of tokens and documents, the first 16 bytes of the SHA-256 of what follows), the documents'
/// starts (uint64), the tokens (uint32), all little-endian. It is written beside its place, synced
/// and renamed: trainers that make it at once replace each other's file by an equal one, and those
/// that have the old one mapped keep it.
class TokenCache {
 public:
  /// `folder` is made when it is not there.
  explicit TokenCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// The corpus of a key, which is made by `make` when there is no file, or one that is cut short,
  /// changed or of another version. A folder that cannot be written costs the next trainer the same
  /// work, nothing else. `key` is a SHA-256 in hexadecimal over all that decides about the tokens.
  [[nodiscard]] TokenCorpus get(const std::string& key,
                                const std::function<TokenCorpus()>& make) const;

  /// The corpus of a sound file.
  [[nodiscard]] std::optional<TokenCorpus> find(const std::string& key) const;

  [[nodiscard]] std::filesystem::path fileOf(const std::string& key) const {
    return folder_ / (key + ".tokens");
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace retort::train
