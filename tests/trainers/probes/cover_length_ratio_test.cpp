#include "trainers/probes/cover_length_ratio.h"

#include "tests/trainers/probes/probe_golden.h"

#include <gtest/gtest.h>

namespace retort::train {

namespace {

at::Tensor mapOf(const Json& values) {
  return tensorOf(values).unsqueeze(0).unsqueeze(0);
}

TEST(CoverLengthRatio, IsThePlaceOfTheLastOfTheTeachersFirstKeys) {
  const at::Tensor teacher = mapOf({{0.5, 0.3, 0.2}, {0.1, 0.2, 0.7}, {0.1, 0.2, 0.7}});
  const at::Tensor student = mapOf({{0.5, 0.2, 0.3}, {0.7, 0.2, 0.1}, {0.1, 0.2, 0.7}});
  const at::Tensor mask = at::ones({1, 3});

  // k = 1: the teacher's first key is at places 0, 2 and 0. k = 2: the two are covered at 2, 2, 1.
  EXPECT_NEAR(coverLengthRatio(student, teacher, mask, 1).item<double>(), 2.0 / 9, 1e-12);
  EXPECT_NEAR(coverLengthRatio(student, teacher, mask, 2).item<double>(), 5.0 / 9, 1e-12);
  EXPECT_NEAR(coverLengthRatio(student, teacher, mask, 2, /*leaves_last_row=*/true).item<double>(),
              4.0 / 9,
              1e-12);
}

TEST(CoverLengthRatio, OfTheTeacherItselfIsTheFloor) {
  const ProbeGolden golden;
  const at::Tensor& mask = golden.batch.attention_mask;

  const at::Tensor ratio = coverLengthRatio(golden.teacher[0], golden.teacher[0], mask, 5);

  // Sentences of 7, 4 and 9 tokens; the second has only 4 keys to cover.
  const double floor = (4.0 / 7 + 3.0 / 4 + 4.0 / 9) / 3;
  EXPECT_NEAR(coverLengthFloor(mask, 5), floor, 1e-15);
  EXPECT_LT(largestDifference(ratio, at::full({3}, floor, at::kDouble)), 1e-12);
}

TEST(CoverLengthRatio, KeepsTheOrderOfKeysThatAreAlike) {
  const at::Tensor alike = at::full({1, 1, 4, 4}, 0.25);

  EXPECT_EQ(coverLengthRatio(alike, alike, at::ones({1, 4}), 2).item<double>(), 0.25);
}

TEST(CoverLengthRatio, AgreesWithTheAuthorsNotebookAndLogs) {
  const ProbeGolden golden;
  for (std::size_t layer = 0; layer < golden.student.size(); ++layer) {
    const auto ratio = [&](std::int64_t k, bool leaves_last_row) {
      return coverLengthRatio(golden.student[layer],
                              golden.teacher[layer],
                              golden.batch.attention_mask,
                              k,
                              leaves_last_row);
    };

    EXPECT_LT(largestDifference(ratio(5, true), golden.expected("cover_published_k5", layer)),
              1e-12);
    EXPECT_LT(largestDifference(ratio(3, false), golden.expected("cover_logged_k3", layer)), 1e-12);
  }
}

TEST(CoverLengthRatio, AgreesWithTheGoldenVectors) {
  const Json golden = testData("encoder_golden_vectors.json").at("metrics");

  const at::Tensor ratio = coverLengthRatio(tensorOf(golden.at("student_probs")),
                                            tensorOf(golden.at("teacher_probs")),
                                            at::ones({1, 8}),
                                            5,
                                            /*leaves_last_row=*/true);

  EXPECT_LT(largestDifference(ratio, tensorOf(golden.at("clr_top5"))), 1e-12);
}

TEST(CoverLengthRatio, RefusesWhatDoesNotFit) {
  const at::Tensor map = at::ones({1, 1, 2, 2});
  EXPECT_THROW(static_cast<void>(coverLengthRatio(map, map, at::ones({1, 2}), 0)), c10::Error);
  EXPECT_THROW(
      static_cast<void>(coverLengthRatio(map, at::ones({1, 1, 3, 3}), at::ones({1, 2}), 1)),
      c10::Error);
}

TEST(CoverLengthRatioProbe, ReadsItsKAndReportsTheFloor) {
  const ProbeGolden golden;
  ModelTrace student;
  student.prob = golden.student;
  ModelTrace teacher;
  teacher.prob = golden.teacher;
  const SettingValues settings = {{"probe.cover_length_ratio.k", 3}};
  std::vector<MetricPoint> points;

  coverLengthRatioProbe().measure(
      {.batch = golden.batch, .student = &student, .teacher = &teacher, .settings = &settings},
      points);

  ASSERT_EQ(points.size(), 7U);
  EXPECT_EQ(points[3].series, (SeriesKey{.metric = "cover_length_ratio", .layer = 1, .head = 0}));
  EXPECT_NEAR(points[3].value, golden.expected("cover_logged_k3", 1)[0].item<double>(), 1e-12);
  EXPECT_EQ(points[6].series, (SeriesKey{.metric = "cover_length_ratio_floor"}));
  EXPECT_NEAR(points[6].value, (2.0 / 7 + 2.0 / 4 + 2.0 / 9) / 3, 1e-15);
}

}  // namespace

}  // namespace retort::train
