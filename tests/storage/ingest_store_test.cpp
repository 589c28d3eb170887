#include "storage/ingest_store.h"

#include "tests/storage/store_fixture.h"

#include <cmath>

namespace retort::storage {
namespace {

using IngestStoreTest = StoreTest;

TEST_F(IngestStoreTest, StoresPointsAndTheOffsetTogether) {
  expectOk(
      ingest(runId(1), {openEvent(runId(1), 1), lossEvent(1, 1, 0.5), lossEvent(1, 2, 0.25)}, 321));

  EXPECT_EQ(pointsOf(runId(1), lossSeries()), (std::vector<Point>{{1, 0.5}, {2, 0.25}}));
  const IngestState state = valueOf(store_.ingest().state(runId(1)));
  EXPECT_EQ(state, (IngestState{321, 1, "first"}));
  EXPECT_EQ(valueOf(store_.runs().get(runId(1))).step, 2);
}

TEST_F(IngestStoreTest, RefusesABatchThatDoesNotFollowWhatIsStored) {
  EventBatch batch;
  batch.run_id = runId(1);
  batch.after = {50, 1, "h"};
  batch.events = {openEvent(runId(1), 1), lossEvent(1, 1, 0.5)};
  expectOk(store_.ingest().append(batch));

  expectError(store_.ingest().append(batch), ErrorCode::kDatabase, "stored up to byte 50, not 0");

  EXPECT_EQ(pointsOf(runId(1), lossSeries()).size(), 1U);
  EXPECT_EQ(valueOf(store_.events().list({})).size(), 1U);
}

TEST_F(IngestStoreTest, RefusesAnUnknownRun) {
  EventBatch batch;
  batch.run_id = runId(8);

  expectError(store_.ingest().append(batch), ErrorCode::kNotFound, runId(8));
  expectError(store_.ingest().state(runId(8)), ErrorCode::kNotFound, runId(8));
  expectError(store_.ingest().restart(runId(8)), ErrorCode::kNotFound, runId(8));
}

TEST_F(IngestStoreTest, KeepsNaNAndInfinities) {
  expectOk(ingest(runId(1),
                  {openEvent(runId(1), 1),
                   lossEvent(1, 1, kNaN),
                   lossEvent(1, 2, kInfinity),
                   lossEvent(1, 3, -kInfinity),
                   lossEvent(1, 4, -0.0)}));

  const auto points = pointsOf(runId(1), lossSeries());

  ASSERT_EQ(points.size(), 4U);
  EXPECT_TRUE(std::isnan(points[0].value));
  EXPECT_EQ(points[1].value, kInfinity);
  EXPECT_EQ(points[2].value, -kInfinity);
  EXPECT_EQ(points[3].value, 0.0);
}

TEST_F(IngestStoreTest, TellsCurvesApartByEveryDimension) {
  SeriesKey layer = gradientSeries(0, "q");
  SeriesKey head = layer;
  head.head = 0;
  SeriesKey component = layer;
  component.component = "map";
  SeriesKey other_layer = gradientSeries(1, "q");
  SeriesKey none;
  none.metric = "grad_norm";
  expectOk(ingest(
      runId(1),
      {openEvent(runId(1), 1),
       metricsEvent(1, 5, {{layer, 1}, {head, 2}, {component, 3}, {other_layer, 4}, {none, 5}})}));
  expectOk(ingest(runId(1), {metricsEvent(1, 6, {{head, 20}, {none, 50}})}));

  EXPECT_EQ(valueOf(store_.metrics().series(runId(1))).size(), 5U);
  EXPECT_EQ(pointsOf(runId(1), layer), (std::vector<Point>{{5, 1}}));
  EXPECT_EQ(pointsOf(runId(1), head), (std::vector<Point>{{5, 2}, {6, 20}}));
  EXPECT_EQ(pointsOf(runId(1), component), (std::vector<Point>{{5, 3}}));
  EXPECT_EQ(pointsOf(runId(1), other_layer), (std::vector<Point>{{5, 4}}));
  EXPECT_EQ(pointsOf(runId(1), none), (std::vector<Point>{{5, 5}, {6, 50}}));
}

TEST_F(IngestStoreTest, ALaterPointOfTheSameStepReplacesTheEarlierOne) {
  expectOk(ingest(runId(1), {openEvent(runId(1), 1), lossEvent(1, 1, 0.5), lossEvent(1, 1, 0.75)}));
  EXPECT_EQ(pointsOf(runId(1), lossSeries()), (std::vector<Point>{{1, 0.75}}));

  expectOk(ingest(runId(1), {lossEvent(1, 1, 1.5)}));
  EXPECT_EQ(pointsOf(runId(1), lossSeries()), (std::vector<Point>{{1, 1.5}}));
}

TEST_F(IngestStoreTest, AResumeReplacesTheStepsAfterItsCheckpoint) {
  expectOk(ingest(
      runId(1),
      {openEvent(runId(1), 1), lossEvent(1, 1, 0.1), lossEvent(1, 2, 0.2), lossEvent(1, 3, 0.3)}));
  EXPECT_EQ(valueOf(store_.runs().get(runId(1))).step, 3);

  expectOk(ingest(runId(1), {openEvent(runId(1), 2, 1)}));

  EXPECT_EQ(pointsOf(runId(1), lossSeries()), (std::vector<Point>{{1, 0.1}}));
  EXPECT_EQ(valueOf(store_.metrics().stepTimes(runId(1))).size(), 1U);
  EXPECT_EQ(valueOf(store_.runs().get(runId(1))).step, 1);
  expectOk(ingest(runId(1), {lossEvent(2, 2, 9.0)}));
  EXPECT_EQ(pointsOf(runId(1), lossSeries()), (std::vector<Point>{{1, 0.1}, {2, 9.0}}));
}

TEST_F(IngestStoreTest, AResumeInTheSameBatchCountsFromItsPlaceOn) {
  expectOk(ingest(runId(1),
                  {openEvent(runId(1), 1),
                   lossEvent(1, 1, 0.1),
                   lossEvent(1, 2, 0.2),
                   openEvent(runId(1), 2, 1),
                   lossEvent(2, 2, 0.22),
                   lossEvent(2, 3, 0.33)}));

  EXPECT_EQ(pointsOf(runId(1), lossSeries()), (std::vector<Point>{{1, 0.1}, {2, 0.22}, {3, 0.33}}));
}

TEST_F(IngestStoreTest, AnAttemptFromTheStartReplacesEverything) {
  expectOk(ingest(runId(1),
                  {openEvent(runId(1), 1),
                   metricsEvent(1, 0, {{gradientSeries(0, "q"), 1.0}}),
                   lossEvent(1, 1, 0.1)}));

  expectOk(ingest(runId(1), {openEvent(runId(1), 2, -1)}));

  EXPECT_TRUE(valueOf(store_.metrics().series(runId(1))).empty());
  EXPECT_EQ(valueOf(store_.runs().get(runId(1))).step, 0);
}

TEST_F(IngestStoreTest, LeavesOtherRunsAloneWhenOneIsResumed) {
  expectOk(ingest(runId(1), {openEvent(runId(1), 1), lossEvent(1, 5, 0.1)}));
  expectOk(ingest(runId(2), {openEvent(runId(2), 1), lossEvent(1, 5, 0.2)}));

  expectOk(ingest(runId(1), {openEvent(runId(1), 2, -1)}));

  EXPECT_EQ(pointsOf(runId(2), lossSeries()), (std::vector<Point>{{5, 0.2}}));
}

TEST_F(IngestStoreTest, IgnoresMetricsOfAnAttemptThatIsOver) {
  expectOk(ingest(runId(1), {openEvent(runId(1), 1), openEvent(runId(1), 2)}));

  expectOk(ingest(runId(1), {lossEvent(1, 7, 0.1), lossEvent(2, 1, 0.2)}));

  EXPECT_EQ(pointsOf(runId(1), lossSeries()), (std::vector<Point>{{1, 0.2}}));
}

TEST_F(IngestStoreTest, PhasesTellTheProgress) {
  expectOk(ingest(runId(1),
                  {openEvent(runId(1), 1),
                   eventOf("phase", 1, 5, {{"name", "train"}, {"total_steps", 1200}})}));
  RunRecord run = valueOf(store_.runs().get(runId(1)));
  EXPECT_EQ(run.phase, "train");
  EXPECT_EQ(run.total_steps, 1200);

  expectOk(ingest(runId(1), {eventOf("phase", 1, 6, {{"name", "evaluate"}})}));

  run = valueOf(store_.runs().get(runId(1)));
  EXPECT_EQ(run.phase, "evaluate");
  EXPECT_EQ(run.total_steps, 1200);
}

TEST_F(IngestStoreTest, SurvivesFieldsOfTheWrongType) {
  expectOk(ingest(runId(1),
                  {eventOf("open", 1, 1, {{"from_step", "x"}}),
                   eventOf("phase", 1, 5, {{"name", 5}, {"total_steps", 1e300}}),
                   eventOf("phase", 1, 5, {{"total_steps", "many"}}),
                   eventOf("result", 1, 5, {{"metrics", 3}}),
                   eventOf("result", 1, 5, {{"metrics", {{"a", "text"}, {"b", 2.0}}}}),
                   eventOf("result", 1, 5)}));

  const RunRecord run = valueOf(store_.runs().get(runId(1)));
  EXPECT_EQ(run.phase, "");
  EXPECT_EQ(run.total_steps, 0);
  EXPECT_EQ(valueOf(store_.metrics().results(runId(1))),
            (std::map<std::string, double>{{"b", 2.0}}));
}

TEST_F(IngestStoreTest, KeepsResultsUntilTheRunIsResumed) {
  expectOk(ingest(
      runId(1),
      {openEvent(runId(1), 1),
       eventOf("result", 1, 5, {{"metrics", {{"eval.accuracy", 0.9}, {"eval.loss", "NaN"}}}})}));
  const auto results = valueOf(store_.metrics().results(runId(1)));
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results.at("eval.accuracy"), 0.9);
  EXPECT_TRUE(std::isnan(results.at("eval.loss")));

