#include "experiments/yaml_writer.h"

#include "tests/experiments/yaml_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace retort::experiments {
namespace {

std::string written(const Json& value) {
  std::string text;
  appendYamlEntry("k", value, text);
  return text;
}

/// The value after writing and reading.
std::string throughYaml(const Json& value) {
  const std::string text = written(value);
  const YamlNode tree = treeOf(text);
  EXPECT_EQ(tree.entries.size(), 1U) << text;
  return canonicalJson(toJson(tree.entries.at(0).value));
}

TEST(YamlWriter, WritesScalars) {
  EXPECT_EQ(written(3), "k: 3\n");
  EXPECT_EQ(written(3.0), "k: 3.0\n");
  EXPECT_EQ(written(1e-7), "k: 1e-07\n");
  EXPECT_EQ(written(true), "k: true\n");
  EXPECT_EQ(written(nullptr), "k: null\n");
  EXPECT_EQ(written("plain"), "k: plain\n");
  EXPECT_EQ(written("two words"), "k: \"two words\"\n");
  EXPECT_EQ(written("no"), "k: \"no\"\n");
}

TEST(YamlWriter, WritesMapsAndLists) {
  EXPECT_EQ(written({{"b", {1, 2}}, {"a", {{"c", "x"}}}}), "k:\n  a:\n    c: x\n  b: [1, 2]\n");
  EXPECT_EQ(written(Json::array()), "k: []\n");
  EXPECT_EQ(written(Json::object()), "k: {}\n");
  EXPECT_EQ(written(Json::array({{{"a", 1}, {"b", 2}}, {{"c", 3}}})),
            "k:\n  - a: 1\n    b: 2\n  - c: 3\n");
}

TEST(YamlWriter, QuotesKeysThatNeedIt) {
  std::string text;
  appendYamlEntry("no: #", 1, text);
  EXPECT_EQ(text, "\"no: #\": 1\n");
}

TEST(YamlWriter, EscapesWhatYamlForbids) {
  EXPECT_EQ(written("a\x7f\u0085\u2028\n"), "k: \"a\\x7f\\x85\\u2028\\u000a\"\n");
}

TEST(YamlWriter, IsReadBackExactly) {
  const std::vector<Json> values = {
      0,
      -1,
      9223372036854775807LL,
      0.1,
      -0.0,
      1e300,
      5e-324,
      "",
      " ",
      "a: b",
      "- a",
      "\"",
      "'",
      "\\",
      "#",
      "é\n\t",
      false,
      nullptr,
      Json::array({Json::array({1, "no"}), Json::array()}),
      Json::array({Json::object(), "x", Json{{"a", Json::array({Json{{"b", 1}}})}}}),
      {{"deep", {{"deeper", {{"deepest", {"a", nullptr, 1.5}}}}}}}};
  for (const Json& value : values) {
    EXPECT_EQ(throughYaml(value), canonicalJson(value)) << written(value);
  }
}

Json randomValue(std::mt19937& generator, int depth) {
  const std::string alphabet = "ab01.:-# []{}\"'\\\n,&*!|>%@~=eExé";
  switch (generator() % (depth > 0 ? 7 : 4)) {
    case 0:
      return static_cast<int>(generator() % 2000) - 1000;
    case 1:
      return static_cast<double>(generator()) / 977.0;
    case 2:
      return generator() % 2 == 0 ? Json(true) : Json();
    case 3:
    case 4: {
      std::string text;
      for (std::size_t length = generator() % 8; length > 0; --length) {
        text += alphabet[generator() % (alphabet.size() - 2)];  // without a cut "é"
      }
      return text;
    }
    case 5: {
      Json list = Json::array();
      for (std::size_t length = generator() % 4; length > 0; --length) {
        list.push_back(randomValue(generator, depth - 1));
      }
      return list;
    }
    default: {
      Json map = Json::object();
      for (std::size_t length = generator() % 4; length > 0; --length) {
        map["k" + std::to_string(generator() % 10)] = randomValue(generator, depth - 1);
      }
      return map;
    }
  }
}

TEST(YamlWriter, IsReadBackExactlyWhateverTheTree) {
  std::mt19937 generator(77);
  for (int round = 0; round < 500; ++round) {
    const Json value = randomValue(generator, 4);
    ASSERT_EQ(throughYaml(value), canonicalJson(value)) << written(value);
  }
}

}  // namespace
}  // namespace retort::experiments
