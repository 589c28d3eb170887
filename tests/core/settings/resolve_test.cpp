#include "core/settings/resolve.h"

#include "core/settings/effective_values.h"
#include "tests/core/settings/sample_catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace retort {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::sampleCatalogue;

/// The least that a KD-QAT run needs.
SettingValues minimal(SettingValues more = {}) {
  more.emplace("model.teacher", "/models/t");
  return more;
}

std::vector<SettingError> errorsOf(const SettingValues& given) {
  const auto resolved = resolveSettings(sampleCatalogue(), given);
  return resolved ? std::vector<SettingError>() : resolved.error();
}

std::string onlyError(const SettingValues& given) {
  const auto errors = errorsOf(given);
  EXPECT_EQ(errors.size(), 1U);
  return errors.empty() ? "" : errors.front().message;
}

TEST(ResolveSettings, FillsInDefaultsOfWhatApplies) {
  const auto resolved = resolveSettings(sampleCatalogue(), minimal());
  ASSERT_TRUE(resolved);
  const SettingValues& values = resolved->values;
  EXPECT_EQ(values.at("train.epochs"), Json(3));
  EXPECT_EQ(values.at("model.student"), Json("teacher"));
  EXPECT_FALSE(values.contains("model.init"));
  EXPECT_FALSE(values.contains("model.hidden_dropout")) << "it has no default";
  EXPECT_FALSE(values.contains("data.path")) << "the task needs none";
  EXPECT_THAT(resolved->not_applicable, IsEmpty());
}

TEST(ResolveSettings, IsIdempotent) {
  const auto once =
      resolveSettings(sampleCatalogue(), minimal({{"freeze", "ov"}, {"distill.logits", 2}}));
  ASSERT_TRUE(once);
  const auto twice = resolveSettings(sampleCatalogue(), once->values);
  ASSERT_TRUE(twice);
  EXPECT_EQ(once->values, twice->values);
}

// C03
TEST(ResolveSettings, SuggestsTheNearestKey) {
  EXPECT_THAT(onlyError(minimal({{"train.learning_rte", 1}})),
              HasSubstr("unknown setting train.learning_rte; did you mean train.learning_rate?"));
  EXPECT_THAT(onlyError(minimal({{"distill.atention_map", 1}})),
              HasSubstr("did you mean distill.attention_map?"));
  EXPECT_THAT(onlyError(minimal({{"zzz", 1}})), HasSubstr("'retort catalog' lists"));
}

TEST(ResolveSettings, SaysThatAGroupIsNotASetting) {
  EXPECT_THAT(onlyError(minimal({{"train", 3}})),
              HasSubstr("train is a group of settings, not a setting; it holds train.epochs"));
}

// C04: all errors of one call at once.
TEST(ResolveSettings, CollectsAllErrors) {
  const auto errors = errorsOf({{"train.epochs", "three"},
                                {"train.batch", 0},
                                {"train.learning_rate", -1},
                                {"seed", std::numeric_limits<std::uint64_t>::max()},
                                {"quant.weight.scheme", "int5"}});
  ASSERT_EQ(errors.size(), 6U);
  const auto message = [&](const std::string& key) {
    for (const SettingError& error : errors) {
      if (error.key == key) {
        return error.message;
      }
    }
    return std::string();
  };
  EXPECT_EQ(message("train.epochs"),
            "train.epochs is \"three\"; it must be an integer of at least 1 and at most 1000");
  EXPECT_EQ(message("train.batch"), "train.batch is 0; it must be an integer of at least 1");
  EXPECT_EQ(message("train.learning_rate"),
            "train.learning_rate is -1; it must be a finite number above 0");
  EXPECT_THAT(message("seed"), HasSubstr("seed is 18446744073709551615"));
  EXPECT_EQ(message("quant.weight.scheme"),
            "quant.weight.scheme is \"int5\"; it must be one of ternary, none, int4, int8; "
            "did you mean int4?");
  EXPECT_EQ(message("model.teacher"),
            "model.teacher is missing: a path is required when phase is kd_qat");
}

// C14: a huge value does not make a huge message.
TEST(ResolveSettings, ShortensLongValues) {
  const std::string message = onlyError(minimal({{"train.epochs", std::string(1 << 20, 'x')}}));
  EXPECT_LT(message.size(), 200U);
  EXPECT_THAT(message, HasSubstr("…"));
}

