#include "experiments/references.h"

#include "tests/experiments/yaml_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::experiments {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

GivenSettings given(const std::map<std::string, Json>& values) {
  GivenSettings settings;
  int line = 0;
  for (const auto& [key, value] : values) {
    settings[key] = {value, {++line, 1, ""}};
  }
  return settings;
}

/// References within one cell whose catalogue knows the default "size = 10" and the shorthand
/// "loss" of "loss.weight".
class References : public ::testing::Test {
 protected:
  SettingValues resolve(const std::map<std::string, Json>& settings) {
    return resolve(settings, settings);
  }

  SettingValues resolve(const std::map<std::string, Json>& settings,
                        const std::map<std::string, Json>& cell) {
    const GivenSettings scope_settings = given(cell);
    ReferenceScope scope;
    scope.settings = &scope_settings;
    scope.canonical_key = [](const std::string& key) {
      return key == "loss" ? "loss.weight" : key;
    };
    scope.default_of = [](const std::string& key) {
      return key == "size" ? Json(10) : Json();
    };
    scope.need = [this](const std::string& name, const Place& place) -> std::optional<Json> {
      needed_.push_back(name + "@" + std::to_string(place.line));
      return name == "teacher" ? std::optional<Json>("run:ID/model") : std::nullopt;
    };
    SinkFor sink("");
    SettingValues values;
    for (const auto& [key, setting] : resolveReferences(given(settings), scope, sink.sink())) {
      values[key] = setting.value;
    }
    problems_ = sink.problems();
    return values;
  }

  std::vector<std::string> needed_;
  std::string problems_;
};

TEST_F(References, LeaveOtherValuesAlone) {
  const std::map<std::string, Json> settings = {{"a", 1},
                                                {"b", "text $ { }"},
                                                {"c", {"x", 2, nullptr}},
                                                {"d", nullptr},
                                                {"e", "a$b"},
                                                {"f", ""}};
  EXPECT_EQ(resolve(settings), settings);
  EXPECT_EQ(problems_, "");
}

TEST_F(References, KeepTheTypeOfAWholeValue) {
  const SettingValues values = resolve({{"integer", 3},
                                        {"real", 0.5},
                                        {"list", {"o", "v"}},
                                        {"flag", true},
                                        {"a", "${integer}"},
                                        {"b", "${real}"},
                                        {"c", "${list}"},
                                        {"d", "${flag}"}});
  EXPECT_EQ(canonicalJson(values.at("a")), "3");
  EXPECT_EQ(canonicalJson(values.at("b")), "0.5");
  EXPECT_EQ(canonicalJson(values.at("c")), R"(["o","v"])");
  EXPECT_EQ(canonicalJson(values.at("d")), "true");
}

TEST_F(References, BecomeTextWithinText) {
  const SettingValues values = resolve({{"n", 3},
                                        {"x", 2.5},
                                        {"s", "word"},
                                        {"t", true},
                                        {"a", "${n}-${x}/${s}${t}."},
                                        {"b", "pre ${s}"},
                                        {"c", "${s}${s}"}});
  EXPECT_EQ(values.at("a"), Json("3-2.5/wordtrue."));
  EXPECT_EQ(values.at("b"), Json("pre word"));
  EXPECT_EQ(values.at("c"), Json("wordword"));
}

TEST_F(References, AreEscapedByADoubledDollar) {
  const SettingValues values = resolve({{"a", "$${b}"}, {"b", 1}, {"c", "x$${b}y${b}"}});
  EXPECT_EQ(values.at("a"), Json("${b}"));
  EXPECT_EQ(values.at("c"), Json("x${b}y1"));
}

TEST_F(References, FollowOtherReferences) {
  const SettingValues values = resolve({{"a", "${b}"}, {"b", "${c}!"}, {"c", "${d}"}, {"d", 7}});
  EXPECT_EQ(values.at("a"), Json("7!"));
  EXPECT_EQ(values.at("b"), Json("7!"));
  EXPECT_EQ(values.at("c"), Json(7));
}

TEST_F(References, FallBackToDefaultsAndShorthands) {
  const SettingValues values = resolve({{"a", "${size}"}, {"b", "${loss}"}, {"loss.weight", 0.25}});
  EXPECT_EQ(values.at("a"), Json(10));
  EXPECT_EQ(values.at("b"), Json(0.25));
}

