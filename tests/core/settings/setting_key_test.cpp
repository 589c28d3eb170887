#include "core/settings/setting_key.h"

#include <gtest/gtest.h>

namespace retort {
namespace {

TEST(IsSettingKey, AcceptsLowerCaseWordsJoinedByDots) {
  for (const char* key : {"a", "a.b", "train.learning_rate", "a1._b", "0"}) {
    EXPECT_TRUE(isSettingKey(key)) << key;
  }
  for (const char* key : {"", ".", "a.", ".a", "a..b", "A", "a b", "a-b", "a/b", "ä"}) {
    EXPECT_FALSE(isSettingKey(key)) << key;
  }
}

}  // namespace
}  // namespace retort