TEST(ResolveSettings, TakesAScalarForTheShorthandOfItsGroup) {
  const auto shorthand =
      resolveSettings(sampleCatalogue(), minimal({{"distill.attention_map", 1}}));
  const auto spelled =
      resolveSettings(sampleCatalogue(), minimal({{"distill.attention_map.coefficient", 1.0}}));
  ASSERT_TRUE(shorthand);
  ASSERT_TRUE(spelled);
  EXPECT_EQ(shorthand->values, spelled->values);
  EXPECT_THAT(onlyError(minimal({{"distill.logits", 1}, {"distill.logits.coefficient", 2}})),
              HasSubstr("set the same thing to different values"));
  EXPECT_THAT(onlyError(minimal({{"distill.logits", "a"}})),
              HasSubstr("distill.logits.coefficient is \"a\""));
}

TEST(ResolveSettings, ExpandsPresetsAndSingleStrings) {
  const auto freeze = [](const Json& given) {
    return resolveSettings(sampleCatalogue(), minimal({{"freeze", given}}))->values.at("freeze");
  };
  EXPECT_EQ(freeze("ov"), Json({"o", "v"}));
  EXPECT_EQ(freeze("none"), Json::array());
  EXPECT_EQ(freeze("layer:0-2"), Json({"layer:0-2"}));
  EXPECT_EQ(freeze({"ov", "embeddings"}), Json({"o", "v", "embeddings"}));
  EXPECT_THAT(onlyError(minimal({{"freeze", {1}}})), HasSubstr("or one of none, ov"));
}

TEST(ResolveSettings, ListsWhatWasGivenButDoesNotApply) {
  const auto resolved = resolveSettings(
      sampleCatalogue(),
      {{"phase", "finetune"}, {"model.init", "/m"}, {"quant.weight.scheme", "int4"}});
  ASSERT_TRUE(resolved);
  EXPECT_THAT(resolved->not_applicable, ElementsAre("quant.weight.scheme"));
  EXPECT_FALSE(resolved->values.contains("quant.weight.scheme"));
}

// A condition on a setting that does not apply itself does not hold, whatever its default says.
TEST(ResolveSettings, EvaluatesConditionsThroughOtherSettings) {
  const auto keys = [](const SettingValues& given) {
    return resolveSettings(sampleCatalogue(), given)->values;
  };
  const SettingValues finetune = keys({{"phase", "finetune"}, {"model.init", "/m"}});
  EXPECT_FALSE(finetune.contains("quant.weight.threshold_factor"));
  EXPECT_FALSE(finetune.contains("model.architecture.layers"));
  EXPECT_TRUE(keys({{"phase", "finetune"}, {"model.init", "random"}})
                  .contains("model.architecture.layers"));
  EXPECT_TRUE(keys(minimal()).contains("quant.weight.threshold_factor"));
  EXPECT_FALSE(
      keys(minimal({{"quant.weight.scheme", "none"}})).contains("quant.weight.granularity"));
  EXPECT_TRUE(
      keys(minimal({{"quant.weight.scheme", "int4"}})).contains("quant.weight.granularity"));
}

TEST(ResolveSettings, SurvivesACycleOfConditions) {
  Catalogue catalogue;
  catalogue.settings = {testing::when(testing::setting("a", SettingType::kInteger, 1), "b", {1}),
                        testing::when(testing::setting("b", SettingType::kInteger, 1), "a", {1})};
  const auto resolved = resolveSettings(catalogue, {});
  ASSERT_TRUE(resolved);
  EXPECT_THAT(resolved->values, IsEmpty());
}

TEST(ResolveSettings, RequiresWhatTheConditionMakesNecessary) {
  EXPECT_EQ(onlyError(minimal({{"data.task", "sst2"}})),
            "data.path is missing: a path is required when data.task is sst2 or cola");
  EXPECT_THAT(errorsOf(minimal({{"data.task", "sst2"}, {"data.path", "/d"}})), IsEmpty());
}

TEST(ResolveSettings, DoesNotCallAWrongValueMissingToo) {
  EXPECT_THAT(onlyError({{"model.teacher", 5}}),
              HasSubstr("model.teacher is 5; it must be a path"));
}

TEST(ResolveSettings, TakesNullForASettingThatHasNoDefault) {
  EXPECT_THAT(errorsOf(minimal({{"model.hidden_dropout", nullptr}})), IsEmpty());
  EXPECT_THAT(onlyError(minimal({{"train.epochs", nullptr}})), HasSubstr("train.epochs is null"));
}

struct ValueCase {
  const char* name;
  const char* key;
  Json value;
  std::optional<Json> canonical;
};

class CheckSettingValue : public ::testing::TestWithParam<ValueCase> {};

