#include "trainers/data/cache_folder.h"

#include "tests/trainers/cache_home.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(CacheFolder, IsBelowTheUsersCache) {
  const CacheHome home("/somewhere");

  EXPECT_EQ(cacheFolder("logits"), std::filesystem::path("/somewhere/retort/logits"));
}

TEST(CacheFolder, IsBelowHomeWhenTheCacheIsNotSetOrRelative) {
  const CacheHome home("relative");
  const std::filesystem::path user = std::getenv("HOME") == nullptr ? "" : std::getenv("HOME");

  EXPECT_EQ(cacheFolder("tokens"),
            user.is_absolute() ? std::optional(user / ".cache/retort/tokens") : std::nullopt);
}

}  // namespace
}  // namespace retort::train
