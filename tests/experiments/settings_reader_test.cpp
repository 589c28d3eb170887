#include "experiments/settings_reader.h"

#include "tests/experiments/yaml_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::experiments {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct ReadSettings {
  GivenSettings settings;
  std::string problems;

  [[nodiscard]] std::string json() const {
    Json values = Json::object();
    for (const auto& [key, setting] : settings) {
      values[key] = setting.value;
    }
    return canonicalJson(values);
  }
};

ReadSettings read(const std::string& text, const std::string& prefix = "") {
  SinkFor sink(text);
  ReadSettings result;
  result.settings = readSettings(treeOf(text), prefix, sink.sink());
  result.problems = sink.problems();
  return result;
}

TEST(ReadSettings, FlattensNestedAndDottedKeys) {
  const ReadSettings result = read("a: 1\nb: {c: x, d.e: [1, 2]}\nf.g: {h: null}\nempty: {}\n");
  EXPECT_EQ(result.json(), R"({"a":1,"b.c":"x","b.d.e":[1,2],"f.g.h":null})");
  EXPECT_EQ(result.problems, "");
}

TEST(ReadSettings, PutsThePrefixBefore) {
  EXPECT_EQ(read("a: 1\nb: {c: 2}\n", "p.q.").json(), R"({"p.q.a":1,"p.q.b.c":2})");
}

TEST(ReadSettings, RemembersThePlaceOfTheValue) {
  const ReadSettings result = read("a:\n  b: 1\n  c:\n    - x\n");
  EXPECT_EQ(result.settings.at("a.b").place, (Place{2, 6, ""}));
  EXPECT_EQ(result.settings.at("a.c").place, (Place{4, 5, ""}));
}

TEST(ReadSettings, ReportsWhatIsGivenTwice) {
  EXPECT_EQ(read("a.b: 1\na: {b: 2}\n").problems,
            "f.yaml:2:5: a.b is given twice (line 1 and 2)\n");
  EXPECT_THAT(read("a: {b: {c: 1}}\na.b.c: 2\n").problems, HasSubstr("a.b.c is given twice"));
}

TEST(ReadSettings, TakesNamesOfParametersBelowASetting) {
  const auto result =
      read("quant:\n  map: {\"encoder.layer.[0-3].*\": {weight: int4}, layer:0/q: fp}\n");
  EXPECT_EQ(result.problems, "");
  EXPECT_EQ(result.settings.at("quant.map.encoder.layer.[0-3].*.weight").value, "int4");
  EXPECT_EQ(result.settings.at("quant.map.layer:0/q").value, "fp");
  EXPECT_THAT(read("a: {\"\": 1}").problems, HasSubstr("'' is not a setting's key"));
  EXPECT_THAT(read("a: {\"b\\tc\": 1}").problems, HasSubstr("is not a setting's key"));
}

TEST(ReadSettings, ReportsMalformedKeys) {
  for (const char* key : {"A", "a-b", "\"\"", ".a", "a.", "a..b", "\"a b\"", "é"}) {
    EXPECT_THAT(read(std::string(key) + ": 1\n").problems, HasSubstr("is not a setting's key"))
        << key;
  }
}

TEST(ReadSettings, ReportsListsOfMapsAndLists) {
  EXPECT_EQ(read("a: [{b: 1}]\n").problems,
            "f.yaml:1:5: a: expected a value in the list, found a map\n");
  EXPECT_EQ(read("a: [[1]]\n").problems,
            "f.yaml:1:5: a: expected a value in the list, found a list\n");
  EXPECT_THAT(read("a: [[1]]\n").settings, IsEmpty());
}

TEST(ReadSettings, GoesOnAfterAProblem) {
  const ReadSettings result = read("B: 1\na: [[1]]\nc: 3\n");
  EXPECT_EQ(result.json(), R"({"c":3})");
  EXPECT_EQ(std::count(result.problems.begin(), result.problems.end(), '\n'), 2);
}

}  // namespace
}  // namespace retort::experiments
