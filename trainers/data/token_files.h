#pragma once

#include "trainers/data/token_corpus.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace retort::train {

/// How pre-tokenized files are read.
struct TokenFileOptions {
  std::string type = "uint16";       ///< of a .bin: "uint16" or "uint32", little-endian, no header
  std::int64_t vocabulary_size = 0;  ///< ids from here on are refused
  std::optional<std::int32_t> eos;   ///< ends a document; without it all is one
};

/// Ids out of a .bin (as nanoGPT writes it) or a .npy of unsigned or signed 16, 32 or 64 bits;
/// `name` names the file and its ending. A .npy of two dimensions holds a document in each row, up
/// to the first eos behind its first token. Throws TrainError (kBadData) for another layout, ids
/// outside the vocabulary, and files without ids.
[[nodiscard]] TokenCorpus parseTokenFile(const std::string& name,
                                         std::string_view bytes,
                                         const TokenFileOptions& options);

/// A .npy of [ids.size() / columns, columns] int32. `ids`: row by row.
[[nodiscard]] std::string formatTokenRows(std::span<const std::int32_t> ids, std::int64_t columns);

}  // namespace retort::train
