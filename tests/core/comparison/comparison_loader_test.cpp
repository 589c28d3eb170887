#include "core/comparison/comparison_loader.h"

#include "tests/core/cli/store_fixture.h"

#include <gmock/gmock.h>

#include <limits>

namespace retort {
namespace {

using ::testing::HasSubstr;

class ComparisonLoader : public cli::LossStore {
 protected:
  Result<ComparisonTable> load(const ComparisonOptions& options = {}) {
    return loadComparison(*store_, *store_->experiments().find("losses"), options, lookup());
  }

  MetricLookup lookup() const {
    return [this](const std::string& name) -> const MetricSpec* {
      return name == "eval.accuracy" ? &accuracy_ : nullptr;
    };
  }

  MetricSpec accuracy_{"eval.accuracy", {}, "", "max", "", "", "", true};
};

TEST_F(ComparisonLoader, ComparesByTheReportOfTheExperiment) {
  finish(kScore1, 0.8, 0.7);
  finish(kScore2, 0.6, 0.9);
  finish(kMap1, 0.5, 0.8);
  setState(kMap2, RunState::kFailed);

  const auto table = load();

  ASSERT_TRUE(table.has_value());
  ASSERT_EQ(table->rows.size(), 2U);  // the teacher is no row
  EXPECT_EQ(table->baseline, (Labels{{"loss", "score"}}));
  EXPECT_DOUBLE_EQ(*table->rows[0].cells[0].summary.mean, 0.8);
  EXPECT_NEAR(table->rows[1].cells[0].difference->mean, 0.1, 1e-12);
  EXPECT_EQ(table->rows[1].cells[0].absent[0].reason, "failed");
}

TEST_F(ComparisonLoader, TakesTheBestPointOfTheCurve) {
  finish(kScore1, 0.8, 0.7);
  ComparisonOptions options;
  options.at = "best";

  EXPECT_DOUBLE_EQ(*load(options)->rows[0].cells[0].summary.mean, 0.8);
}

TEST_F(ComparisonLoader, PrefersWhatTheTrainerReportedAsFinal) {
  finish(kScore1, 0.8, 0.7);
  ingest(kScore1,
         {other("result", {{"metrics", {{"eval.accuracy", 0.75}, {"eval.accuracy_best", 0.85}}}})});
  ComparisonOptions best;
  best.at = "best";

  EXPECT_DOUBLE_EQ(*load()->rows[0].cells[0].summary.mean, 0.75);
  EXPECT_DOUBLE_EQ(*load(best)->rows[0].cells[0].summary.mean, 0.85);
}

TEST_F(ComparisonLoader, NamesRemovedRuns) {
  finish(kScore1, 0.8, 0.7);
  ASSERT_TRUE(store_->runs().remove(kMap2).has_value());

  EXPECT_EQ(load()->rows[1].cells[0].absent[1].reason, "removed");
}

TEST_F(ComparisonLoader, ReadsOneCurveOfAMetricWithDimensions) {
  Event norms = point("x", 1, 0);
  norms.points = {{{"grad_norm", 0, {}, "q", ""}, 2.0}, {{"grad_norm", 1, {}, "q", ""}, 3.0}};
  finish(kScore1, 0.8, 0.7);
  ingest(kScore1, {norms});
  ComparisonOptions options;
  options.metrics = {"grad_norm[layer=1,projection=q]"};

  EXPECT_DOUBLE_EQ(*load(options)->rows[0].cells[0].summary.mean, 3.0);
  options.metrics = {"grad_norm"};
  EXPECT_THAT(load(options).error().message,
              HasSubstr("ask for one, for example 'grad_norm[layer="));
}

TEST_F(ComparisonLoader, SuggestsTheMetricThatWasMeant) {
  finish(kScore1, 0.8, 0.7);
  ComparisonOptions options;
  options.metrics = {"eval.acuracy"};

  const auto table = load(options);

  ASSERT_FALSE(table.has_value());
  EXPECT_EQ(table.error().code, ErrorCode::kUsage);
  EXPECT_THAT(table.error().message, HasSubstr("did you mean 'eval.accuracy'?"));
}

TEST_F(ComparisonLoader, TakesOptionsBeforeTheReport) {
  finish(kScore1, 0.8, 0.7);
  finish(kMap1, 0.8, 0.9);
  ComparisonOptions options;
  options.baseline = {"loss=map"};

  EXPECT_EQ(load(options)->baseline, (Labels{{"loss", "map"}}));
  options.is_without_baseline = true;
  EXPECT_FALSE(load(options)->has_differences);
  options.is_without_baseline = false;
  options.baseline = {"loss"};
  EXPECT_THAT(load(options).error().message, HasSubstr("write FACTOR=LABEL"));
}

TEST_F(ComparisonLoader, DropsAReportedBaselineThatTheGridNoLongerHas) {
  ExperimentRecord experiment = *store_->experiments().find("losses");
  experiment.report["baseline"] = {{"loss", "gone"}};

  const auto request = makeComparisonRequest(experiment, {}, {"eval.accuracy"}, lookup());

  ASSERT_TRUE(request.has_value());
  EXPECT_TRUE(request->baseline.empty());
}

TEST_F(ComparisonLoader, TakesTheFirstEvaluationWhenNoMetricIsReported) {
  ExperimentRecord experiment = *store_->experiments().find("losses");
  experiment.report = Json::object();

  const auto request =
      makeComparisonRequest(experiment, {}, {"eval.loss", "eval.matthews", "train.loss"}, lookup());

  EXPECT_EQ(request->metrics[0].name, "eval.matthews");
  EXPECT_EQ(makeComparisonRequest(experiment, {}, {}, lookup()).error().code, ErrorCode::kNotFound);
}

TEST_F(ComparisonLoader, WidensIntervalsWithTheConfidence) {
  finish(kScore1, 0.8, 0.7);
  finish(kScore2, 0.6, 0.9);
  finish(kMap1, 0.5, 0.8);
  finish(kMap2, 0.5, 0.7);
  ComparisonOptions narrow;
  narrow.confidence = 0.5;

  const auto wide = load();
  const auto table = load(narrow);

  EXPECT_EQ(table->confidence, 0.5);
  EXPECT_GT(table->rows[1].cells[0].difference->low, wide->rows[1].cells[0].difference->low);
  EXPECT_EQ(table->rows[1].cells[0].difference->mean, wide->rows[1].cells[0].difference->mean);
}

TEST(Confidence, IsGivenInPerCent) {
  EXPECT_DOUBLE_EQ(*parseConfidence("95"), 0.95);
  EXPECT_DOUBLE_EQ(*parseConfidence("99.9"), 0.999);
  for (const char* text : {"", "0.95", "100", "NaN", "x", "-95", "1e300"}) {
    EXPECT_EQ(parseConfidence(text).error().code, ErrorCode::kUsage) << text;
  }
}

TEST_F(ComparisonLoader, MovesAColumnFactorOutOfTheReportedRows) {
  ComparisonOptions options;
  options.columns = {"loss"};

  const auto request = makeComparisonRequest(
      *store_->experiments().find("losses"), options, {"eval.accuracy"}, lookup());

  EXPECT_TRUE(request->rows.empty());
  EXPECT_EQ(request->columns, std::vector<std::string>{"loss"});
}

class MeanOfCurves : public ComparisonLoader {
 protected:
  void norms(const char* run, std::vector<std::pair<SeriesKey, double>> points) {
    Event event = point("x", 1, 0);
    event.points.clear();
    for (const auto& [key, value] : points) {
      event.points.push_back({key, value});
    }
    finish(run, 0.5, 0.5);
    ingest(run, {event});
  }

