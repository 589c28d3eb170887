#include "experiments/yaml_splice.h"

#include "tests/experiments/yaml_fixture.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace retort::experiments {
namespace {

/// The tree of a text whose top level is a map or list, with its places.
SourceNode rootOf(const std::string& text) {
  const std::optional<SourceNode> root = locateNodes(text, treeOf(text));
  EXPECT_TRUE(root) << text;
  return root.value_or(SourceNode());
}

std::string cut(const std::string& text, Span span) {
  return text.substr(span.begin, span.end - span.begin);
}

std::size_t childrenOf(const SourceNode& node) {
  return node.items.empty() ? node.entries.size() : node.items.size();
}

/// The text without one child of its top level; "(nothing)" when that cannot be cut out.
std::string without(const std::string& text, std::size_t index) {
  const SourceNode root = rootOf(text);
  return withoutChild(text, root, index, childrenOf(root)).value_or("(nothing)");
}

TEST(YamlSplice, ReplacesBytes) {
  EXPECT_EQ(spliced("abcdef", {2, 4}, "-"), "ab-ef");
  EXPECT_EQ(spliced("abc", {1, 1}, "xy"), "axybc");
  EXPECT_EQ(spliced("abc", {0, 3}, ""), "");
}

TEST(YamlSplice, SpansAnEntryWithItsKey) {
  const std::string text = "a: 1 # one\nb:\n  c: 2\nd:\n";
  const SourceNode root = rootOf(text);
  EXPECT_EQ(cut(text, childSpan(root, 0)), "a: 1");
  EXPECT_EQ(cut(text, childSpan(root, 1)), "b:\n  c: 2");
  EXPECT_EQ(cut(text, childSpan(root, 2)), "d:");
}

TEST(YamlSplice, SpansAnItemWithItsDash) {
  const std::string text = "- 1\n- {a: 2}\n-\n";
  const SourceNode root = rootOf(text);
  EXPECT_EQ(cut(text, childSpan(root, 0)), "- 1");
  EXPECT_EQ(cut(text, childSpan(root, 1)), "- {a: 2}");
  EXPECT_EQ(cut(text, childSpan(root, 2)), "-");
}

TEST(YamlSplice, TakesTheCommentsOfAnEntryAlong) {
  const std::string text =
      "# of the file\n\n# about b,\n# in two lines\nb: 1  # behind\n# about c\nc: 2\n";
  const SourceNode root = rootOf(text);
  EXPECT_EQ(cut(text, chunkSpan(text, root, 0)), "# about b,\n# in two lines\nb: 1  # behind");
  EXPECT_EQ(cut(text, chunkSpan(text, root, 1)), "# about c\nc: 2");
}

TEST(YamlSplice, LeavesCommentsAloneWithinBrackets) {
  const std::string text = "# head\n{a: 1, b: 2} # tail\n";
  EXPECT_EQ(cut(text, chunkSpan(text, rootOf(text), 1)), "b: 2");
}

TEST(YamlSplice, TakesLinesOut) {
  EXPECT_EQ(without("a: 1\nb: 2 # two\nc: 3\n", 1), "a: 1\nc: 3\n");
  EXPECT_EQ(without("a: 1\nb:\n  - x\n  - z\nc: 3\n", 1), "a: 1\nc: 3\n");
  EXPECT_EQ(without("- 1\n- 2\n", 1), "- 1\n");
  EXPECT_EQ(without("a: 1\nb: 2", 1), "a: 1\n");
}

TEST(YamlSplice, TakesPartsOfBracketsOutWithTheirComma) {
  EXPECT_EQ(without("{a: 1, b: 2, c: 3}\n", 0), "{b: 2, c: 3}\n");
  EXPECT_EQ(without("{a: 1, b: 2, c: 3}\n", 1), "{a: 1, c: 3}\n");
  EXPECT_EQ(without("{a: 1, b: 2, c: 3}\n", 2), "{a: 1, b: 2}\n");
  EXPECT_EQ(without("[1, 2]\n", 1), "[1]\n");
}

TEST(YamlSplice, CannotCutTheLastPartOutOfBrackets) {
  EXPECT_EQ(without("{a: 1}\n", 0), "(nothing)");
  EXPECT_EQ(without("[1]\n", 0), "(nothing)");
}

class YamlSpliceOfAnEntry : public ::testing::Test {
 protected:
  static std::string afterLine(const std::string& text, std::size_t index, const char* value) {
    return withLine(text, rootOf(text).entries.at(index), value);
  }

  static std::string afterBlock(const std::string& text, std::size_t index, const char* yaml) {
    return withBlock(text, rootOf(text).entries.at(index), treeOf(yaml));
  }
};

TEST_F(YamlSpliceOfAnEntry, PutsAValueInTheOldOnesPlace) {
  EXPECT_EQ(afterLine("a: 1  # why\nb: 2\n", 0, "[3, 4]"), "a: [3, 4]  # why\nb: 2\n");
  EXPECT_EQ(afterLine("a: {x: 1}\n", 0, "5"), "a: 5\n");
}

TEST_F(YamlSpliceOfAnEntry, PutsAValueBehindABareKey) {
  EXPECT_EQ(afterLine("a:\nb: 2\n", 0, "1"), "a: 1\nb: 2\n");
  EXPECT_EQ(afterLine("{a, b: 2}\n", 0, "1"), "{a: 1, b: 2}\n");
}

TEST_F(YamlSpliceOfAnEntry, PutsALineInTheBlocksPlaceAndKeepsTheKeysComment) {
  EXPECT_EQ(afterLine("a:  # why\n  x: 1\n  y: 2\nb: 2\n", 0, "3"), "a: 3  # why\nb: 2\n");
}

TEST_F(YamlSpliceOfAnEntry, PutsABlockInTheLinesPlace) {
  EXPECT_EQ(afterBlock("a: 1  # why\nb: 2\n", 0, "{x: 1, z: 2}"),
            "a:  # why\n  x: 1\n  z: 2\nb: 2\n");
  EXPECT_EQ(afterBlock("a:\nb: 2\n", 0, "{x: 1}"), "a:\n  x: 1\nb: 2\n");
}

TEST_F(YamlSpliceOfAnEntry, PutsABlockInABlocksPlace) {
  EXPECT_EQ(afterBlock("a:  # why\n  x: 1\n  y: 2\nb: 2\n", 0, "{z: 3}"),
            "a:  # why\n  z: 3\nb: 2\n");
}

TEST_F(YamlSpliceOfAnEntry, KeepsTheLineEndsOfTheText) {
  const std::string text = "a: 1\r\nb: 2\r\n";
  const std::optional<SourceNode> root = locateNodes(text, treeOf("a: 1\nb: 2\n"));
  ASSERT_TRUE(root);
  EXPECT_EQ(withBlock(text, root->entries[0], treeOf("{x: 1}")), "a:\r\n  x: 1\r\nb: 2\r\n");
}

}  // namespace
}  // namespace retort::experiments
