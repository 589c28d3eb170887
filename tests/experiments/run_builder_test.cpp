#include "experiments/run_builder.h"

#include "core/base/hash.h"
#include "tests/core/base/temp_folder.h"
#include "tests/core/settings/sample_catalogue.h"
#include "tests/experiments/yaml_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::experiments {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class RunBuilderTest : public ::testing::Test {
 protected:
  RunBuilderTest() {
    folder_.write("teacher/model", "weights");
    folder_.write("data/train.tsv", "rows");
  }

  std::optional<RunSpec> build(const std::map<std::string, Json>& values) {
    GivenSettings settings;
    int line = 10;
    for (const auto& [key, value] : values) {
      settings[key] = {value, {line++, 3, ""}};
    }
    auto spec = builder_.build(settings, {1, 1, ""});
    return spec;
  }

  retort::testing::TempFolder folder_;
  Catalogue catalogue_ = retort::testing::sampleCatalogue();
  CatalogueScope scope_{catalogue_};
  SinkFor sink_{""};
  InputHashes hashes_;
  RunBuilder builder_{scope_, "retort-train", folder_.path(), hashes_, sink_.sink()};
};

TEST_F(RunBuilderTest, ResolvesAndIdentifies) {
  const auto spec = build({{"model.teacher", "teacher"}, {"train.epochs", 5}});
  ASSERT_TRUE(spec.has_value()) << sink_.problems();
  EXPECT_EQ(spec->trainer, "retort-train");
  EXPECT_EQ(spec->release, "1");
  EXPECT_EQ(spec->settings.at("train.epochs"), Json(5));
  EXPECT_EQ(spec->settings.at("train.batch"), Json(32));
  EXPECT_EQ(spec->run_id, computeRunId(*spec, catalogue_));
  EXPECT_TRUE(isRunId(spec->run_id));
}

TEST_F(RunBuilderTest, ListsInputsInTheOrderOfTheCatalogue) {
  const auto spec =
      build({{"data.path", "data"}, {"data.task", "sst2"}, {"model.teacher", "teacher/"}});
  ASSERT_TRUE(spec.has_value()) << sink_.problems();
  const std::string teacher = (folder_ / "teacher").string();
  const std::string data = (folder_ / "data").string();
  EXPECT_THAT(spec->inputs,
              ElementsAre(RunInput{"model.teacher", teacher, *sha256OfInput(teacher), ""},
                          RunInput{"data.path", data, *sha256OfInput(data), ""}));
  EXPECT_EQ(spec->settings.at("model.student"), Json("teacher")) << "a keyword is no path";
}

TEST_F(RunBuilderTest, TakesSingleFilesAsInputs) {
  const auto spec = build({{"model.teacher", "teacher/model"}});
  ASSERT_TRUE(spec.has_value()) << sink_.problems();
  EXPECT_EQ(spec->inputs.at(0).sha256, sha256Hex("weights"));
}

TEST_F(RunBuilderTest, ReportsSettingsAtTheirPlaces) {
  EXPECT_FALSE(build({{"model.teacher", 3}, {"train.batch", 0}, {"zzz", 1}}).has_value());
  EXPECT_THAT(sink_.problems(),
              AllOf(HasSubstr("f.yaml:10:3: model.teacher is 3"),
                    HasSubstr("f.yaml:11:3: train.batch is 0"),
                    HasSubstr("f.yaml:12:3: unknown setting zzz")));
}

TEST_F(RunBuilderTest, ReportsMissingSettingsAtTheFallback) {
  EXPECT_FALSE(build({}).has_value());
  EXPECT_THAT(sink_.problems(), HasSubstr("f.yaml:1:1: model.teacher is missing"));
}

TEST_F(RunBuilderTest, ReportsEveryMissingInput) {
  EXPECT_FALSE(build({{"data.path", "none"}, {"data.task", "sst2"}, {"model.teacher", "/nowhere"}})
                   .has_value());
  EXPECT_THAT(
      sink_.problems(),
      AllOf(HasSubstr("f.yaml:10:3: data.path: there is no file or folder none (looked in"),
            HasSubstr("f.yaml:12:3: model.teacher: there is no file or folder /nowhere\n")));
}

