#include "experiments/catalogue_scope.h"

#include "tests/core/settings/sample_catalogue.h"

#include <gtest/gtest.h>

namespace retort::experiments {
namespace {

class CatalogueScopeTest : public ::testing::Test {
 protected:
  Catalogue catalogue_ = retort::testing::sampleCatalogue();
  CatalogueScope scope_{catalogue_};
};

TEST_F(CatalogueScopeTest, FindsSettingsByTheirFullKey) {
  ASSERT_NE(scope_.find("seed"), nullptr);
  EXPECT_TRUE(scope_.find("seed")->is_seed);
  EXPECT_EQ(scope_.find("distill.attention_map"), nullptr);
  EXPECT_EQ(scope_.find("nothing"), nullptr);
}

TEST_F(CatalogueScopeTest, WritesShorthandsOut) {
  EXPECT_EQ(scope_.canonicalKey("distill.attention_map"), "distill.attention_map.coefficient");
  EXPECT_EQ(scope_.canonicalKey("distill.attention_map.coefficient"),
            "distill.attention_map.coefficient");
  EXPECT_EQ(scope_.canonicalKey("distill"), "distill");
  EXPECT_EQ(scope_.canonicalKey("unknown.key"), "unknown.key");
}

TEST_F(CatalogueScopeTest, KeepsOneOfAShorthandAndItsSetting) {
  const GivenSettings given = {{"distill.attention_map", {1, {}}},
                               {"distill.attention_map.coefficient", {2, {}}},
                               {"seed", {3, {}}}};
  const GivenSettings canonical = scope_.canonicalKeys(given);
  ASSERT_EQ(canonical.size(), 2);
  EXPECT_EQ(canonical.at("distill.attention_map.coefficient").value, 1);
  EXPECT_EQ(canonical.at("seed").value, 3);
}

TEST_F(CatalogueScopeTest, MakesListsOfMaps) {
  const GivenSettings given = {
      {"freeze.encoder.layer.[0-3].attention.*.weight", {"int4", {2, 5, ""}}},
      {"freeze.embeddings.word", {"ternary", {2, 40, ""}}},
      {"freeze.classifier", {8, {1, 9, ""}}},
      {"seed", {3, {}}}};

  const GivenSettings canonical = scope_.canonicalKeys(given);

  ASSERT_EQ(canonical.size(), 2);
  EXPECT_EQ(canonical.at("freeze").value,
            Json::array({"classifier = 8",
                         "encoder.layer.[0-3].attention.*.weight = int4",
                         "embeddings.word = ternary"}));
  EXPECT_EQ(canonical.at("freeze").place, (Place{1, 9, ""}));
}

TEST_F(CatalogueScopeTest, LeavesWhatIsNoMapOfAListAsItIs) {
  const GivenSettings given = {{"freeze", {"ov", {}}},
                               {"freeze.q", {"fp", {}}},
                               {"seed.q", {1, {}}},
                               {"unknown.key", {1, {}}}};
  EXPECT_EQ(scope_.canonicalKeys(given), given);

  const GivenSettings lists = {{"freeze.q", {Json::array({"fp"}), {}}}};
  EXPECT_EQ(scope_.canonicalKeys(lists), lists);
}

TEST_F(CatalogueScopeTest, KnowsDefaultsAlsoByTheirShorthand) {
  EXPECT_EQ(scope_.defaultOf("seed"), 42);
  EXPECT_EQ(scope_.defaultOf("distill.attention_map"), 0);
  EXPECT_TRUE(scope_.defaultOf("model.teacher").is_null());
  EXPECT_TRUE(scope_.defaultOf("unknown").is_null());
}

TEST_F(CatalogueScopeTest, GivesValuesTheirSettingsType) {
  EXPECT_TRUE(scope_.canonicalValue("distill.attention_map", 1).is_number_float());
  EXPECT_EQ(scope_.canonicalValue("freeze", "o"), Json::array({"o"}));
  EXPECT_EQ(scope_.canonicalValue("seed", "word"), "word");
  EXPECT_EQ(scope_.canonicalValue("unknown", true), true);
}

}  // namespace
}  // namespace retort::experiments
