#include "core/cli/watch_loader.h"

#include "tests/core/cli/store_fixture.h"

namespace retort::cli {
namespace {

class WatchedStore : public LossStore {
 protected:
  void SetUp() override {
    LossStore::SetUp();
    for (const char* id : {kScore1, kMap1}) {
      ingest(id,
             {other("open", {{"protocol", 1}, {"run", id}, {"from_step", -1}}),
              point("train.loss", 1, 3),
              point("train.loss", 2, 2)});
    }
    loader_ = std::make_unique<WatchLoader>(
        *store_, "losses", std::vector<std::string>{kScore1, kScore2, kMap1});
  }

  std::unique_ptr<WatchLoader> loader_;
};

TEST_F(WatchedStore, LooksIntoTheRunThatRuns) {
  setState(kMap1, RunState::kRunning);

  const auto model = loader_->load();

  ASSERT_TRUE(model.has_value());
  EXPECT_EQ(model->run.run_id, kMap1);
  ASSERT_EQ(model->run.curves.size(), 1U);
  EXPECT_EQ(model->run.curves[0].points.size(), 2U);
}

TEST_F(WatchedStore, LooksIntoTheLastOneWhenNoneRuns) {
  setState(kScore2, RunState::kQueued);
  setState(kScore1, RunState::kFinished);

  EXPECT_EQ(loader_->load()->run.run_id, kScore1);
}

TEST_F(WatchedStore, StaysWithTheRunThatTheUserChose) {
  setState(kMap1, RunState::kRunning);
  ASSERT_TRUE(loader_->load().has_value());

  loader_->choose(kScore2);

  EXPECT_EQ(loader_->load()->run.run_id, kScore2);
  EXPECT_TRUE(loader_->load()->run.curves.empty());
}

TEST_F(WatchedStore, AddsNewPointsToWhatItRead) {
  setState(kMap1, RunState::kRunning);
  ASSERT_EQ(loader_->load()->run.curves[0].points.size(), 2U);

  ingest(kMap1, {point("train.loss", 3, 1)});

  const auto points = loader_->load()->run.curves[0].points;
  EXPECT_EQ(points, (std::vector<Point>{{1, 3}, {2, 2}, {3, 1}}));
}

TEST_F(WatchedStore, ReadsACurveAgainAfterAResumeTookPointsBack) {
  setState(kMap1, RunState::kRunning);
  ASSERT_EQ(loader_->load()->run.curves[0].points.size(), 2U);
  Event open = other("open", {{"protocol", 1}, {"run", kMap1}, {"from_step", 1}});
  open.attempt = 2;
  Event next = point("train.loss", 2, 7);
  next.attempt = 2;

  ingest(kMap1, {open, next});

  EXPECT_EQ(loader_->load()->run.curves[0].points, (std::vector<Point>{{1, 3}, {2, 7}}));
}

TEST_F(WatchedStore, MapsTheLatestGradientNorms) {
  Event norms = point("x", 5, 0);
  norms.points = {{{"grad_norm", 0, {}, "q", ""}, 2.0},
                  {{"grad_norm", 1, {}, "q", ""}, 3.0},
                  {{"grad_norm", {}, {}, "pooler", ""}, 4.0}};
  ingest(kMap1, {norms});
  setState(kMap1, RunState::kRunning);

  const auto model = loader_->load();

  ASSERT_EQ(model->run.maps.size(), 1U);
  EXPECT_EQ(model->run.maps[0].values, (std::vector<std::vector<double>>{{2}, {3}}));
  EXPECT_EQ(model->run.single_norms[0].second, 4.0);
}

}  // namespace
}  // namespace retort::cli
