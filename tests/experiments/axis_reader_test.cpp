#include "experiments/axis_reader.h"

#include "core/base/text.h"
#include "tests/experiments/yaml_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace retort::experiments {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct ReadAxis {
  Axis axis;
  std::string problems;

  [[nodiscard]] std::vector<std::string> labels() const {
    std::vector<std::string> all;
    for (const AxisValue& value : axis.values) {
      all.push_back(value.label);
    }
    return all;
  }
};

/// Reads `key: …`.
ReadAxis read(const std::string& text) {
  const YamlNode tree = treeOf(text);
  SinkFor sink(text);
  ReadAxis result;
  result.axis = readAxis(tree.entries.at(0), sink.sink());
  result.problems = sink.problems();
  return result;
}

TEST(ReadAxis, TakesScalarsWithTheirTypes) {
  const ReadAxis read_axis = read("k: [1, 2.5, text, true, null]");
  EXPECT_EQ(read_axis.problems, "");
  EXPECT_EQ(read_axis.axis.key, "k");
  EXPECT_THAT(read_axis.labels(), ElementsAre("1", "2.5", "text", "true", "null"));
  std::vector<std::string> values;
  for (const AxisValue& value : read_axis.axis.values) {
    values.push_back(canonicalJson(value.settings.at("k").value));
  }
  EXPECT_THAT(values, ElementsAre("1", "2.5", "\"text\"", "true", "null"));
}

TEST(ReadAxis, TakesListsAsValues) {
  const ReadAxis read_axis = read("k: [[], [a], [a, b]]");
  EXPECT_THAT(read_axis.labels(), ElementsAre("none", "a", "a+b"));
  EXPECT_EQ(read_axis.axis.values[2].settings.at("k").value, Json({"a", "b"}));
}

TEST(ReadAxis, KnowsWhereEachValueStands) {
  const ReadAxis read_axis = read("k:\n  - 1\n  - 2\n");
  EXPECT_EQ(read_axis.axis.place, (Place{1, 1, ""}));
  EXPECT_EQ(read_axis.axis.values[1].place, (Place{3, 5, ""}));
  EXPECT_EQ(read_axis.axis.values[1].settings.at("k").place, (Place{3, 5, ""}));
}

TEST(ReadAxis, TakesNamedSubTreesRelativeToItsKey) {
  const ReadAxis read_axis =
      read("a.b: {one: {c: 1, d: {e: 2}}, two: {c.f: 3}, plain: 4, list: [5, 6]}");
  EXPECT_EQ(read_axis.problems, "");
  EXPECT_THAT(read_axis.labels(), ElementsAre("one", "two", "plain", "list"));
  EXPECT_EQ(read_axis.axis.values[0].settings.size(), 2U);
  EXPECT_EQ(read_axis.axis.values[0].settings.at("a.b.c").value, Json(1));
  EXPECT_EQ(read_axis.axis.values[0].settings.at("a.b.d.e").value, Json(2));
  EXPECT_EQ(read_axis.axis.values[1].settings.at("a.b.c.f").value, Json(3));
  EXPECT_EQ(read_axis.axis.values[2].settings.at("a.b").value, Json(4));
  EXPECT_EQ(read_axis.axis.values[3].settings.at("a.b").value, Json({5, 6}));
}

TEST(ReadAxis, TakesARangeNextToOtherNamesForANamedValue) {
  const ReadAxis read_axis = read("k: {range: 1, other: 2}");
  EXPECT_EQ(read_axis.problems, "");
  EXPECT_THAT(read_axis.labels(), ElementsAre("range", "other"));
}

struct RangeCase {
  const char* text;
  std::vector<double> values;
};

void PrintTo(const RangeCase& range, std::ostream* out) {
  *out << range.text;
}

class Range : public ::testing::TestWithParam<RangeCase> {};

TEST_P(Range, HasTheseValues) {
  const ReadAxis read_axis = read(std::string("k: ") + GetParam().text);
  EXPECT_EQ(read_axis.problems, "");
  std::vector<double> values;
  for (const AxisValue& value : read_axis.axis.values) {
    values.push_back(value.settings.at("k").value.get<double>());
    EXPECT_EQ(parseDouble(value.label), values.back());
  }
  EXPECT_EQ(values, GetParam().values);
}

INSTANTIATE_TEST_SUITE_P(
    Cases,
    Range,
    ::testing::Values(RangeCase{"{range: [0, 3, 1]}", {0, 1, 2, 3}},
                      RangeCase{"{range: [0, 3, 2]}", {0, 2}},
                      RangeCase{"{range: [-1, 1, 0.5]}", {-1, -0.5, 0, 0.5, 1}},
                      RangeCase{"{range: [0.1, 0.7, 0.2]}", {0.1, 0.3, 0.5, 0.7}},
                      RangeCase{"{range: [1, 0, -0.25]}", {1, 0.75, 0.5, 0.25, 0}},
                      RangeCase{"{range: [5, 5, 1]}", {5}},
                      RangeCase{"{range: [5, 5.5, 1]}", {5}},
                      RangeCase{"{range: [1e-3, 3e-3, 1e-3]}", {1e-3, 2e-3, 3e-3}},
                      RangeCase{"{log_range: [1, 100, 3]}", {1, 10, 100}},
                      RangeCase{"{log_range: [1e-5, 1e-3, 3]}", {1e-5, 1e-4, 1e-3}},
                      RangeCase{"{log_range: [8, 1, 4]}", {8, 4, 2, 1}},
                      RangeCase{"{log_range: [0.3, 0.7, 2]}", {0.3, 0.7}}));