TEST_P(CheckSettingValue, AcceptsOrRefuses) {
  const Catalogue catalogue = sampleCatalogue();
  const auto checked = checkSettingValue(*catalogue.findSetting(GetParam().key), GetParam().value);
  ASSERT_EQ(checked.has_value(), GetParam().canonical.has_value());
  if (checked) {
    EXPECT_EQ(canonicalJson(*checked), canonicalJson(*GetParam().canonical));
  } else {
    EXPECT_EQ(checked.error().key, GetParam().key);
    EXPECT_THAT(checked.error().message, AllOf(HasSubstr(GetParam().key), HasSubstr("must be")));
  }
}

const double kInfinity = std::numeric_limits<double>::infinity();

INSTANTIATE_TEST_SUITE_P(
    Cases,
    CheckSettingValue,
    ::testing::Values(ValueCase{"integer", "train.epochs", 5, 5},
                      ValueCase{"integer_as_real", "train.epochs", 1e3, 1000},
                      ValueCase{"fraction", "train.epochs", 1.5, {}},
                      ValueCase{"integer_nan", "train.epochs", std::nan(""), {}},
                      ValueCase{"real_too_large_to_be_exact", "seed", 1e300, {}},
                      ValueCase{"too_large", "train.epochs", 1001, {}},
                      ValueCase{"integer_from_text", "train.epochs", "5", {}},
                      ValueCase{"integer_from_bool", "train.epochs", true, {}},
                      ValueCase{"real", "train.learning_rate", 0.5, 0.5},
                      ValueCase{"real_from_integer", "train.learning_rate", 1, 1.0},
                      ValueCase{"exclusive_minimum", "train.learning_rate", 0, {}},
                      ValueCase{"C05_nan", "train.learning_rate", std::nan(""), {}},
                      ValueCase{"C05_infinity", "train.learning_rate", kInfinity, {}},
                      ValueCase{"inclusive_maximum", "model.hidden_dropout", 1, 1.0},
                      ValueCase{"above_maximum", "model.hidden_dropout", 1.01, {}},
                      ValueCase{"boolean", "deterministic", false, false},
                      ValueCase{"boolean_from_number", "deterministic", 1, {}},
                      ValueCase{"text", "device", "cuda:1", "cuda:1"},
                      ValueCase{"text_from_number", "device", 1, {}},
                      ValueCase{"choice", "phase", "finetune", "finetune"},
                      ValueCase{"choice_case_counts", "phase", "Finetune", {}},
                      ValueCase{"path", "model.teacher", "/a b/é", "/a b/é"},
                      ValueCase{"path_empty", "model.teacher", "", {}},
                      ValueCase{"path_with_nul", "model.teacher", std::string("a\0b", 3), {}},
                      ValueCase{"list_of_mixed", "freeze", {"o", 1}, {}}),
    [](const auto& param) { return param.param.name; });

TEST(ResolveSettings, ForgetsSettingsThatItsConditionsTurnOff) {
  const auto settings = [](const char* scheme) {
    return resolveSettings(
        sampleCatalogue(),
        minimal({{"quant.weight.scheme", scheme}, {"quant.weight.threshold_factor", 0.5}}));
  };
  ASSERT_TRUE(settings("ternary"));
  EXPECT_EQ(settings("ternary")->values.at("quant.weight.threshold_factor"), Json(0.5));
  ASSERT_TRUE(settings("int8"));
  EXPECT_FALSE(settings("int8")->values.contains("quant.weight.threshold_factor"));
  EXPECT_THAT(settings("int8")->not_applicable, ElementsAre("quant.weight.threshold_factor"));
}

TEST(ResolveSettings, ChecksValuesThatDoNotApplyToo) {
  EXPECT_THAT(
      onlyError(minimal({{"quant.weight.scheme", "int8"}, {"quant.weight.threshold_factor", "x"}})),
      HasSubstr("quant.weight.threshold_factor is \"x\""));
}

TEST(ResolveSettings, TakesConditionsOnLists) {
  Catalogue catalogue = sampleCatalogue();
  catalogue.settings.push_back(
      testing::when(testing::setting("freeze_report", SettingType::kBool, true), "freeze", {"ov"}));
  const auto applies = [&](const Json& freeze) {
    return resolveSettings(catalogue, minimal({{"freeze", freeze}}))
        ->values.contains("freeze_report");
  };
  EXPECT_TRUE(applies("ov")) << "a preset in the condition means its list";
  EXPECT_TRUE(applies({"o", "v"}));
  EXPECT_FALSE(applies({"v", "o"}));
  EXPECT_FALSE(applies("none"));
}