  expectOk(ingest(runId(1), {openEvent(runId(1), 2, 3)}));

  EXPECT_TRUE(valueOf(store_.metrics().results(runId(1))).empty());
}

TEST_F(IngestStoreTest, SkipsUnknownKindsAndHeartbeats) {
  expectOk(ingest(runId(1),
                  {openEvent(runId(1), 1),
                   eventOf("heartbeat", 1, 2, {{"counter", 1}}),
                   eventOf("from_the_future", 1, 3)}));

  const auto events = valueOf(store_.events().list({}));
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].event.kind, "open");
}

TEST_F(IngestStoreTest, RecordsAttemptsThatNobodyHasAnnounced) {
  AttemptRecord started;
  started.attempt = 1;
  started.process = {11, 22, "boot"};
  started.started_ms = 5;
  expectOk(store_.runs().startAttempt(runId(1), started));

  expectOk(ingest(runId(1), {openEvent(runId(1), 1), openEvent(runId(1), 2)}));

  const auto attempts = valueOf(store_.runs().attempts(runId(1)));
  ASSERT_EQ(attempts.size(), 2U);
  EXPECT_EQ(attempts[0], started);
  EXPECT_EQ(attempts[1].attempt, 2);
  EXPECT_EQ(attempts[1].process, ProcessIdentity());
  EXPECT_EQ(attempts[1].started_ms, 2000);
}

