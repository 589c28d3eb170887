#include "core/settings/preset.h"

#include "tests/core/settings/sample_catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort {
namespace {

using testing::choice;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::sampleCatalogue;

SettingSpec recipeWith(Json presets) {
  SettingSpec spec = choice("recipe", {"none", "paper"});
  spec.presets["paper"] = std::move(presets);
  return spec;
}

std::string problemOf(Json presets) {
  const auto read = presetsOf(recipeWith(std::move(presets)));
  if (read) {
    return "none";
  }
  EXPECT_EQ(read.error().code, ErrorCode::kProtocol);
  return read.error().message;
}

TEST(PresetsOf, AddTheChoiceToTheirConditions) {
  const auto presets = presetsOf(recipeWith({{{"settings", {{"train.batch", 8}}}}}));

  ASSERT_TRUE(presets);
  ASSERT_EQ(presets->size(), 1U);
  EXPECT_EQ(presets->front().when, (std::vector<SettingCondition>{{"recipe", {"paper"}, {}}}));
  EXPECT_EQ(presets->front().settings.at("train.batch"), 8);
  EXPECT_EQ(presets->front().source, "");
}

TEST(PresetsOf, ReadBothKindsOfConditions) {
  const auto presets = presetsOf(recipeWith({{{"when", {{"data.task", {"cola", "rte"}}}},
                                              {"unless", {{"data.augmentation", {0}}}},
                                              {"settings", {{"train.eval_every", 400}}},
                                              {"source", "main.py:392"}}}));

  ASSERT_TRUE(presets);
  EXPECT_THAT(presets->front().when,
              ElementsAre(SettingCondition{"recipe", {"paper"}, {}},
                          SettingCondition{"data.task", {"cola", "rte"}, {}},
                          SettingCondition{"data.augmentation", {}, {0}}));
  EXPECT_EQ(presets->front().source, "main.py:392");
}

TEST(PresetsOf, KeepTheOrderOfTheList) {
  const auto presets = presetsOf(
      recipeWith({{{"settings", {{"train.batch", 8}}}}, {{"settings", {{"train.batch", 16}}}}}));

  ASSERT_EQ(presets->size(), 2U);
  EXPECT_EQ(presets->at(0).settings.at("train.batch"), 8);
  EXPECT_EQ(presets->at(1).settings.at("train.batch"), 16);
}

TEST(PresetsOf, AreOnlyThoseOfChoices) {
  const Catalogue catalogue = sampleCatalogue();
  EXPECT_THAT(*presetsOf(*catalogue.findSetting("freeze")), IsEmpty());
  EXPECT_THAT(*presetsOf(*catalogue.findSetting("train.batch")), IsEmpty());
  EXPECT_EQ(presetsOf(*catalogue.findSetting("recipe"))->size(), 3U);
}

TEST(PresetsOf, SayWhatIsMalformed) {
  EXPECT_THAT(problemOf(7), HasSubstr("setting recipe: preset 'paper' is not a list"));
  EXPECT_THAT(problemOf({7}), HasSubstr("has an entry without settings"));
  EXPECT_THAT(problemOf({{{"settings", 7}}}), HasSubstr("has an entry without settings"));
  const Json settings = {{"train.batch", 8}};
  EXPECT_THAT(problemOf({{{"settings", settings}, {"when", 7}}}),
              HasSubstr("has conditions that are not {key: [values]}"));
  EXPECT_THAT(problemOf({{{"settings", settings}, {"unless", {{"data.task", "cola"}}}}}),
              HasSubstr("has conditions that are not {key: [values]}"));
  EXPECT_THAT(problemOf({{{"settings", settings}, {"source", 7}}}),
              HasSubstr("has a source that is no text"));
  EXPECT_EQ(problemOf({{{"settings", settings}}}), "none");
}

TEST(PresetJson, ReadsBackAsItWas) {
  Preset preset;
  preset.when = {
      {"recipe", {"paper"}, {}}, {"data.task", {"cola"}, {}}, {"data.augmentation", {}, {0, 1}}};
  preset.settings = {{"train.batch", 16}, {"train.learning_rate", 2e-5}};
  preset.source = "table 7";

  const auto back = presetsOf(recipeWith({toJson(preset, "recipe")}));

  ASSERT_TRUE(back);
  EXPECT_THAT(*back, ElementsAre(preset));
}

TEST(PresetJson, LeavesOutTheChoiceAndWhatIsEmpty) {
  Preset preset;
  preset.when = {{"recipe", {"paper"}, {}}};
  preset.settings = {{"train.batch", 16}};
  EXPECT_EQ(canonicalJson(toJson(preset, "recipe")), R"({"settings":{"train.batch":16}})");
}

}  // namespace
}  // namespace retort