TEST(ResolveSettings, TakesConditionsOnNumbersWhateverTheirType) {
  Catalogue catalogue = sampleCatalogue();
  catalogue.settings.push_back(testing::when(
      testing::setting("extra", SettingType::kBool, true), "distill.logits.coefficient", {1}));
  EXPECT_TRUE(
      resolveSettings(catalogue, minimal({{"distill.logits", 1.0}}))->values.contains("extra"));
  EXPECT_FALSE(
      resolveSettings(catalogue, minimal({{"distill.logits", 2}}))->values.contains("extra"));
}

TEST(ResolveSettings, NeedsAllConditions) {
  Catalogue catalogue = sampleCatalogue();
  SettingSpec both =
      testing::when(testing::setting("both", SettingType::kBool, true), "phase", {"kd_qat"});
  both.when.push_back({"train.batch", {}, {8, 16}});
  catalogue.settings.push_back(both);
  const auto has = [&](const SettingValues& given) {
    return resolveSettings(catalogue, given)->values.contains("both");
  };
  EXPECT_TRUE(has(minimal({{"train.batch", 4}})));
  EXPECT_FALSE(has(minimal({{"train.batch", 8}})));
  EXPECT_FALSE(has({{"phase", "finetune"}, {"model.init", "random"}, {"train.batch", 4}}));
}

TEST(ResolveSettings, IgnoresConditionsOnSettingsWithoutAValue) {
  Catalogue catalogue = sampleCatalogue();
  catalogue.settings.push_back(testing::when(
      testing::setting("extra", SettingType::kBool, true), "model.hidden_dropout", {}));
  EXPECT_FALSE(resolveSettings(catalogue, minimal())->values.contains("extra"));
  EXPECT_TRUE(resolveSettings(catalogue, minimal({{"model.hidden_dropout", 0.1}}))
                  ->values.contains("extra"));
}

TEST(ResolveSettings, OfAnEmptyCatalogueKnowsNothing) {
  ASSERT_TRUE(resolveSettings(Catalogue(), {}));
  EXPECT_THAT(resolveSettings(Catalogue(), {})->values, IsEmpty());
  EXPECT_EQ(resolveSettings(Catalogue(), {{"a", 1}}).error().size(), 1U);
}

TEST(ResolveSettings, DescribesEveryKindOfCondition) {
  Catalogue catalogue;
  catalogue.settings = {
      testing::choice("mode", {"a", "b", "c"}),
      testing::setting("size", SettingType::kInteger, 4),
      testing::when(testing::setting("needed", SettingType::kString), "mode", {"a", "b"})};
  catalogue.settings[2].when.push_back({"size", {}, {1, 2}});
  catalogue.settings[2].is_required = true;
  const auto resolved = resolveSettings(catalogue, {});
  ASSERT_FALSE(resolved);
  EXPECT_EQ(resolved.error().at(0).message,
            "needed is missing: text (in quotes if it looks like a number) is required when mode "
            "is a or b and size is "
            "not 1 or 2");
}

TEST(CheckSettingValue, SaysWhatIsAllowed) {
  SettingSpec spec = testing::setting("k", SettingType::kReal);
  const auto message = [&](const Json& value) {
    return checkSettingValue(spec, value).error().message;
  };
  EXPECT_EQ(message("x"), "k is \"x\"; it must be a finite number");
  spec.maximum = 2.5;
  EXPECT_EQ(message(3), "k is 3; it must be a finite number of at most 2.5");
  spec.minimum = -1;
  EXPECT_EQ(message(3), "k is 3; it must be a finite number of at least -1 and at most 2.5");
  spec.is_minimum_exclusive = true;
  EXPECT_EQ(message(-1), "k is -1; it must be a finite number above -1 and at most 2.5");
  spec.type = SettingType::kBool;
  EXPECT_EQ(message(3), "k is 3; it must be true or false");
  spec.type = SettingType::kPath;
  EXPECT_EQ(message(3), "k is 3; it must be a path");
  spec.choices = {"random"};
  EXPECT_EQ(message(3), "k is 3; it must be a path, or random");
  spec.type = SettingType::kStringList;
  EXPECT_EQ(message(3), "k is 3; it must be a list of texts");
}

TEST(NestSettings, IsTheInverseOfFlattenSettings) {
  const SettingValues flat = {
      {"a.b.c", 1}, {"a.b.d", {1, 2}}, {"a.e", "x"}, {"f", nullptr}, {"g.h", true}};
  const Json tree = nestSettings(flat);
  EXPECT_EQ(canonicalJson(tree),
            R"({"a":{"b":{"c":1,"d":[1,2]},"e":"x"},"f":null,"g":{"h":true}})");
  EXPECT_EQ(flattenSettings(tree), flat);
}