TEST_F(IngestStoreTest, TheFirstReportOfAStepGivesItsTime) {
  expectOk(ingest(runId(1),
                  {openEvent(runId(1), 1),
                   metricsEvent(1, 1, {{lossSeries(), 0.1}}, 500),
                   metricsEvent(1, 1, {{gradientSeries(0, "q"), 0.1}}, 700)}));

  EXPECT_EQ(valueOf(store_.metrics().stepTimes(runId(1))), (std::vector<StepTime>{{1, 500}}));
}

TEST_F(IngestStoreTest, RestartForgetsAllThatCameFromTheFile) {
  expectOk(ingest(runId(1),
                  {openEvent(runId(1), 1),
                   eventOf("phase", 1, 5, {{"name", "train"}, {"total_steps", 10}}),
                   lossEvent(1, 3, 0.1)}));

  expectOk(store_.ingest().restart(runId(1)));

  EXPECT_EQ(valueOf(store_.ingest().state(runId(1))), IngestState());
  EXPECT_TRUE(valueOf(store_.metrics().series(runId(1))).empty());
  EXPECT_TRUE(valueOf(store_.metrics().stepTimes(runId(1))).empty());
  EXPECT_TRUE(valueOf(store_.events().list({})).empty());
  const RunRecord run = valueOf(store_.runs().get(runId(1)));
  EXPECT_EQ(run.step, 0);
  EXPECT_EQ(run.total_steps, 0);
  EXPECT_EQ(run.phase, "");
}

TEST_F(IngestStoreTest, SeveralRunsShareOneTransaction) {
  const Status status = store_.write([&]() -> Status {
    expectOk(ingest(runId(1), {openEvent(runId(1), 1), lossEvent(1, 1, 0.1)}));
    expectOk(ingest(runId(2), {openEvent(runId(2), 1), lossEvent(1, 1, 0.2)}));
    return fail(ErrorCode::kIo, "the last one failed");
  });

  EXPECT_FALSE(status);
  EXPECT_EQ(valueOf(store_.ingest().state(runId(1))), IngestState());
  EXPECT_TRUE(valueOf(store_.metrics().series(runId(1))).empty());
  EXPECT_TRUE(valueOf(store_.metrics().series(runId(2))).empty());
}

TEST_F(IngestStoreTest, CurvesMadeInARolledBackTransactionAreMadeAgain) {
  (void)store_.write([&]() -> Status {
    expectOk(ingest(runId(1), {openEvent(runId(1), 1), lossEvent(1, 1, 0.1)}));
    return fail(ErrorCode::kIo, "rolled back");
  });

  expectOk(ingest(runId(2), {openEvent(runId(2), 1), lossEvent(1, 1, 0.2)}));
  expectOk(ingest(runId(1), {openEvent(runId(1), 1), lossEvent(1, 1, 0.3)}));

  EXPECT_EQ(pointsOf(runId(1), lossSeries()), (std::vector<Point>{{1, 0.3}}));
  EXPECT_EQ(pointsOf(runId(2), lossSeries()), (std::vector<Point>{{1, 0.2}}));
}

}  // namespace
}  // namespace retort::storage
