#include "gui/models/column_spans.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace retort::gui {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

DecimationView viewOf(double begin, double end, int columns, bool is_log = false) {
  return {begin, end, columns, is_log};
}

/// By the definition, sample by sample.
std::vector<ColumnSpan> slowSpans(const SeriesData& data, const DecimationView& view) {
  std::vector<ColumnSpan> spans;
  const double columns_per_x = view.columns / (view.x_end - view.x_begin);
  for (int column = 0; column < view.columns; ++column) {
    ColumnSpan span;
    span.column = column;
    bool has_samples = false;
    for (const Sample& sample : data.samples()) {
      const int place =
          std::min(view.columns - 1, static_cast<int>((sample.x - view.x_begin) * columns_per_x));
      if (sample.x < view.x_begin || sample.x > view.x_end || place != column) {
        continue;
      }
      const bool is_shown = std::abs(sample.y) <= kLargestDrawn && (!view.is_log || sample.y > 0);
      span.first = has_samples ? span.first : is_shown ? sample.y : std::nan("");
      span.last = is_shown ? sample.y : std::nan("");
      if (is_shown) {
        span.lowest = std::min(span.lowest, sample.y);
        span.highest = std::max(span.highest, sample.y);
      }
      has_samples = true;
    }
    if (has_samples) {
      spans.push_back(span);
    }
  }
  return spans;
}

void expectSame(const std::vector<ColumnSpan>& spans, const std::vector<ColumnSpan>& expected) {
  ASSERT_EQ(spans.size(), expected.size());
  for (std::size_t i = 0; i < spans.size(); ++i) {
    EXPECT_EQ(spans[i].column, expected[i].column);
    EXPECT_EQ(spans[i].lowest, expected[i].lowest);
    EXPECT_EQ(spans[i].highest, expected[i].highest);
    EXPECT_TRUE(spans[i].first == expected[i].first ||
                (std::isnan(spans[i].first) && std::isnan(expected[i].first)));
    EXPECT_TRUE(spans[i].last == expected[i].last ||
                (std::isnan(spans[i].last) && std::isnan(expected[i].last)));
  }
}

TEST(ColumnSpans, KeepTheExtremesOfEveryColumnHoweverManySamplesItHas) {
  std::mt19937 random(7);
  std::normal_distribution<double> noise(0.5, 1);
  SeriesData data;
  for (int i = 0; i < 5000; ++i) {
    data.append({i * 0.7 + 0.1, i % 400 == 9 ? std::nan("") : noise(random)});
  }
  for (const bool is_log : {false, true}) {
    for (const int columns : {7, 640, 6000}) {  // searched, walked, few samples
      const DecimationView view = viewOf(100, 3000, columns, is_log);
      expectSame(columnSpans(data, view).spans, slowSpans(data, view));
    }
  }
}

TEST(ColumnSpans, NameTheSamplesBesideTheView) {
  const SeriesData data({{0, 1}, {1, 2}, {2, 3}, {3, 4}});
  const ColumnSpans inside = columnSpans(data, viewOf(0.5, 2.5, 10));
  EXPECT_EQ(inside.before, (Sample{0, 1}));
  EXPECT_EQ(inside.after, (Sample{3, 4}));
  const ColumnSpans all = columnSpans(data, viewOf(0, 3, 10));
  EXPECT_FALSE(all.before || all.after);
  EXPECT_EQ(all.spans.back().column, 9);  // the sample at the very end is in the last column
}

TEST(ColumnSpans, TellWhatALineCannotShow) {
  for (const int repeats : {1, 300}) {  // walked, searched
    SeriesData data;
    for (const double y : {1.0, std::nan(""), kInfinity, 1e250, -kInfinity, -5.0}) {
      for (int i = 0; i < repeats; ++i) {
        data.append({static_cast<double>(data.size()) / repeats, y});
      }
    }
    const auto linear = columnSpans(data, viewOf(0, 6, 6)).spans;
    ASSERT_EQ(linear.size(), 6u);
    EXPECT_TRUE(linear[1].has_nan && linear[1].isEmpty());
    EXPECT_TRUE(linear[2].has_above && linear[3].has_above && linear[4].has_below);
    EXPECT_EQ(linear[5].lowest, -5);
    EXPECT_FALSE(linear[5].has_below);
    const auto logarithmic = columnSpans(data, viewOf(0, 6, 6, true)).spans;
    EXPECT_TRUE(logarithmic[5].has_below && logarithmic[5].isEmpty());
  }
}

TEST(ColumnSpans, OfNothingAreNone) {
  EXPECT_TRUE(columnSpans(SeriesData(), viewOf(0, 1, 10)).spans.empty());
  const SeriesData data({{0, 1}, {10, 2}});
  const ColumnSpans between = columnSpans(data, viewOf(3, 4, 10));
  EXPECT_TRUE(between.spans.empty());
  EXPECT_TRUE(between.before && between.after);
}

}  // namespace
}  // namespace retort::gui
