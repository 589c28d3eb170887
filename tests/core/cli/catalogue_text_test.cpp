#include "core/cli/catalogue_text.h"

#include "core/base/text.h"
#include "core/tables/text_width.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Catalogue smallCatalogue() {
  Catalogue catalogue;
  catalogue.trainer = "retort-train";
  catalogue.release = "0.1";
  SettingSpec rate;
  rate.key = "train.learning_rate";
  rate.type = SettingType::kReal;
  rate.default_value = 2e-5;
  rate.minimum = 0;
  rate.is_minimum_exclusive = true;
  rate.documentation = "Peak of the schedule | a pipe";
  SettingSpec scheme;
  scheme.key = "quant.weight.scheme";
  scheme.type = SettingType::kChoice;
  scheme.choices = {"none", "ternary"};
  scheme.default_value = "none";
  scheme.documentation = "How weights are quantized";
  scheme.when = {{"phase", {"kd_qat"}, {}}};
  catalogue.settings = {rate, scheme};
  catalogue.techniques = {{"weight_quantizer",
                           "ternary",
                           "Three levels",
                           "w_q = alpha * sign(w)",
                           "2211.11014, eq. 3",
                           {"quant.weight.scheme"}}};
  catalogue.metrics = {{"grad_norm",
                        {"layer", "projection"},
                        "",
                        "",
                        "Length of the gradient",
                        "sqrt(g'g)",
                        "a paper",
                        true,
                        Combination::kRootOfSquares},
                       {"eval.accuracy", {}, "", "max", "Share of right answers", "", "", true}};
  return catalogue;
}

TEST(CatalogueText, DescribesValuesAndDefaults) {
  const Catalogue catalogue = smallCatalogue();

  EXPECT_EQ(settingDomain(catalogue.settings[0]), "real > 0");
  EXPECT_EQ(settingDefault(catalogue.settings[0]), "2e-05");
  EXPECT_EQ(settingDomain(catalogue.settings[1]), "none | ternary");
  EXPECT_EQ(settingCondition(catalogue.settings[1]), "when phase is kd_qat");
}

TEST(CatalogueText, DescribesRangesUnitsAndPresets) {
  SettingSpec setting;
  setting.type = SettingType::kInteger;
  setting.minimum = 1;
  setting.maximum = 8;
  setting.unit = "bits";
  EXPECT_EQ(settingDomain(setting), "integer in [1, 8], bits");
  setting.minimum.reset();
  EXPECT_EQ(settingDomain(setting), "integer <= 8, bits");
  EXPECT_EQ(settingDefault(setting), "none");
  setting.is_required = true;
  EXPECT_EQ(settingDefault(setting), "required");

  SettingSpec freeze;
  freeze.type = SettingType::kStringList;
  freeze.presets = {{"ov", Json::array({"o", "v"})}};
  EXPECT_THAT(settingDomain(freeze), HasSubstr("ov = [\"o\",\"v\"]"));
}

TEST(CatalogueText, ListsSettingsTechniquesAndMetrics) {
  const std::string text = catalogueText(smallCatalogue(), 80, false);

  EXPECT_THAT(text,
              HasSubstr("settings: train\n  train.learning_rate (real > 0; default 2e-05)\n"));
  EXPECT_THAT(text,
              HasSubstr("weight quantizer\n  ternary\n      Three levels\n      w_q = alpha * "
                        "sign(w)\n      Settings: quant.weight.scheme\n"
                        "      Source: 2211.11014, eq. 3\n"));
  EXPECT_THAT(text, HasSubstr("  grad_norm[layer, projection]\n"));
  EXPECT_THAT(text,
              HasSubstr("Length of the gradient; several as one: root of the sum of squares\n"
                        "      sqrt(g'g)\n      Source: a paper\n"));
  EXPECT_THAT(text, HasSubstr("Share of right answers; more is better\n"));
}