TEST_F(References, ReplaceItemsOfLists) {
  EXPECT_EQ(resolve({{"n", 2}, {"a", {"layer:${n}", "${n}", "x"}}}).at("a"),
            Json({"layer:2", 2, "x"}));
  resolve({{"list", {"x"}}, {"a", {"${list}"}}});
  EXPECT_THAT(problems_, HasSubstr("is a list and cannot stand in a list"));
}

TEST_F(References, TakeWholeGroups) {
  const SettingValues values = resolve({{"data", "${data}"}, {"data.path", "own"}},
                                       {{"data.task", "sst2"},
                                        {"data.path", "p"},
                                        {"data.table.column", "${data.task}"},
                                        {"database", 1}});
  EXPECT_EQ(
      values,
      (SettingValues{{"data.task", "sst2"}, {"data.path", "own"}, {"data.table.column", "sst2"}}))
      << "what is given beside the group wins";
  EXPECT_EQ(problems_, "");
}

TEST_F(References, TakeGroupsUnderAnotherName) {
  EXPECT_EQ(resolve({{"copy", "${a.b}"}}, {{"a.b.c", 1}, {"a.b.d.e", 2}, {"a.bc", 3}}),
            (SettingValues{{"copy.c", 1}, {"copy.d.e", 2}}));
}

TEST_F(References, AskForNeededRuns) {
  EXPECT_EQ(resolve({{"a", "${needs.teacher}"}}).at("a"), Json("run:ID/model"));
  EXPECT_THAT(needed_, ElementsAre("teacher@1"));
  EXPECT_THAT(resolve({{"a", "${needs.nobody}"}}), IsEmpty());
}

TEST_F(References, ReportCycles) {
  resolve({{"a", "${a}"}});
  EXPECT_EQ(problems_, "f.yaml:1:1: ${a} leads back to itself: a -> a\n");
  resolve({{"a", "x${b}"}, {"b", "y${c}"}, {"c", "z${a}"}});
  EXPECT_THAT(problems_, HasSubstr("f.yaml:1:1: ${b} leads back to itself: b -> c -> a -> b"));
  resolve({{"g.a", "${g}"}});
  EXPECT_NE(problems_, "");
}

TEST_F(References, ReportChainsThatAreTooLong) {
  std::map<std::string, Json> chain = {{"k40", 1}};
  for (int i = 0; i < 40; ++i) {
    chain["k" + std::to_string(i)] = "${k" + std::to_string(i + 1) + "}";
  }
  resolve({{"a", "${k0}"}}, chain);
  EXPECT_THAT(problems_, HasSubstr("leads back to itself"));
}

TEST_F(References, ReportUnknownKeysWithASuggestion) {
  resolve({{"train.epochs", 1}, {"x", "${train.epoch}"}});
  EXPECT_EQ(problems_,
            "f.yaml:2:1: ${train.epoch}: there is no such setting in this run; did you mean "
            "${train.epochs}?\n");
  resolve({{"a", "${}"}});
  EXPECT_THAT(problems_, HasSubstr("${}: there is no such setting"));
}

TEST_F(References, ReportWhatDoesNotFitIntoText) {
  resolve({{"list", {"x"}}, {"a", "b${list}"}});
  EXPECT_THAT(problems_, HasSubstr("${list} is a list and cannot stand within a text"));
  resolve({{"g.x", 1}, {"a", "b${g}"}});
  EXPECT_THAT(problems_, HasSubstr("${g} is a group of settings and must stand alone"));
  resolve({{"a", "b${g"}});
  EXPECT_THAT(problems_, HasSubstr("'${' without '}' in \"b${g\""));
}

TEST_F(References, ReportEachProblemOnce) {
  resolve({{"a", "${missing}${missing}"}, {"b", "${missing}"}});
  EXPECT_EQ(problems_,
            "f.yaml:1:1: ${missing}: there is no such setting in this run\n"
            "f.yaml:2:1: ${missing}: there is no such setting in this run\n");
}

}  // namespace
}  // namespace retort::experiments
