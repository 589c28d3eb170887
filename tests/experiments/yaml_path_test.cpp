#include "experiments/yaml_path.h"

#include "tests/experiments/yaml_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::experiments {
namespace {

using ::testing::ElementsAre;

TEST(YamlPath, LeadsToEntriesAndItems) {
  const YamlNode root = treeOf("a: {b: [1, {c: 2}]}\n");
  EXPECT_EQ(nodeAt(root, {}), &root);
  EXPECT_EQ(nodeAt(root, {"a", "b", "0"})->scalar, 1);
  EXPECT_EQ(nodeAt(root, {"a", "b", "1", "c"})->scalar, 2);
}

TEST(YamlPath, LeadsNowhere) {
  const YamlNode root = treeOf("a: {b: [1, 2]}\n");
  EXPECT_EQ(nodeAt(root, {"x"}), nullptr);
  EXPECT_EQ(nodeAt(root, {"a", "b", "2"}), nullptr);
  EXPECT_EQ(nodeAt(root, {"a", "b", "-1"}), nullptr);
  EXPECT_EQ(nodeAt(root, {"a", "b", "first"}), nullptr);
  EXPECT_EQ(nodeAt(root, {"a", "b", "0", "c"}), nullptr);
  EXPECT_EQ(nodeAt(YamlNode(), {"a"}), nullptr);
}

TEST(YamlPath, FindsSettingsInEverySpelling) {
  const auto path = [](const std::string& text, const std::string& key) {
    return settingPath(treeOf(text), {"base"}, key);
  };
  EXPECT_THAT(path("base: {a: {b: {c: 1}}}\n", "a.b.c"), ElementsAre("base", "a", "b", "c"));
  EXPECT_THAT(path("base: {a.b: {c: 1}}\n", "a.b.c"), ElementsAre("base", "a.b", "c"));
  EXPECT_THAT(path("base: {a: {b.c: 1}}\n", "a.b.c"), ElementsAre("base", "a", "b.c"));
  EXPECT_THAT(path("base: {a.b.c: 1}\n", "a.b.c"), ElementsAre("base", "a.b.c"));
  EXPECT_THAT(path("base: {a: {x: 1}, a.b: {c: 1}}\n", "a.b.c"), ElementsAre("base", "a.b", "c"));
}

TEST(YamlPath, SaysWhereANewSettingGoes) {
  const auto path = [](const std::string& text, const std::string& key) {
    return settingPath(treeOf(text), {"base"}, key);
  };
  EXPECT_THAT(path("base: {a: {b: {x: 1}}}\n", "a.b.c"), ElementsAre("base", "a", "b", "c"));
  EXPECT_THAT(path("base: {a: {x: 1}}\n", "a.b.c"), ElementsAre("base", "a", "b.c"));
  EXPECT_THAT(path("base: {a: {x: 1}, a.b: {y: 1}}\n", "a.b.c"), ElementsAre("base", "a.b", "c"));
  EXPECT_THAT(path("base: {ab: {x: 1}}\n", "a.b"), ElementsAre("base", "a.b"));
  EXPECT_THAT(path("base: {a: 1}\n", "a.b"), ElementsAre("base", "a.b"));
  EXPECT_THAT(path("base: {a: }\n", "a.b"), ElementsAre("base", "a", "b"));
  EXPECT_THAT(path("experiment: e\n", "a.b"), ElementsAre("base", "a.b"));
}

}  // namespace
}  // namespace retort::experiments
