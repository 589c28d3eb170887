#include "gui/models/run_colors.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include <fmt/format.h>

namespace retort::gui {
namespace {

/// Of WCAG 2.1.
double luminance(const QColor& color) {
  const auto linear = [](double part) {
    return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) +
         0.0722 * linear(color.blueF());
}

double contrast(const QColor& one, const QColor& other) {
  const double first = luminance(one) + 0.05;
  const double second = luminance(other) + 0.05;
  return first > second ? first / second : second / first;
}

TEST(RunColor, IsAlwaysTheSame) {
  // The colour of a run in last year's figure.
  EXPECT_EQ(runColor("0123456789abcdef", false), runColor("0123456789abcdef", false));
  EXPECT_EQ(runColor("0123456789abcdef", false).name(), "#7a3e9d");
}

std::vector<RunRecord> runsCalled(const std::vector<std::string>& run_ids) {
  std::vector<RunRecord> runs;
  for (const std::string& run_id : run_ids) {
    runs.emplace_back().spec.run_id = run_id;
  }
  return runs;
}

TEST(RunColor, TellsNumberedRunsApart) {
  std::vector<std::string> runs;
  for (int i = 0; i < 36; ++i) {
    runs.push_back(fmt::format("numbered{:08x}", i));
  }
  numberRuns(runsCalled(runs));

  std::set<QRgb> colors;
  std::set<int> hues;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    colors.insert(runColor(runs[i], false).rgb());
    if (i < 12) {
      hues.insert(runColor(runs[i], false).hue());
    }
  }
  EXPECT_EQ(colors.size(), 36U);
  EXPECT_EQ(hues.size(), 12U);
}

TEST(RunColor, StaysWhenRunsAreRemoved) {
  numberRuns(runsCalled({"removed", "kept"}));
  const QColor before = runColor("kept", false);

  numberRuns(runsCalled({"kept", "new"}));

  EXPECT_EQ(runColor("kept", false), before);
  EXPECT_NE(runColor("new", false), before);
}

TEST(RunColor, GoesByAgeAndIdWhateverTheOrderOfTheList) {
  std::vector<RunRecord> runs = runsCalled({"age-c", "age-a", "age-b", "age-d"});
  runs[0].created_ms = 7;  // listed first for its priority
  runs[1].created_ms = 5;
  runs[2].created_ms = 5;
  runs[3].created_ms = 6;
  numberRuns(runs);
  std::vector<RunRecord> expected = runsCalled({"age-a", "age-b", "age-d", "age-c"});
  std::vector<QRgb> colors;
  for (const RunRecord& run : expected) {
    colors.push_back(runColor(run.spec.run_id, false).rgb());
  }
  std::vector<std::string> again;
  for (int i = 0; i < 32; ++i) {  // the rest of the cycle
    again.push_back(fmt::format("later{:02}", i));
  }
  numberRuns(runsCalled(again));
  const std::vector<RunRecord> next = runsCalled({"z-d", "z-c", "z-b", "z-a"});
  numberRuns(next);
  EXPECT_EQ(runColor("z-a", false).rgb(), colors[0]);
  EXPECT_EQ(runColor("z-b", false).rgb(), colors[1]);
  EXPECT_EQ(runColor("z-c", false).rgb(), colors[2]);
  EXPECT_EQ(runColor("z-d", false).rgb(), colors[3]);
}

TEST(RunColor, StandsOutFromItsBackground) {
  std::set<QRgb> light;
  std::set<QRgb> dark;
  for (int i = 0; i < 2000; ++i) {
    const std::string run_id = fmt::format("{:016x}", i);
    EXPECT_GT(contrast(runColor(run_id, false), Qt::white), 2.4) << run_id;
    EXPECT_GT(contrast(runColor(run_id, true), QColor(0x1e, 0x20, 0x24)), 3.0) << run_id;
    light.insert(runColor(run_id, false).rgb());
    dark.insert(runColor(run_id, true).rgb());
  }
  EXPECT_EQ(light.size(), 36U);
  EXPECT_EQ(dark.size(), 36U);
}

}  // namespace
}  // namespace retort::gui