TEST_F(RunBuilderTest, TakesRunsAsInputs) {
  const auto spec = build({{"model.teacher", "run:00000000deadbeef/model-best"}});
  ASSERT_TRUE(spec.has_value());
  EXPECT_THAT(spec->inputs,
              ElementsAre(RunInput{
                  "model.teacher", "../00000000deadbeef/model-best", "", "00000000deadbeef"}));
  EXPECT_EQ(spec->settings.at("model.teacher"), Json("run:00000000deadbeef/model-best"));
}

// E01: what stands behind "run:" stays within that run's folder.
TEST_F(RunBuilderTest, RefusesRunsThatLeaveTheirFolder) {
  for (const char* path : {"run:",
                           "run:00000000deadbeef",
                           "run:00000000deadbeef/",
                           "run:00000000deadbeef/../x",
                           "run:../x/model",
                           "run:00000000deadbeef//etc",
                           "run:00000000DEADBEEF/model",
                           "run:00000000deadbeef/./model"}) {
    EXPECT_FALSE(build({{"model.teacher", path}}).has_value()) << path;
  }
}

TEST_F(RunBuilderTest, KnowsWhatAppliedSomewhere) {
  ASSERT_TRUE(build({{"model.teacher", "teacher"},
                     {"quant.weight.scheme", "none"},
                     {"quant.weight.granularity", "row"}})
                  .has_value());
  EXPECT_THAT(builder_.notApplied(),
              ElementsAre(Pair("quant.weight.granularity", Place{11, 3, ""})));
  EXPECT_FALSE(builder_.applied().contains("quant.weight.granularity"));
  ASSERT_TRUE(
      build({{"model.teacher", "teacher"}, {"quant.weight.granularity", "row"}}).has_value());
  EXPECT_TRUE(builder_.applied().contains("quant.weight.granularity"));
}

TEST_F(RunBuilderTest, ReadsEachInputOnce) {
  const auto first = build({{"model.teacher", "teacher"}});
  folder_.write("teacher/model", "changed");
  const auto second = build({{"model.teacher", "teacher"}});
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->run_id, second->run_id) << "one expansion sees one state of the disk";
}

TEST(CatalogueScope, KnowsShorthandsAndDefaults) {
  const Catalogue catalogue = retort::testing::sampleCatalogue();
  const CatalogueScope scope(catalogue);
  EXPECT_EQ(scope.canonicalKey("distill.logits"), "distill.logits.coefficient");
  EXPECT_EQ(scope.canonicalKey("train.epochs"), "train.epochs");
  EXPECT_EQ(scope.canonicalKey("unknown"), "unknown");
  EXPECT_EQ(scope.defaultOf("distill.logits"), Json(1));
  EXPECT_EQ(scope.defaultOf("model.teacher"), Json());
  EXPECT_EQ(scope.defaultOf("unknown"), Json());
  ASSERT_NE(scope.find("seed"), nullptr);
  EXPECT_TRUE(scope.find("seed")->is_seed);
  EXPECT_EQ(scope.find("distill.logits"), nullptr);
}

TEST(CatalogueScope, ComparesValuesInTheSettingsType) {
  const Catalogue catalogue = retort::testing::sampleCatalogue();
  const CatalogueScope scope(catalogue);
  EXPECT_EQ(scope.canonicalValue("freeze", "ov"), Json({"o", "v"}));
  EXPECT_TRUE(scope.canonicalValue("train.learning_rate", 1).is_number_float());
  EXPECT_EQ(scope.canonicalValue("train.epochs", "many"), Json("many"));
  EXPECT_EQ(scope.canonicalValue("unknown", 3), Json(3));
}

TEST(CatalogueScope, RenamesShorthandsInMaps) {
  const Catalogue catalogue = retort::testing::sampleCatalogue();
  const CatalogueScope scope(catalogue);
  const GivenSettings canonical =
      scope.canonicalKeys({{"distill.logits", {2, {3, 4, ""}}}, {"other", {1, {}}}});
  EXPECT_EQ(canonical.size(), 2U);
  EXPECT_EQ(canonical.at("distill.logits.coefficient"), (GivenSetting{2, {3, 4, ""}}));
  EXPECT_TRUE(canonical.contains("other"));
}

}  // namespace
}  // namespace retort::experiments
