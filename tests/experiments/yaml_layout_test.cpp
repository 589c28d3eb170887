#include "experiments/yaml_layout.h"

#include "tests/experiments/yaml_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::experiments {
namespace {

std::string flow(const Json& value) {
  return flowText(yamlNode(value));
}

TEST(YamlLayout, WritesOnOneLine) {
  EXPECT_EQ(flow(nullptr), "null");
  EXPECT_EQ(flow(true), "true");
  EXPECT_EQ(flow("word"), "word");
  EXPECT_EQ(flow("two words"), "\"two words\"");
  EXPECT_EQ(flow(Json::array()), "[]");
  EXPECT_EQ(flow(Json::object()), "{}");
  EXPECT_EQ(flow({{"a", {1, 2.5, "x"}}, {"b", {{"c", "no"}}}}), "{a: [1, 2.5, x], b: {c: \"no\"}}");
}

TEST(YamlLayout, KeepsTheOrderOfEntries) {
  const YamlNode map = yamlMap({{"z", yamlNode(1)}, {"b", yamlNode(2)}, {"a", yamlNode(3)}});
  EXPECT_EQ(flowText(map), "{z: 1, b: 2, a: 3}");
  EXPECT_EQ(flowText(yamlList({map, yamlNode("x")})), "[{z: 1, b: 2, a: 3}, x]");
}

TEST(YamlLayout, KeepsSpellingsThatMeanTheSame) {
  YamlNode number = yamlNode(0.001);
  number.spelling = "1e-3";
  EXPECT_EQ(flowText(number), "1e-3");
  number.spelling = "2e-3";
  EXPECT_EQ(flowText(number), "0.001");
  YamlNode text = yamlNode("1e-3");
  text.spelling = "1e-3";
  EXPECT_EQ(flowText(text), "\"1e-3\"");
  EXPECT_EQ(flowText(treeOf("[1e-3, +5, \"5\", yes please]")), "[1e-3, +5, \"5\", \"yes please\"]");
}

TEST(YamlLayout, BreaksWhatIsNotReadableOnOneLine) {
  EXPECT_EQ(entryText("k", yamlNode({{"a", 1}, {"b", {1, 2}}}), 2), "  k: {a: 1, b: [1, 2]}");
  EXPECT_EQ(entryText("k", yamlNode({{"a", {{"b", 1}}}, {"c", 2}}), 2),
            "  k:\n    a: {b: 1}\n    c: 2");
  EXPECT_EQ(entryText("k", yamlNode(Json::array({{{"a", 1}}, {{"b", 2}}})), 0),
            "k:\n  - {a: 1}\n  - {b: 2}");
  EXPECT_EQ(entryText("no", yamlNode(1), 0), "\"no\": 1");
  EXPECT_EQ(entryText("k", yamlNode(Json::object()), 0), "k: {}");
}

TEST(YamlLayout, BreaksLongMaps) {
  std::vector<std::pair<std::string, YamlNode>> entries;
  for (int i = 0; i < 12; ++i) {
    entries.emplace_back("long_name_" + std::to_string(i), yamlNode(i));
  }
  const YamlNode map = yamlMap(std::move(entries));
  EXPECT_FALSE(isOneLine(map, 0));
  EXPECT_THAT(entryText("k", map, 0), ::testing::StartsWith("k:\n  long_name_0: 0\n"));
  EXPECT_TRUE(isOneLine(yamlNode({{"a", 1}}), 0));
  EXPECT_FALSE(isOneLine(yamlNode({{"a", 1}}), 100));
  EXPECT_TRUE(isOneLine(yamlNode(1), 1000));
}

TEST(YamlLayout, WritesWhatReadsBackTheSame) {
  const std::vector<Json> values = {
      nullptr,
      {{"a", {{"b", {{"c", {1, "1", 1.0, true, "true", nullptr}}}}}}},
      Json::array({1, Json::array({2, Json::array({3})})}),
      {{"with: colon", "# no comment"}, {"", ""}, {"-", "- item"}, {"ü", "😀"}},
      {{"quote", "say \"it's\""}, {"lines", "one\ntwo\n"}, {"${a}", "${b.c}"}},
      {{"big", 1e300}, {"small", -1e-300}, {"integer", -9007199254740993}},
  };
  for (const Json& value : values) {
    const YamlNode node = yamlNode({{"k", value}});
    EXPECT_TRUE(isSameTree(treeOf(flowText(node)), node)) << flowText(node);
    const std::string lines = entryText("k", yamlNode(value), 0) + "\n";
    EXPECT_TRUE(isSameTree(treeOf(lines), node)) << lines;
  }
}

TEST(YamlLayout, ComparesTrees) {
  EXPECT_TRUE(isSameTree(treeOf("{a: 1, b: [x]}"), treeOf("a: 1 # c\nb:\n- \"x\"\n")));
  EXPECT_FALSE(isSameTree(treeOf("{a: 1, b: 2}"), treeOf("{b: 2, a: 1}")));
  EXPECT_FALSE(isSameTree(treeOf("{a: 1}"), treeOf("{a: 1.0}")));
  EXPECT_FALSE(isSameTree(treeOf("{a: 1}"), treeOf("{a: \"1\"}")));
  EXPECT_FALSE(isSameTree(treeOf("{a: [1]}"), treeOf("{a: [1, 1]}")));
  EXPECT_FALSE(isSameTree(treeOf("{a: }"), treeOf("{a: {}}")));
  EXPECT_FALSE(isSameTree(treeOf("{a: 1}"), treeOf("{c: 1}")));
  EXPECT_TRUE(isSameTree(yamlNode(std::size_t{5}), yamlNode(5)));
}

}  // namespace
}  // namespace retort::experiments