  std::optional<double> mean(const std::string& metric) {
    ComparisonOptions options;
    options.metrics = {metric};
    const auto table = load(options);
    EXPECT_TRUE(table.has_value()) << table.error().message;
    return table ? table->rows[0].cells[0].summary.mean : std::nullopt;
  }
};

TEST_F(MeanOfCurves, IsOverAllCurvesOfTheMetric) {
  norms(kScore1,
        {{{"grad_norm", 0, {}, "q", ""}, 1.0},
         {{"grad_norm", 0, {}, "v", ""}, 2.0},
         {{"grad_norm", 1, {}, "q", ""}, 6.0}});

  EXPECT_DOUBLE_EQ(*mean("mean(grad_norm)"), 3.0);
  EXPECT_DOUBLE_EQ(*mean("mean(grad_norm[layer=0])"), 1.5);
  EXPECT_DOUBLE_EQ(*mean("mean(grad_norm[projection=q])"), 3.5);
}

TEST_F(MeanOfCurves, MayBeTheLargestOrASumInstead) {
  norms(kScore1,
        {{{"grad_norm", 0, {}, "q", ""}, 1.0},
         {{"grad_norm", 0, {}, "v", ""}, 2.0},
         {{"grad_norm", 1, {}, "q", ""}, 6.0}});

  EXPECT_EQ(*mean("max(grad_norm)"), 6.0);
  EXPECT_EQ(*mean("min(grad_norm[projection=q])"), 1.0);
  EXPECT_EQ(*mean("sum(grad_norm[layer=0])"), 3.0);
}

TEST_F(MeanOfCurves, OfOneCurveIsTheCurve) {
  norms(kScore1, {{{"grad_norm", 1, {}, "q", ""}, 6.0}});

  EXPECT_DOUBLE_EQ(*mean("mean(grad_norm)"), *mean("grad_norm[layer=1,projection=q]"));
  EXPECT_DOUBLE_EQ(*mean("mean(eval.accuracy)"), *mean("eval.accuracy"));
}

TEST_F(MeanOfCurves, IsMissingWhereACurveEndsInNoNumber) {
  norms(kScore1,
        {{{"grad_norm", 0, {}, "q", ""}, 1.0},
         {{"grad_norm", 1, {}, "q", ""}, std::numeric_limits<double>::quiet_NaN()}});

  EXPECT_FALSE(mean("mean(grad_norm)").has_value());
}

TEST_F(MeanOfCurves, RefusesWhatIsNoMetric) {
  norms(kScore1, {{{"grad_norm", 0, {}, "q", ""}, 1.0}});
  ComparisonOptions options;
  options.metrics = {"mean(grad_nor)"};
  EXPECT_THAT(load(options).error().message, HasSubstr("did you mean 'grad_norm'?"));
  options.metrics = {"mean(grad_norm[layers=0])"};
  EXPECT_FALSE(load(options).has_value());
}

}  // namespace
}  // namespace retort
