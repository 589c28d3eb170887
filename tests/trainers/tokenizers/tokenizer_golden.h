#pragma once

#include "core/base/hash.h"
#include "core/base/json.h"
#include "tests/core/base/temp_folder.h"
#include "trainers/tokenizers/tokenizer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

/// Golden ids of language-model tokenizers, as the scripts in tests/data/tokenizer write them.
namespace retort::testing {

using Ids = std::vector<std::int32_t>;

inline std::filesystem::path tokenizerData() {
  return std::filesystem::path(TEST_DATA_DIR) / "tokenizer";
}

inline Json goldenOf(const std::string& name) {
  return parseJson(contentsOf(tokenizerData() / name)).value();
}

inline std::string repeated(const std::string& unit, std::int64_t count) {
  std::string text;
  for (std::int64_t i = 0; i < count; ++i) {
    text += unit;
  }
  return text;
}

inline std::string digestOf(const Ids& ids) {
  std::string text;
  for (const std::int32_t id : ids) {
    text += (text.empty() ? "" : " ") + std::to_string(id);
  }
  return sha256Hex(text);
}

/// texts: [text, ids, decoded, decoded without special tokens] (null: the text again); runs: [unit,
/// count, hash of ids].
inline void expectGolden(const train::Tokenizer& tokenizer, const Json& golden) {
  for (const Json& row : golden.at("texts")) {
    const auto text = row[0].get<std::string>();
    const Ids ids = row[1].get<Ids>();
    EXPECT_EQ(tokenizer.encode(text), ids) << row[0];
    EXPECT_EQ(tokenizer.decode(ids), row[2].is_null() ? text : row[2].get<std::string>()) << row[0];
    EXPECT_EQ(tokenizer.decode(ids, true), row[3].is_null() ? text : row[3].get<std::string>())
        << row[0];
  }
  for (const Json& run : golden.at("runs")) {
    const std::string text = repeated(run[0].get<std::string>(), run[1].get<std::int64_t>());
    EXPECT_EQ(digestOf(tokenizer.encode(text)), run[2].get<std::string>()) << run[0];
  }
}

/// "wikitext": hash of the ids of all lines of that file, where it is there.
inline void expectWikitext(const train::Tokenizer& tokenizer, const Json& golden) {
  const auto file = std::filesystem::path(SHARED_DATA_DIR) / "data/text/wikitext-2-valid.txt";
  if (!golden.contains("wikitext") || !std::filesystem::exists(file)) {
    return;
  }
  const std::string text = contentsOf(file);
  Ids ids;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const Ids line = tokenizer.encode(text.substr(begin, end - begin));
    ids.insert(ids.end(), line.begin(), line.end());
    begin = end + 1;
  }
  EXPECT_EQ(digestOf(ids), golden.at("wikitext").get<std::string>());
}

}  // namespace retort::testing