TEST(ReadAxis, MakesIntegersFromIntegerRangesOnly) {
  EXPECT_TRUE(
      read("k: {range: [1, 3, 1]}").axis.values[1].settings.at("k").value.is_number_integer());
  EXPECT_TRUE(
      read("k: {range: [1.0, 3, 1]}").axis.values[1].settings.at("k").value.is_number_float());
  EXPECT_TRUE(
      read("k: {log_range: [1, 4, 3]}").axis.values[1].settings.at("k").value.is_number_float());
}

TEST(ReadAxis, StepsALogRangeInEqualRatios) {
  const Axis axis = read("k: {log_range: [3e-6, 7e-2, 9]}").axis;
  ASSERT_THAT(axis.values, SizeIs(9));
  const double ratio = std::pow(7e-2 / 3e-6, 1.0 / 8);
  for (std::size_t i = 1; i < 9; ++i) {
    const double step = axis.values[i].settings.at("k").value.get<double>() /
                        axis.values[i - 1].settings.at("k").value.get<double>();
    EXPECT_NEAR(step / ratio, 1, 1e-9);
  }
}

TEST(ReadAxis, ReportsWrongValues) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"k: 5",
       "f.yaml:1:4: k: expected a list of values, a range or named values, found the number 5"},
      {"k:", "found nothing"},
      {"k: []", "f.yaml:1:4: k: an axis needs at least one value"},
      {"k: {}", "k: an axis needs at least one value"},
      {"k: [1, 1]", "f.yaml:1:8: k: the value 1 is listed twice"},
      {"k: [[a], a]", "k: the value a is listed twice"},
      {"k: [{a: 1}]", "f.yaml:1:5: k: expected a value, found a map"},
      {"k: [[[1]]]", "k: expected a value in the list, found a list"},
      {"k: {a: {B c: 1}}", "'B c' is not a setting's key"},
      {"k: {a: {b: {c: [{}]}}}", "k.b.c: expected a value in the list, found a map"},
      {"k: {'': 1}", "a label must be one line of 1 to 100 characters"},
      {"k: {\"a\\nb\": 1}", "a label must be one line"},
      {"k: [" + std::string(101, 'x') + "]", "a label must be one line"},
      {"K: [1]", "'K' is not a setting's key (lower-case words joined by dots)"},
      {"k: {range: [1, 2]}", "f.yaml:1:12: k: expected {range: [first, last, step]}"},
      {"k: {range: [1, 2, x]}", "expected {range:"},
      {"k: {range: {a: 1}}", "expected {range:"},
      {"k: {range: [1, 2, 0]}", "the step does not lead from the first value to the last"},
      {"k: {range: [1, 2, -1]}", "the step does not lead"},
      {"k: {range: [0, 1e300, 1e-300]}", "the step does not lead"},
      {"k: {range: [0, 100001, 1]}", "the range has more than 100000 values"},
      {"k: {log_range: [1, 2]}", "expected {log_range: [first, last, count]}"},
      {"k: {log_range: [-1, 2, 3]}", "a log_range needs two numbers above 0"},
      {"k: {log_range: [1, 2, 1]}", "a count of 2 to 100000"},
      {"k: {log_range: [1, 2, 3.0]}", "a count of 2 to 100000"}};
  for (const auto& [text, message] : cases) {
    EXPECT_THAT(read(text).problems, HasSubstr(message)) << text;
  }
}

TEST(LabelOf, IsTheSameForATreeAndForItsJson) {
  for (const char* text :
       {"k: 3", "k: true", "k: word", "k: [a, b]", "k: []", "k: 0.5", "k: [1, x]"}) {
    const YamlNode tree = treeOf(text);
    EXPECT_EQ(labelOf(tree.entries[0].value), labelOf(toJson(tree.entries[0].value))) << text;
  }
}

TEST(LabelOf, ShowsWhatCannotBeSeen) {
  EXPECT_EQ(labelOf(treeOf("k: ''").entries[0].value), "\"\"");
  EXPECT_EQ(labelOf(treeOf("k:").entries[0].value), "null");
}

TEST(IsMeant, ComparesLabelsAndValues) {
  const Axis axis = read("k: {small: 1e-3, list: [a], tree: {x: 1}}").axis;
  EXPECT_TRUE(isMeant(axis, axis.values[0], "small"));
  EXPECT_TRUE(isMeant(axis, axis.values[0], 0.001));
  EXPECT_FALSE(isMeant(axis, axis.values[0], "0.001"));
  EXPECT_TRUE(isMeant(axis, axis.values[1], Json({"a"})));
  EXPECT_TRUE(isMeant(axis, axis.values[2], "tree"));
  EXPECT_FALSE(isMeant(axis, axis.values[2], 1));
}

}  // namespace
}  // namespace retort::experiments
