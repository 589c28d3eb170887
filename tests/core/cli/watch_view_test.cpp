#include "core/cli/views/watch_view.h"

#include "core/tables/text_width.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::cli {
namespace {

using ::testing::HasSubstr;

SeriesKey norm(int layer, const std::string& projection) {
  return {"grad_norm", layer, {}, projection, ""};
}

/// A running run with two curves and gradient norms of `layers` layers, and `others` more.
WatchModel model(int layers, int others) {
  WatchModel model;
  model.grid.title = "losses";
  model.grid.total = static_cast<std::size_t>(others) + 1;
  model.grid.counts[RunState::kRunning] = model.grid.total;
  for (int i = 0; i <= others; ++i) {
    RunProgress run;
    run.run_id = std::to_string(i);
    run.name = "loss=map seed=" + std::to_string(i);
    run.state = RunState::kRunning;
    run.phase = "kd_qat";
    run.step = 10;
    run.total_steps = 20;
    model.grid.runs.push_back(run);
  }
  model.run.run_id = std::to_string(others);
  model.run.curves = {{"train.loss", {{1, 3}, {2, 1}}}, {"eval.accuracy", {{2, 0.5}}}};
  std::vector<std::pair<SeriesKey, Point>> latest;
  for (int layer = 0; layer < layers; ++layer) {
    for (const char* projection : {"ffn1", "k", "q", "v"}) {
      latest.push_back({norm(layer, projection), {10, 0.1 * (layer + 1)}});
    }
  }
  model.run.maps = {heatMapOf("gradient norm", latest)};
  model.run.single_norms = {{"word_embeddings", 0.25}};
  return model;
}

TEST(HeatMapOf, OrdersLayersDownAndProjectionsAcross) {
  const HeatMap map = heatMapOf("t",
                                {{norm(1, "extra"), {0, 6}},
                                 {norm(1, "q"), {0, 5}},
                                 {norm(0, "v"), {0, 4}},
                                 {norm(10, "q"), {0, 3}},
                                 {{"grad_norm", {}, {}, "pooler", ""}, {0, 9}}});

  EXPECT_EQ(map.column_labels, (std::vector<std::string>{"q", "v", "extra"}));
  EXPECT_EQ(map.row_labels, (std::vector<std::string>{"layer 0", "layer 1", "layer 10"}));
  EXPECT_EQ(map.values[1][0], 5);
  EXPECT_TRUE(std::isnan(map.values[0][0]));
}

TEST(HeatMapOf, HasAColumnForEachHead) {
  const HeatMap map =
      heatMapOf("t", {{{"kl", 0, 1, "", ""}, {0, 2}}, {{"kl", 0, 0, "", ""}, {0, 1}}});

  EXPECT_EQ(map.column_labels, (std::vector<std::string>{"head 1", "head 0"}));
}

TEST(ChooseCurves, PutsLossesFirstAndLeavesOutDimensions) {
  const auto keys = chooseCurves({{"learning_rate", {}, {}, "", ""},
                                  {"eval.loss", {}, {}, "", ""},
                                  norm(0, "q"),
                                  {"train.loss", {}, {}, "", ""}});

  ASSERT_EQ(keys.size(), 3U);
  EXPECT_EQ(keys[0].metric, "train.loss");
  EXPECT_EQ(keys[1].metric, "eval.loss");
  EXPECT_EQ(keys[2].metric, "learning_rate");
}

TEST(WatchView, ShowsRunsCurvesAndGradientNorms) {
  const auto lines = renderWatch(model(3, 1), 100, 40, false);

  const std::string text = testing::PrintToString(lines);
  EXPECT_THAT(lines[0], HasSubstr("losses: 0 of 2 finished, 2 running"));
  EXPECT_THAT(lines[2], testing::StartsWith("› loss=map seed=1"));
  EXPECT_THAT(text, HasSubstr("train.loss"));
  EXPECT_THAT(text, HasSubstr("gradient norm  0.10 … 0.30, log scale"));
  EXPECT_THAT(text, HasSubstr("layer 2"));
  EXPECT_THAT(text, HasSubstr("word_embeddings 0.25"));
}

TEST(WatchView, FitsTheTerminalWhateverIsShown) {
  for (const auto& [columns, rows] :
       {std::pair(80U, 24U), std::pair(200U, 50U), std::pair(40U, 8U)}) {
    for (const int runs : {0, 3, 400}) {
      WatchModel shown = model(24, runs);
      shown.has_keys = true;
      const auto lines = renderWatch(shown, columns, rows, false);
      EXPECT_EQ(lines.size(), rows);
      for (const std::string& line : lines) {
        EXPECT_LE(displayWidth(line), columns) << line;
      }
      EXPECT_THAT(lines.back(), HasSubstr("q quit"));
    }
  }
}

TEST(WatchView, KeepsTheWatchedRunInSight) {
  const auto lines = renderWatch(model(2, 400), 80, 24, false);

  EXPECT_THAT(testing::PrintToString(lines), HasSubstr("› loss=map seed=400"));
}

TEST(WatchView, SaysWhenThereIsNothingToWatch) {
  WatchModel empty;
  empty.grid.title = "losses";

  EXPECT_THAT(testing::PrintToString(renderWatch(empty, 80, 24, false)),
              HasSubstr("no run to watch"));
}

TEST(WatchView, EscapesNamesAndMessages) {
  WatchModel shown = model(1, 0);
  shown.grid.runs[0].name = "evil\x1b]0;title\x07";
  shown.grid.runs[0].message = "\x1b[2J";

  for (const std::string& line : renderWatch(shown, 80, 24, false)) {
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
  }
}

}  // namespace
}  // namespace retort::cli
