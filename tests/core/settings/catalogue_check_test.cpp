#include "core/settings/catalogue_check.h"

#include "tests/core/settings/sample_catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort {
namespace {

using testing::choice;
using ::testing::HasSubstr;
using testing::sampleCatalogue;
using testing::setting;
using testing::when;

std::string problemWith(SettingSpec added) {
  Catalogue catalogue = sampleCatalogue();
  catalogue.settings.push_back(std::move(added));
  return checkCatalogue(catalogue);
}

TEST(CatalogueCheck, FindsNothingInAGoodOne) {
  EXPECT_EQ(checkCatalogue(sampleCatalogue()), "");
  EXPECT_EQ(checkCatalogue(Catalogue()), "");
}

TEST(CatalogueCheck, WantsKeysThatAreWords) {
  EXPECT_THAT(problemWith(setting("Upper", SettingType::kInteger, 1)),
              HasSubstr("setting 'Upper': a key is lower-case words"));
  EXPECT_THAT(problemWith(setting("a.", SettingType::kInteger, 1)),
              HasSubstr("a key is lower-case words"));
  EXPECT_THAT(problemWith(setting("train.epochs.more", SettingType::kInteger, 1)),
              HasSubstr("setting train.epochs cannot be a group with train.epochs.more in it"));
}

TEST(CatalogueCheck, WantsDefaultsThatFit) {
  EXPECT_THAT(problemWith(setting("extra", SettingType::kInteger, "many")),
              HasSubstr("setting extra: bad default"));
}

TEST(CatalogueCheck, WantsConditionsOnWhatExists) {
  EXPECT_THAT(problemWith(when(setting("extra", SettingType::kInteger, 1), "nothing", {1})),
              HasSubstr("its condition names the unknown setting 'nothing'"));
  EXPECT_THAT(problemWith(when(setting("extra", SettingType::kInteger, 1), "extra", {1})),
              HasSubstr("setting extra: its conditions lead back to itself"));
}

/// A choice "mode" whose value "on" brings these defaults.
SettingSpec mode(Json settings) {
  SettingSpec spec = choice("mode", {"off", "on"});
  spec.presets["on"] = {{{"settings", std::move(settings)}}};
  return spec;
}

TEST(CatalogueCheck, WantsPresetsThatFit) {
  EXPECT_EQ(problemWith(mode({{"train.batch", 8}})), "");
  EXPECT_THAT(problemWith(mode({{"train.batches", 8}})),
              HasSubstr("setting mode: a preset sets the unknown setting 'train.batches'"));
  EXPECT_THAT(problemWith(mode({{"train.batch", -8}})),
              HasSubstr("setting mode: a preset is wrong: train.batch is -8"));
  EXPECT_THAT(problemWith(mode({{"seed", 8}})), HasSubstr("inputs and the seed have no presets"));
  EXPECT_THAT(problemWith(mode({{"data.path", "/d"}})),
              HasSubstr("inputs and the seed have no presets"));
}

TEST(CatalogueCheck, FindsCirclesThroughPresets) {
  EXPECT_THAT(problemWith(mode({{"mode", "off"}})), HasSubstr("lead back to itself"));
  // The batch depends on the mode, the mode's preset on the batch.
  SettingSpec circle = mode({{"train.batch", 8}});
  circle.presets["on"][0]["when"]["train.batch"] = {4};
  EXPECT_THAT(problemWith(circle), HasSubstr("lead back to itself"));
}

}  // namespace
}  // namespace retort
