#include "experiments/yaml_source.h"

#include "experiments/yaml_guard.h"
#include "experiments/yaml_path.h"
#include "tests/experiments/yaml_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace retort::experiments {
namespace {

using Style = SourceNode::Style;

std::optional<SourceNode> located(const std::string& text) {
  const auto normal = normalizeText(text, "f.yaml");
  EXPECT_TRUE(normal) << normal.error().message;
  return locateNodes(text, treeOf(*normal));
}

/// The text of the value at the path, given by the positions of entries or items.
std::string cut(const std::string& text, const std::vector<std::size_t>& path) {
  const auto root = located(text);
  EXPECT_TRUE(root) << text;
  const SourceNode* node = root ? &*root : nullptr;
  for (const std::size_t index : path) {
    if (node == nullptr || (node->items.empty() && index >= node->entries.size())) {
      return "(nowhere)";
    }
    node = node->items.empty() ? &node->entries.at(index).value : &node->items.at(index).value;
  }
  return node == nullptr ? "(nowhere)" : text.substr(node->begin, node->end - node->begin);
}

TEST(YamlSource, FindsScalars) {
  EXPECT_EQ(cut("a: 1 # c\n", {0}), "1");
  EXPECT_EQ(cut("a:   two words  # c\n", {0}), "two words");
  EXPECT_EQ(cut("a: \"x \\\" # y\" # c\n", {0}), "\"x \\\" # y\"");
  EXPECT_EQ(cut("a: 'it''s' # c\n", {0}), "'it''s'");
  EXPECT_EQ(cut("a: x:80/y#z\n", {0}), "x:80/y#z");
  EXPECT_EQ(cut("a:\n  below # c\n", {0}), "below");
  EXPECT_EQ(cut("a: über # c\nb: 2\n", {1}), "2");
}

TEST(YamlSource, FindsNothing) {
  EXPECT_EQ(cut("a:\nb: 1\n", {0}), "");
  EXPECT_EQ(cut("a: null # c\n", {0}), "null");
  EXPECT_EQ(cut("a: ~\n", {0}), "~");
  const auto root = located("a: # c\nb: 1\n");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->entries[0].value.style, Style::kNothing);
  EXPECT_EQ(root->entries[0].value.begin, 2U);
}

TEST(YamlSource, FindsTextsOfSeveralLines) {
  EXPECT_EQ(cut("a: one\n  two\n  three # c\nb: 1\n", {0}), "one\n  two\n  three");
  EXPECT_EQ(cut("a: |\n  one\n\n   two\n\nb: 1\n", {0}), "|\n  one\n\n   two");
  EXPECT_EQ(cut("a: >- # c\n  one\n  two\n# d\nb: 1\n", {0}), ">- # c\n  one\n  two");
  EXPECT_EQ(cut("a:\n  - |\n    one\n  - 2\n", {0, 1}), "2");
  EXPECT_EQ(cut("a: \"one\n  two\"\nb: 1\n", {0}), "\"one\n  two\"");
  EXPECT_EQ(cut("a: |\n  one\nb: 1\n", {1}), "1");
}

TEST(YamlSource, FindsCollectionsInBrackets) {
  const std::string text = "a: {b: [1, \"x, y\"],  # c\n    d: {e: }, } # f\n";
  EXPECT_EQ(cut(text, {0, 0}), "[1, \"x, y\"]");
  EXPECT_EQ(cut(text, {0, 0, 1}), "\"x, y\"");
  EXPECT_EQ(cut(text, {0, 1}), "{e: }");
  EXPECT_EQ(cut(text, {0}), text.substr(3, text.find(" # f") - 3));
  EXPECT_EQ(cut("a: [] # c\n", {0}), "[]");
  EXPECT_EQ(cut("a: {b, c: 1}\n", {0, 1}), "1");
}

TEST(YamlSource, FindsCollectionsOnLines) {
  const std::string text = "a: # c\n  b: 1\n  # d\n  e:\n  - 1\n  - f: 2\n    g: 3 # h\ni: 4\n";
  EXPECT_EQ(cut(text, {0, 1}), "- 1\n  - f: 2\n    g: 3");
  EXPECT_EQ(cut(text, {0, 1, 1}), "f: 2\n    g: 3");
  EXPECT_EQ(cut(text, {0, 1, 1, 1}), "3");
  EXPECT_EQ(cut(text, {1}), "4");
}

TEST(YamlSource, KnowsKeys) {
  const std::string text = "\"a b\" : 1\n'c': 2\n";
  const auto root = located(text);
  ASSERT_TRUE(root);
  const auto key = [&](std::size_t i) {
    const SourceEntry& entry = root->entries[i];
    return text.substr(entry.key_begin, entry.key_end - entry.key_begin);
  };
  EXPECT_EQ(key(0), "\"a b\"");
  EXPECT_EQ(key(1), "'c'");
  EXPECT_EQ(root->entries[0].value_from, 7U);
}

TEST(YamlSource, LooksBehindAnchorsAndStopsAtAliases) {
  const std::string text = "a: &x {b: 1}\nc: *x # d\ne: [*x, 2]\n";
  EXPECT_EQ(cut(text, {0}), "{b: 1}");
  EXPECT_EQ(cut(text, {1}), "*x");
  EXPECT_EQ(cut(text, {2, 1}), "2");
  EXPECT_EQ(located(text)->entries[1].value.style, Style::kAlias);
  EXPECT_EQ(cut("a: &x\n  b: 1\nc: 2\n", {0}), "b: 1");
}

TEST(YamlSource, FollowsReturnsMarksAndDocumentStarts) {
  EXPECT_EQ(cut("\xEF\xBB\xBF"
                "a: 1\r\nb: two # c\r\n",
                {1}),
            "two");
  EXPECT_EQ(cut("a:\r\n  b: |\r\n    x\r\nc: 1\r\n", {0, 0}), "|\r\n    x");
  EXPECT_EQ(cut("# head\n---\na: 1\n", {0}), "1");
}

TEST(YamlSource, GivesUpWhereItCannotFollow) {
  EXPECT_FALSE(located("? a\n: 1\n"));
  EXPECT_FALSE(located("a: [b: 1]\n"));
  const YamlNode other = treeOf("x: 1\n");
  EXPECT_FALSE(locateNodes("a: 1\n", other));
}

}  // namespace
}  // namespace retort::experiments
