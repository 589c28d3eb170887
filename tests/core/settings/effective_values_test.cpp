#include "core/settings/effective_values.h"

#include "tests/core/settings/sample_catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort {
namespace {

using ::testing::IsEmpty;
using testing::sampleCatalogue;
using ::testing::SizeIs;

class Effective : public ::testing::Test {
 protected:
  void give(const std::string& key, Json value) { given_[key] = {key, std::move(value)}; }

  Json valueOf(const std::string& key) {
    EffectiveValues effective(index_, given_);
    return effective.valueOf(*index_.find(key));
  }

  bool applies(const std::string& key) {
    EffectiveValues effective(index_, given_);
    return effective.applies(*index_.find(key));
  }

  Catalogue catalogue_ = sampleCatalogue();
  SettingIndex index_{catalogue_};
  std::map<std::string, GivenValue> given_;
};

TEST_F(Effective, FindsSettingsAndTheirPresets) {
  EXPECT_EQ(index_.find("train.batch"), catalogue_.findSetting("train.batch"));
  EXPECT_EQ(index_.find("train.batches"), nullptr);
  EXPECT_THAT(index_.presets(), SizeIs(3));
  EXPECT_THAT(index_.presetsFor("train.batch"), SizeIs(3));
  EXPECT_THAT(index_.presetsFor("train.epochs"), SizeIs(1));
  EXPECT_THAT(index_.presetsFor("seed"), IsEmpty());
}

TEST_F(Effective, PrefersTheGivenThenThePresetThenTheDeclared) {
  EXPECT_EQ(valueOf("train.batch"), 32);
  give("recipe", "paper");
  EXPECT_EQ(valueOf("train.batch"), 8);
  give("train.batch", 2);
  EXPECT_EQ(valueOf("train.batch"), 2);
}

TEST_F(Effective, HasNoValueWhereNothingSaysOne) {
  EXPECT_TRUE(valueOf("model.hidden_dropout").is_null());
}

TEST_F(Effective, AsksConditionsOfConditions) {
  EXPECT_TRUE(applies("quant.weight.threshold_factor"));
  give("quant.weight.scheme", "int4");
  EXPECT_FALSE(applies("quant.weight.threshold_factor"));
  EXPECT_TRUE(applies("quant.weight.granularity"));
  give("phase", "finetune");
  EXPECT_FALSE(applies("quant.weight.granularity"));
}

TEST_F(Effective, SaysWhichPresetDecides) {
  give("recipe", "paper");
  give("data.task", "cola");
  EffectiveValues effective(index_, given_);

  ASSERT_NE(effective.presetValueOf("train.batch"), nullptr);
  EXPECT_EQ(*effective.presetValueOf("train.batch"), 16);
  EXPECT_EQ(effective.presetValueOf("seed"), nullptr);
}

TEST_F(Effective, EndsOnCirclesOfPresets) {
  // Refused when a catalogue is read; a catalogue made by hand must not hang.
  Catalogue catalogue;
  catalogue.settings = {testing::choice("a", {"off", "on"}), testing::choice("b", {"off", "on"})};
  catalogue.settings[0].presets["off"] = {
      {{"when", {{"b", {"off"}}}}, {"settings", {{"b", "on"}}}}};
  const SettingIndex index(catalogue);
  const std::map<std::string, GivenValue> given;
  EffectiveValues effective(index, given);

  EXPECT_EQ(effective.valueOf(catalogue.settings[1]), "on");
}

TEST(PresetDefaults, UnderstandShorthands) {
  Catalogue catalogue = sampleCatalogue();
  for (SettingSpec& spec : catalogue.settings) {
    if (spec.key == "recipe") {
      spec.presets["paper"].push_back(
          {{"when", {{"distill.attention_map.coefficient", {1}}}}, {"settings", {{"seed", 1}}}});
      spec.presets["paper"].back()["settings"] = {{"deterministic", false}};
    }
  }
  EXPECT_FALSE(presetDefaults(catalogue, {{"recipe", "paper"}}).contains("deterministic"));
  EXPECT_EQ(presetDefaults(catalogue, {{"recipe", "paper"}, {"distill.attention_map", 1}})
                .at("deterministic"),
            false);
}

TEST(PresetDefaults, PassOverWhatDoesNotFit) {
  const SettingValues given{{"recipe", "paper"}, {"data.task", "${task}"}, {"nonsense", 1}};
  EXPECT_EQ(presetDefaults(sampleCatalogue(), given).at("train.batch"), 8);
}

}  // namespace
}  // namespace retort
