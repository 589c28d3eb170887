#include "core/base/hash.h"
#include "core/base/json.h"
#include "tests/core/base/temp_folder.h"
#include "trainers/tokenizers/wordpiece.h"

#include <gtest/gtest.h>

#include <filesystem>

// Golden ids by Hugging Face's Python BertTokenizer: tests/data/tokenizer/make_wordpiece_golden.py.
namespace retort::train {

namespace {

namespace fs = std::filesystem;

using Ids = std::vector<std::int32_t>;

const Json& golden() {
  static const Json kGolden =
      parseJson(
          retort::testing::contentsOf(fs::path(TEST_DATA_DIR) / "tokenizer/wordpiece_golden.json"))
          .value();
  return kGolden;
}

WordPieceTokenizer smallTokenizer(const Json& given = Json::object()) {
  WordPieceOptions options;
  options.do_lower_case = given.value("do_lower_case", true);
  options.tokenize_chinese_chars = given.value("tokenize_chinese_chars", true);
  if (given.contains("strip_accents")) {
    options.strip_accents = given.at("strip_accents").get<bool>();
  }
  return {golden().at("vocabulary").get<std::vector<std::string>>(), options};
}

std::string idsOfLines(const WordPieceTokenizer& tokenizer, const std::string& text) {
  std::string lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string line;
    for (const std::int32_t id : tokenizer.tokenIds(text.substr(begin, end - begin))) {
      line += (line.empty() ? "" : " ") + std::to_string(id);
    }
    lines += line + "\n";
    begin = end + 1;
  }
  return lines;
}

}  // namespace

TEST(WordPieceGolden, HostileTextsHaveHuggingFacesIds) {
  for (const Json& test_case : golden().at("cases")) {
    const WordPieceTokenizer tokenizer = smallTokenizer(test_case.at("options"));
    for (const Json& text : test_case.at("texts")) {
      EXPECT_EQ(tokenizer.tokenIds(text[0].get<std::string>()), text[1].get<Ids>())
          << text[0] << " with " << test_case.at("options");
    }
  }
}

TEST(WordPieceGolden, PairsAreCutAsHuggingFaceCuts) {
  const WordPieceTokenizer tokenizer = smallTokenizer();
  for (const Json& pair : golden().at("pairs")) {
    const auto first = pair.at("first").get<std::string>();
    const auto max_length = pair.at("max_length").get<std::int64_t>();

    const Encoding encoding =
        pair.at("second").is_null()
            ? tokenizer.encode(first, max_length)
            : tokenizer.encodePair(first, pair.at("second").get<std::string>(), max_length);

    EXPECT_EQ(encoding.ids, pair.at("ids").get<Ids>()) << pair;
    Ids segments(encoding.ids.size(), 1);
    std::fill_n(segments.begin(), encoding.first_segment, 0);
    EXPECT_EQ(segments, pair.at("segments").get<Ids>()) << pair;
  }
}

TEST(WordPieceGolden, ARealVocabularyGivesTheSameIds) {
  const fs::path data = fs::path(SHARED_DATA_DIR) / "data";
  if (!fs::exists(data / "models/minilm-l6-base/vocab.txt")) {
    GTEST_SKIP() << data << " is not there";
  }
  const auto tokenizer = WordPieceTokenizer::fromFolder(data / "models/minilm-l6-base");

  for (const Json& text : golden().at("real").at("texts")) {
    EXPECT_EQ(tokenizer.tokenIds(text[0].get<std::string>()), text[1].get<Ids>()) << text[0];
  }
  for (const auto& [name, hash] : golden().at("real").at("files").items()) {
    const std::string text = retort::testing::contentsOf(data / name);
    EXPECT_EQ(sha256Hex(idsOfLines(tokenizer, text)), hash.get<std::string>()) << name;
  }
}

TEST(WordPieceGolden, TheFixedBatchOfTheBaselineHasTheSameIds) {
  const fs::path shared = SHARED_DATA_DIR;
  const fs::path batch_file = shared / "baselines/encoder/fixed_batch_sst-2_16x64.json";
  const fs::path train_file = shared / "data/glue/SST-2/train.tsv";
  if (!fs::exists(batch_file) || !fs::exists(train_file)) {
    GTEST_SKIP() << shared << " is not there";
  }
  const auto tokenizer = WordPieceTokenizer::fromFolder(shared / "data/models/minilm-l6-sst2");
  const Json batch = parseJson(retort::testing::contentsOf(batch_file)).value();
  const std::string table = retort::testing::contentsOf(train_file);
  std::size_t begin = table.find('\n') + 1;

  for (const Json& row : batch.at("input_ids")) {
    const std::size_t end = table.find('\n', begin);
    Ids ids = tokenizer.encode(table.substr(begin, table.find('\t', begin) - begin), 64).ids;
    ids.resize(64, tokenizer.padId());
    EXPECT_EQ(ids, row.get<Ids>());
    begin = end + 1;
  }
}

}  // namespace retort::train
