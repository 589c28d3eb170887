#include "trainers/data/text_corpora.h"

#include "tests/trainers/tokenizers/tokenizer_golden.h"
#include "trainers/train_error.h"

namespace retort::train {

namespace {

using retort::testing::Ids;
using retort::testing::TempFolder;

/// Letters, "<s>" before a text; "</s>" is 1.
std::unique_ptr<Tokenizer> letters() {
  const Json json = {
      {"added_tokens",
       Json::array({{{"id", 0}, {"content", "<s>"}, {"special", true}},
                    {{"id", 1}, {"content", "</s>"}, {"special", true}},
                    {{"id", 10}, {"content", "<|im_start|>"}, {"special", true}},
                    {{"id", 11}, {"content", "<|im_end|>"}, {"special", true}}})},
      {"post_processor",
       {{"type", "TemplateProcessing"},
        {"single",
         Json::array({{{"SpecialToken", {{"id", "<s>"}}}}, {{"Sequence", {{"id", "A"}}}}})},
        {"special_tokens", {{"<s>", {{"ids", Json::array({0})}}}}}}},
      {"model",
       {{"type", "BPE"},
        {"vocab", {{"a", 2}, {"b", 3}, {"c", 4}, {"\n", 5}, {"d", 6}}},
        {"merges", Json::array()}}}};
  return makeTokenizer({{"tokenizer.json", json.dump()},
                        {"tokenizer_config.json", R"({"bos_token": "<s>", "eos_token": "</s>"})"}},
                       "letters");
}

Ids idsOf(const TokenCorpus& corpus) {
  Ids ids;
  for (std::int64_t i = 0; i < corpus.size(); ++i) {
    ids.push_back(corpus.id(i));
  }
  return ids;
}

std::string refusalOf(const TextSettings& settings, const std::filesystem::path& path) {
  try {
    static_cast<void>(loadTextCorpora(settings, path, *letters(), std::nullopt));
  } catch (const TrainError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST(TextCorpora, ValidationCanComeFromElsewhere) {
  const TempFolder folder;
  const TempFolder other;
  folder.write("train.txt", "ab");
  other.write("real.txt", "c c");
  TextSettings settings;
  settings.validation_path = (other.path() / "real.txt").string();
  const TextCorpora of_file = loadTextCorpora(settings, folder.path(), *letters(), std::nullopt);
  settings.validation_path = other.path().string();
  settings.validation = "real.txt";

  const TextCorpora of_folder = loadTextCorpora(settings, folder.path(), *letters(), std::nullopt);

  for (const TextCorpora& corpora : {of_file, of_folder}) {
    EXPECT_EQ(idsOf(corpora.train), (Ids{0, 2, 3, 1}));
    EXPECT_EQ(idsOf(corpora.validation), (Ids{0, 4, 4, 1}));
  }
  settings.validation = "../real.txt";
  EXPECT_EQ(refusalOf(settings, folder.path()),
            "data.text.validation is \"../real.txt\"; it must be the name of a file in data.path");
}

TEST(TextCorpora, AFolderHasAFileForEach) {
  const TempFolder folder;
  folder.write("train.txt", "ab");
  folder.write("valid.txt", "c c");
  TextSettings settings;
  settings.validation = "valid.txt";

  const TextCorpora corpora = loadTextCorpora(settings, folder.path(), *letters(), std::nullopt);

  EXPECT_EQ(idsOf(corpora.train), (Ids{0, 2, 3, 1}));
  EXPECT_EQ(idsOf(corpora.validation), (Ids{0, 4, 4, 1}));
  EXPECT_EQ(corpora.validation.textCounts(), (TokenCorpus::TextCounts{.bytes = 3, .words = 2}));
}

TEST(TextCorpora, ASingleFileIsSplit) {
  const TempFolder folder;
  TextSettings settings;
  settings.validation_share = 0.5;
  settings.format = "lines";

  const auto corpora =
      loadTextCorpora(settings, folder.write("all.txt", "a\nb\nc\nd\n"), *letters(), std::nullopt);

  EXPECT_EQ(idsOf(corpora.train), (Ids{0, 2, 1, 0, 3, 1}));
  EXPECT_EQ(idsOf(corpora.validation), (Ids{0, 4, 1, 0, 6, 1}));
  EXPECT_EQ(corpora.train.documents(), 2);
}

TEST(TextCorpora, EosIsPutOnceAndOnlyWhenAsked) {
  const TempFolder folder;
  TextSettings settings;
  settings.format = "lines";
  settings.validation = "b.txt";
  folder.write("train.txt", "a</s>\nb\n");
  folder.write("b.txt", "c\n");

  EXPECT_EQ(idsOf(loadTextCorpora(settings, folder.path(), *letters(), std::nullopt).train),
            (Ids{0, 2, 1, 0, 3, 1}));
  settings.add_eos = false;
  EXPECT_EQ(idsOf(loadTextCorpora(settings, folder.path(), *letters(), std::nullopt).train),
            (Ids{0, 2, 1, 0, 3}));
}

TEST(TextCorpora, OfConversationsOnlyTheAssistantIsJudged) {
  const TempFolder folder;
  const std::string talk =
      R"({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]})";
  folder.write("t.jsonl", talk + "\n" + talk + "\n");
  TextSettings settings;
  settings.chat_template = "chatml";
  settings.validation_share = 0.5;

  const TokenCorpus corpus =
      loadTextCorpora(settings, folder / "t.jsonl", *letters(), std::nullopt).train;

  // <|im_start|>user↵a<|im_end|>↵<|im_start|>assistant↵b<|im_end|>↵; other letters are unknown.
  EXPECT_EQ(idsOf(corpus), (Ids{10, 5, 2, 11, 5, 10, 2, 2, 5, 3, 11, 5}));
  std::vector<std::int64_t> judged;
  for (std::int64_t i = 0; i < corpus.size(); ++i) {
    if (corpus.isJudged(i)) {
      judged.push_back(i);
    }
  }
  EXPECT_EQ(judged, (std::vector<std::int64_t>{9, 10}));
}

TEST(TextCorpora, TokenFilesAreTakenAsTheyAre) {
  const TempFolder folder;
  TextSettings settings;
  settings.validation_share = 0.4;

  const auto corpora = loadTextCorpora(settings,
                                       folder.write("x.bin", std::string("\2\0\1\0\3\0\1\0", 8)),
                                       *letters(),
                                       std::nullopt);

  EXPECT_EQ(idsOf(corpora.train), (Ids{2, 1}));
  EXPECT_EQ(idsOf(corpora.validation), (Ids{3, 1}));
}

TEST(TextCorpora, TheCacheKnowsTextTokenizerAndSettings) {
  const TempFolder folder;
  const TokenCache cache(folder / "cache");
  const auto filesAfter = [&](const TextSettings& settings, const std::string& text) {
    folder.write("data/train.txt", text);
    const auto cached = loadTextCorpora(settings, folder / "data", *letters(), cache);
    const auto made = loadTextCorpora(settings, folder / "data", *letters(), std::nullopt);
    EXPECT_EQ(idsOf(cached.train), idsOf(made.train));
    EXPECT_EQ(idsOf(cached.validation), idsOf(made.validation));
    return std::distance(std::filesystem::directory_iterator(folder / "cache"), {});
  };
  TextSettings settings;
  settings.format = "lines";

  EXPECT_EQ(filesAfter(settings, "a\nb\n"), 2);
  EXPECT_EQ(filesAfter(settings, "a\nb\n"), 2);
  EXPECT_EQ(filesAfter(settings, "a\nc\n"), 4);
  settings.add_eos = false;
  EXPECT_EQ(filesAfter(settings, "a\nc\n"), 6);
  settings.packing = "padded";  // rows are cut from the same tokens
  EXPECT_EQ(filesAfter(settings, "a\nc\n"), 6);
}

TEST(TextCorpora, WhatIsWrongIsNamed) {
  const TempFolder folder;
  folder.write("train.txt", "a");
  folder.write("x.jsonl", R"({"messages": [{"role": "user", "content": "a"}]})");
  TextSettings settings;

  EXPECT_NE(refusalOf(settings, folder / "nothing.txt").find("nothing.txt"), std::string::npos);
  settings.validation = "../x";
  EXPECT_EQ(refusalOf(settings, folder.path()),
            "data.text.validation is \"../x\"; it must be the name of a file in data.path");
  settings.validation = "";
  EXPECT_EQ(
      refusalOf(settings, folder / "x.jsonl"),
      (folder / "x.jsonl").string() + ":1: there is no message of the assistant: nothing to learn");
  EXPECT_EQ(refusalOf({.format = "lines"}, folder / "train.txt"),
            (folder / "train.txt").string() +
                ": there is not enough text to learn from and to evaluate on");
}

}  // namespace retort::train
