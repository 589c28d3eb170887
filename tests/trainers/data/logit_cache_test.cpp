#include "trainers/data/logit_cache.h"

#include "tests/core/base/temp_folder.h"
#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <thread>

namespace retort::train {
namespace {

using retort::testing::contentsOf;
using retort::testing::TempFolder;

const std::string kKey(64, 'a');

/// Rows of two and one judged positions, two tokens each.
LogitTableShape smallShape() {
  return {.starts = {0, 2, 3}, .count = 2, .element_bytes = 4};
}

template <class T>
std::string bytesOf(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

const std::string kFirst = bytesOf<float>({5, 6, 1, 2, 3, 4}) + bytesOf<std::int32_t>({9, 8, 7, 6});
const std::string kSecond = bytesOf<float>({7, 0.5, 0.25}) + bytesOf<std::int32_t>({0, 100'000});

bool makeSmall(const LogitCache::Append& append) {
  append(kFirst);
  append(kSecond);
  return true;
}

bool goOn() {
  return true;
}

void expectSmall(const std::optional<LogitTable>& table) {
  ASSERT_TRUE(table);
  EXPECT_EQ(table->shape(), smallShape());
  EXPECT_EQ(table->row(0).log_sums, bytesOf<float>({5, 6}));
  EXPECT_EQ(table->row(0).values, bytesOf<float>({1, 2, 3, 4}));
  EXPECT_EQ(table->row(0).ids, bytesOf<std::int32_t>({9, 8, 7, 6}));
  EXPECT_EQ(table->row(1).log_sums, bytesOf<float>({7}));
  EXPECT_EQ(table->row(1).values, bytesOf<float>({0.5, 0.25}));
  EXPECT_EQ(table->row(1).ids, bytesOf<std::int32_t>({0, 100'000}));
  EXPECT_THROW(static_cast<void>(table->row(2)), std::out_of_range);
}

/// How often the table is made for two calls, with `change` done to the file between them.
int timesMade(const std::function<void(std::string&)>& change) {
  const TempFolder folder;
  const LogitCache cache(folder / "cache");
  int made = 0;
  const auto make = [&](const LogitCache::Append& append) {
    ++made;
    return makeSmall(append);
  };
  expectSmall(cache.get(kKey, smallShape(), make, goOn));
  std::string contents = contentsOf(cache.fileOf(kKey));
  change(contents);
  std::filesystem::remove(cache.fileOf(kKey));
  folder.write("cache/" + cache.fileOf(kKey).filename().string(), contents);
  expectSmall(cache.get(kKey, smallShape(), make, goOn));
  return made;
}

TEST(LogitCache, LogitsAreMadeOnce) {
  EXPECT_EQ(timesMade([](std::string&) {}), 1);
}

TEST(LogitCache, ADamagedOrForeignFileIsMadeAnew) {
  EXPECT_EQ(timesMade([](std::string& text) { text[100] ^= 1; }), 2);    // a logit
  EXPECT_EQ(timesMade([](std::string& text) { text.back() ^= 1; }), 2);  // the hash
  EXPECT_EQ(timesMade([](std::string& text) { text.pop_back(); }), 2);
  EXPECT_EQ(timesMade([](std::string& text) { text += "more"; }), 2);
  EXPECT_EQ(timesMade([](std::string& text) { text[0] = 'x'; }), 2);  // magic
  EXPECT_EQ(timesMade([](std::string& text) { text[8] = 2; }), 2);    // version
  EXPECT_EQ(timesMade([](std::string& text) { text[32] = 3; }), 2);   // k
  EXPECT_EQ(timesMade([](std::string& text) { text[64] = 1; }), 2);   // first start
  EXPECT_EQ(timesMade([](std::string& text) { text.resize(63); }), 2);
  EXPECT_EQ(timesMade([](std::string& text) { text.clear(); }), 2);
  EXPECT_EQ(timesMade([](std::string& text) { text = std::string(text.size(), 'x'); }), 2);
}

TEST(LogitCache, TheFileIsWhatItSays) {
  const TempFolder folder;
  const LogitCache cache(folder.path());
  static_cast<void>(cache.get(kKey, smallShape(), makeSmall, goOn));

  const std::string contents = contentsOf(cache.fileOf(kKey));

  EXPECT_EQ(contents.size(), 64U + 3 * 8 + kFirst.size() + kSecond.size() + 64);
  EXPECT_EQ(contents.substr(0, 8), "RETORTTL");
  EXPECT_EQ(contents.substr(8, 40), bytesOf<std::uint64_t>({1, 2, 3, 2, 4}));
  EXPECT_EQ(contents.substr(64, 24), bytesOf<std::uint64_t>({0, 2, 3}));
  EXPECT_EQ(contents.substr(88, kFirst.size() + kSecond.size()), kFirst + kSecond);
}

TEST(LogitCache, AnotherShapeIsAnotherTable) {
  const TempFolder folder;
  const LogitCache cache(folder.path());
  static_cast<void>(cache.get(kKey, smallShape(), makeSmall, goOn));
  LogitTableShape other = smallShape();
  other.starts = {0, 1, 3};

  EXPECT_TRUE(cache.find(kKey, smallShape()));
  EXPECT_FALSE(cache.find(kKey, other));
  EXPECT_FALSE(cache.find(std::string(64, 'b'), smallShape()));
}

TEST(LogitCache, ASecondTrainerWaitsForWhatTheFirstMakes) {
  const TempFolder folder;
  const LogitCache cache(folder / "cache");
  std::atomic<int> made = 0;
  std::atomic<int> waits = 0;
  const auto make = [&](const LogitCache::Append& append) {
    ++made;
    while (waits == 0) {
      std::this_thread::yield();
    }
    return makeSmall(append);
  };
  const auto wait = [&] {
    ++waits;
    return true;
  };
  std::vector<std::thread> trainers;

  for (int i = 0; i < 3; ++i) {
    trainers.emplace_back([&] { expectSmall(cache.get(kKey, smallShape(), make, wait)); });
  }
  for (std::thread& trainer : trainers) {
    trainer.join();
  }

  EXPECT_EQ(made, 1);
}

TEST(LogitCache, MakingAndWaitingCanBeGivenUp) {
  const TempFolder folder;
  const LogitCache cache(folder.path());
  const auto give_up = [](const LogitCache::Append& append) {
    append(kFirst);
    return false;
  };
  const auto make = [&](const LogitCache::Append& append) {
    const auto second = cache.get(kKey, smallShape(), makeSmall, [] { return false; });
    EXPECT_FALSE(second);
    return makeSmall(append);
  };

  EXPECT_FALSE(cache.get(kKey, smallShape(), give_up, goOn));
  EXPECT_FALSE(std::filesystem::exists(cache.fileOf(kKey)));
  expectSmall(cache.get(kKey, smallShape(), make, goOn));
}

TEST(LogitCache, WhatAKilledTrainerLeftIsRemoved) {
  const TempFolder folder;
  const LogitCache cache(folder.path());
  const auto left = folder.write(".retort-" + kKey + ".logits-1-0.part", "half");
  const auto other = folder.write(".retort-" + std::string(64, 'b') + ".logits-1-0.part", "half");

  expectSmall(cache.get(kKey, smallShape(), makeSmall, goOn));

  EXPECT_FALSE(std::filesystem::exists(left));
  EXPECT_TRUE(std::filesystem::exists(other));
}

TEST(LogitCache, AFolderThatCannotBeWrittenIsSaid) {
  const TempFolder folder;
  const LogitCache cache(folder.write("file", "not a folder") / "cache");

  EXPECT_THAT(
      [&] { static_cast<void>(cache.get(kKey, smallShape(), makeSmall, goOn)); },
      ::testing::ThrowsMessage<TrainError>(::testing::HasSubstr("(212 bytes) cannot be kept in")));
}

}  // namespace
}  // namespace retort::train
