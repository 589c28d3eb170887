#include "trainers/data/token_cache.h"

#include "tests/core/base/temp_folder.h"

#include <gtest/gtest.h>

#include <thread>

namespace retort::train {

namespace {

using Ids = std::vector<std::int32_t>;
using retort::testing::contentsOf;
using retort::testing::TempFolder;

const std::string kKey(64, 'a');

TokenCorpus smallCorpus() {
  TokenCorpusBuilder builder;
  builder.add(Ids{1, 2, 3}, {false, true, true});
  builder.add(Ids{4, 70'000});
  builder.count({.bytes = 11, .words = 2});
  return std::move(builder).build();
}

void expectSmall(const TokenCorpus& corpus) {
  ASSERT_EQ(corpus.size(), 5);
  EXPECT_EQ(corpus.id(4), 70'000);
  EXPECT_FALSE(corpus.isJudged(0));
  EXPECT_TRUE(corpus.isJudged(1));
  EXPECT_EQ(corpus.documents(), 2);
  EXPECT_EQ(corpus.documentStart(1), 3);
  EXPECT_EQ(corpus.textCounts(), (TokenCorpus::TextCounts{.bytes = 11, .words = 2}));
}

/// How often the corpus is made for two calls, with `damage` done to the file between them.
template <class Damage>
int timesMade(const Damage& damage) {
  const TempFolder folder;
  const TokenCache cache(folder / "cache");
  int made = 0;
  const auto make = [&] {
    ++made;
    return smallCorpus();
  };
  expectSmall(cache.get(kKey, make));
  damage(cache.fileOf(kKey));
  expectSmall(cache.get(kKey, make));
  EXPECT_TRUE(cache.find(kKey));
  return made;
}

void rewrite(const std::filesystem::path& file, const std::string& contents) {
  // Beside and renamed, as another trainer would: the old file may be mapped.
  std::ofstream(file.string() + ".new", std::ios::binary) << contents;
  std::filesystem::rename(file.string() + ".new", file);
}

}  // namespace

TEST(TokenCache, TokensAreMadeOnce) {
  EXPECT_EQ(timesMade([](const auto&) {}), 1);
}

TEST(TokenCache, ADamagedFileIsMadeAnew) {
  const auto with = [](auto change) {
    return [change](const std::filesystem::path& file) {
      std::string contents = contentsOf(file);
      change(contents);
      rewrite(file, contents);
    };
  };

  EXPECT_EQ(timesMade(with([](std::string& text) { text.back() ^= 1; })), 2);
  EXPECT_EQ(timesMade(with([](std::string& text) { text.pop_back(); })), 2);
  EXPECT_EQ(timesMade(with([](std::string& text) { text += "more"; })), 2);
  EXPECT_EQ(timesMade(with([](std::string& text) { text[8] = 2; })), 2);        // version
  EXPECT_EQ(timesMade(with([](std::string& text) { text[0] = 'x'; })), 2);      // magic
  EXPECT_EQ(timesMade(with([](std::string& text) { text[39] = '\x7F'; })), 2);  // tokens
  EXPECT_EQ(timesMade(with([](std::string& text) { text[64] = 1; })), 2);       // first start
  EXPECT_EQ(timesMade(with([](std::string& text) { text.clear(); })), 2);
  EXPECT_EQ(timesMade(with([](std::string& text) { text.resize(63); })), 2);
}

TEST(TokenCache, TheHeaderIsWhatItSays) {
  const TempFolder folder;
  const TokenCache cache(folder.path());
  static_cast<void>(cache.get(kKey, smallCorpus));

  const std::string contents = contentsOf(cache.fileOf(kKey));

  EXPECT_EQ(contents.size(), 64U + 3 * 8 + 5 * 4);
  EXPECT_EQ(contents.substr(0, 8), "RETORTTK");
  EXPECT_EQ(contents.substr(32, 8), std::string("\5\0\0\0\0\0\0\0", 8));  // tokens
  EXPECT_EQ(contents.substr(88, 4), std::string("\1\0\0\x80", 4));        // the first, a prompt's
}

TEST(TokenCache, AFolderThatCannotBeWrittenCostsOnlyTime) {
  const TempFolder folder;
  const TokenCache cache(folder.write("file", "not a folder") / "cache");

  expectSmall(cache.get(kKey, smallCorpus));
  expectSmall(cache.get(kKey, smallCorpus));
}

TEST(TokenCache, TrainersThatMakeItAtOnceDoNotHarmEachOther) {
  const TempFolder folder;
  const TokenCache cache(folder / "cache");
  std::vector<std::thread> trainers;

  for (int i = 0; i < 4; ++i) {
    trainers.emplace_back([&] {
      for (int round = 0; round < 20; ++round) {
        expectSmall(cache.get(kKey, smallCorpus));
        std::filesystem::remove(cache.fileOf(kKey));
      }
    });
  }
  for (std::thread& trainer : trainers) {
    trainer.join();
  }

  expectSmall(cache.get(kKey, smallCorpus));
}

TEST(TokenCache, AnEmptyCorpusIsKeptToo) {
  const TempFolder folder;
  const TokenCache cache(folder.path());

  const TokenCorpus corpus = cache.get(kKey, [] { return TokenCorpusBuilder().build(); });

  EXPECT_EQ(corpus.size(), 0);
  EXPECT_TRUE(cache.find(kKey));
  EXPECT_FALSE(cache.find(std::string(64, 'b')));
}

}  // namespace retort::train
