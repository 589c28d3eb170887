#include "trainers/tokenizers/tokenizer.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "trainers/io/or_throw.h"
#include "trainers/tokenizers/gpt2_files.h"
#include "trainers/tokenizers/json_tokenizer.h"
#include "trainers/tokenizers/sentencepiece_tokenizer.h"

#include <algorithm>

#include <fmt/format.h>

namespace retort::train {

namespace {

constexpr std::uint64_t kMaxFile = 256'000'000;

/// Everything that a folder says about its tokenizer.
constexpr const char* kFileNames[] = {"tokenizer.json",
                                      "tokenizer.model",
                                      "tokenizer_config.json",
                                      "special_tokens_map.json",
                                      "added_tokens.json"};

/// The same, where that is all there is.
constexpr const char* kOldFileNames[] = {"vocab.json", "merges.txt"};

}  // namespace

std::vector<std::int32_t> Tokenizer::encode(std::string_view text) const {
  std::vector<std::int32_t> ids = prefix_;
  const std::vector<std::int32_t> plain = encodePlain(text);
  ids.insert(ids.end(), plain.begin(), plain.end());
  ids.insert(ids.end(), suffix_.begin(), suffix_.end());
  return ids;
}

std::string Tokenizer::fingerprint() const {
  std::string text;
  for (const auto& [name, contents] : files_) {
    text += name + '\n' + sha256Hex(contents) + '\n';
  }
  return sha256Hex(text);
}

std::unique_ptr<Tokenizer> makeTokenizer(TokenizerFiles files, const std::string& source) {
  if (files.contains("tokenizer.json")) {
    return std::make_unique<JsonTokenizer>(std::move(files), source);
  }
  if (files.contains("tokenizer.model")) {
    return std::make_unique<SentencePieceTokenizer>(std::move(files), source);
  }
  if (files.contains("vocab.json") && files.contains("merges.txt")) {
    addGpt2TokenizerJson(files, source);
    return std::make_unique<JsonTokenizer>(std::move(files), source);
  }
  throw TrainError(ExitCode::kMissingInput,
                   fmt::format("{}: there is no tokenizer.json and no tokenizer.model, nor "
                               "vocab.json with merges.txt",
                               source));
}

std::unique_ptr<Tokenizer> readTokenizer(const std::filesystem::path& folder) {
  TokenizerFiles files;
  const auto read = [&](const char* name) {
    if (std::filesystem::exists(folder / name)) {
      files[name] = readOrThrow(readFile(folder / name, kMaxFile));
    }
  };
  std::ranges::for_each(kFileNames, read);
  if (!files.contains("tokenizer.json") && !files.contains("tokenizer.model")) {
    std::ranges::for_each(kOldFileNames, read);
  }
  return makeTokenizer(std::move(files), folder.string());
}

void checkVocabularyFits(const Tokenizer& tokenizer, std::int64_t embedding_rows) {
  if (tokenizer.vocabularySize() > embedding_rows) {
    throw TrainError(ExitCode::kBadData,
                     fmt::format("tokenizer has {} ids, embedding table {} rows: the tokenizer "
                                 "does not belong to this model",
                                 tokenizer.vocabularySize(),
                                 embedding_rows));
  }
}

}  // namespace retort::train