TEST(CatalogueText, HasFormulasSettingsAndSourcesInMarkdown) {
  const std::string text = catalogueMarkdown(smallCatalogue());

  EXPECT_THAT(text, HasSubstr("Three levels  \n  w\\_q = alpha \\* sign(w)  \n"));
  EXPECT_THAT(text, HasSubstr("  Settings: quant.weight.scheme  \n  Source: 2211.11014, eq. 3\n"));
  EXPECT_THAT(text, HasSubstr("| grad\\_norm\\[layer, projection\\] |  |  | "));
  EXPECT_THAT(text, HasSubstr("root of the sum of squares | a paper |\n"));
}

SettingSpec recipe() {
  SettingSpec spec;
  spec.key = "recipe";
  spec.type = SettingType::kChoice;
  spec.choices = {"none", "paper"};
  spec.presets["paper"] = {{{"when", {{"data.task", {"cola"}}}},
                            {"unless", {{"data.augmentation", {0}}}},
                            {"settings", {{"train.batch", 16}, {"train.schedule", "linear"}}},
                            {"source", "main.py:392"}}};
  return spec;
}

TEST(CatalogueText, SaysWhichDefaultsAChoiceBrings) {
  EXPECT_EQ(settingDomain(recipe()), "none | paper");
  EXPECT_EQ(presetLines(recipe()),
            (std::vector<std::string>{"when recipe is paper and data.task is cola and "
                                      "data.augmentation is not 0: train.batch 16, "
                                      "train.schedule linear (main.py:392)"}));
  EXPECT_TRUE(presetLines(SettingSpec{}).empty());
}

TEST(CatalogueText, ListsPresetsInTextAndMarkdown) {
  Catalogue catalogue = smallCatalogue();
  catalogue.settings.push_back(recipe());

  EXPECT_THAT(catalogueText(catalogue, 200, false),
              HasSubstr("when recipe is paper and data.task is cola"));
  EXPECT_THAT(catalogueMarkdown(catalogue), HasSubstr("### defaults by recipe\n\n- when recipe"));
  EXPECT_THAT(catalogueMarkdown(smallCatalogue()), Not(HasSubstr("defaults by")));
}

TEST(CatalogueText, WrapsLongDocumentation) {
  Catalogue catalogue = smallCatalogue();
  for (int i = 0; i < 60; ++i) {
    catalogue.settings[0].documentation += " word";
  }

  for (const std::string& line : splitString(catalogueText(catalogue, 60, false), '\n')) {
    EXPECT_LE(displayWidth(line), 60U) << line;
  }
}

TEST(CatalogueText, FindsEntriesByNameAndDocumentation) {
  EXPECT_EQ(filterCatalogue(smallCatalogue(), "LEARNING").settings.size(), 1U);
  EXPECT_EQ(filterCatalogue(smallCatalogue(), "gradient").metrics.size(), 1U);
  EXPECT_EQ(filterCatalogue(smallCatalogue(), "ternary").techniques.size(), 1U);
  EXPECT_EQ(filterCatalogue(smallCatalogue(), "").settings.size(), 2U);
  EXPECT_THAT(catalogueText(filterCatalogue(smallCatalogue(), "accuracy"), 80, false),
              Not(HasSubstr("settings")));
}

TEST(CatalogueMarkdown, EscapesWhatWouldBreakItsTables) {
  const std::string text = catalogueMarkdown(smallCatalogue());

  EXPECT_THAT(text, HasSubstr("| quant.weight.scheme | none \\| ternary | none | How weights are"));
  EXPECT_THAT(text, HasSubstr("Peak of the schedule \\| a pipe"));
  EXPECT_THAT(text, HasSubstr("- **ternary**: Three levels  \n  w\\_q = alpha \\* sign(w)"));
  EXPECT_THAT(text, HasSubstr("Source: 2211.11014, eq. 3"));
}

}  // namespace
}  // namespace retort::cli