TEST(NestSettings, KeepsAKeyBelowAValueDotted) {
  const SettingValues flat = {{"a", 1}, {"a.b", 2}, {"a.b.c", 3}};
  EXPECT_EQ(flattenSettings(nestSettings(flat)), flat);
}

TEST(FlattenSettings, TakesDottedAndNestedKeys) {
  EXPECT_EQ(flattenSettings({{"a.b", {{"c.d", 1}}}, {"e", Json::object()}}),
            (SettingValues{{"a.b.c.d", 1}}));
  EXPECT_THAT(flattenSettings(Json(3)), IsEmpty());
}

TEST(Presets, ReplaceTheDeclaredDefaults) {
  const auto batchWith = [](const SettingValues& given) {
    return resolveSettings(sampleCatalogue(), minimal(given))->values.at("train.batch");
  };
  EXPECT_EQ(batchWith({}), 32);
  EXPECT_EQ(batchWith({{"recipe", "none"}}), 32);
  EXPECT_EQ(batchWith({{"recipe", "paper"}}), 8);
  EXPECT_EQ(batchWith({{"recipe", "paper"}, {"data.task", "cola"}, {"data.path", "/d"}}), 16);
}

TEST(Presets, HoldWhereTheirConditionsDo) {
  const auto batchWith = [](int epochs, const char* task) {
    return resolveSettings(sampleCatalogue(),
                           minimal({{"recipe", "paper"},
                                    {"data.task", task},
                                    {"data.path", "/d"},
                                    {"train.epochs", epochs}}))
        ->values.at("train.batch");
  };
  EXPECT_EQ(batchWith(5, "cola"), 16);
  EXPECT_EQ(batchWith(5, "sst2"), 8);
  EXPECT_EQ(batchWith(1, "cola"), 64);  // the last that holds
  EXPECT_EQ(batchWith(1, "sst2"), 64);
}

TEST(Presets, LoseAgainstWhatIsGiven) {
  const auto resolved =
      resolveSettings(sampleCatalogue(), minimal({{"recipe", "paper"}, {"train.batch", 4}}));

  EXPECT_EQ(resolved->values.at("train.batch"), 4);
  EXPECT_EQ(resolved->values.at("train.epochs"), 5);
}

TEST(Presets, GiveNothingToSettingsThatDoNotApply) {
  const SettingValues cola{{"recipe", "paper"}, {"data.task", "cola"}, {"data.path", "/d"}};
  const auto kd_qat = resolveSettings(sampleCatalogue(), minimal(cola));
  EXPECT_EQ(kd_qat->values.at("quant.activation.bits"), 4);

  SettingValues given = cola;
  given["phase"] = "finetune";
  given["model.init"] = "random";
  const auto finetune = resolveSettings(sampleCatalogue(), given);
  ASSERT_TRUE(finetune);
  EXPECT_FALSE(finetune->values.contains("quant.activation.bits"));
  EXPECT_THAT(finetune->not_applicable, IsEmpty());
}

TEST(Presets, AreResolvedToTheSameValuesAgain) {
  const auto once = resolveSettings(sampleCatalogue(), minimal({{"recipe", "paper"}}));
  const auto twice = resolveSettings(sampleCatalogue(), once->values);
  EXPECT_EQ(twice->values, once->values);
}

TEST(Presets, DecideConditionsOfOtherSettings) {
  Catalogue catalogue = sampleCatalogue();
  catalogue.settings.push_back(
      testing::when(testing::setting("extra", SettingType::kInteger, 1), "train.epochs", {5}));
  EXPECT_FALSE(resolveSettings(catalogue, minimal())->values.contains("extra"));
  EXPECT_TRUE(resolveSettings(catalogue, minimal({{"recipe", "paper"}}))->values.contains("extra"));
}

TEST(Presets, TellTheDefaultsBesideGivenSettings) {
  EXPECT_THAT(presetDefaults(sampleCatalogue(), {}), IsEmpty());
  EXPECT_THAT(presetDefaults(sampleCatalogue(), {{"recipe", "paper"}, {"train.epochs", 1}}),
              ElementsAre(std::pair<const std::string, Json>("train.batch", 8)));
  EXPECT_EQ(presetDefaults(sampleCatalogue(), {{"recipe", "paper"}, {"data.task", "cola"}})
                .at("train.batch"),
            16);
  EXPECT_THAT(presetDefaults(Catalogue(), {{"recipe", "paper"}}), IsEmpty());
}

}  // namespace
}  // namespace retort
