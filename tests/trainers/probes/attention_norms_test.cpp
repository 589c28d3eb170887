#include "trainers/probes/attention_norms.h"

#include "tests/trainers/models/tiny_encoder.h"
#include "tests/trainers/probes/probe_golden.h"
#include "trainers/probes/token_groups.h"

#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace retort::train {

namespace {

constexpr std::int64_t kWidth = 16;
constexpr std::int64_t kHeads = 2;

WordPieceTokenizer tinyTokenizer() {
  std::vector<std::string> vocabulary = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ",", "."};
  while (vocabulary.size() < 40) {
    vocabulary.push_back("w" + std::to_string(vocabulary.size()));
  }
  return WordPieceTokenizer(vocabulary, {});
}

/// [CLS] , w8 w9 [SEP]   and   [CLS] w7 [SEP].
TokenBatch sentences() {
  return batchFromJson({{"input_ids", {{2, 5, 8, 9, 3}, {2, 7, 3, 0, 0}}},
                        {"input_mask", {{1, 1, 1, 1, 1}, {1, 1, 1, 0, 0}}},
                        {"segment_ids", {{0, 0, 0, 0, 0}, {0, 0, 0, 0, 0}}},
                        {"seq_lengths", {5, 3}},
                        {"label_ids", {1, 0}}});
}

/// Both tiny models on the sentences.
class AttentionNormsProbe : public testing::Test {
 protected:
  AttentionNormsProbe() {
    const at::NoGradGuard no_grad;
    const ForwardOptions options{.trace = TraceSet(TracePart::kProb) | TracePart::kValue};
    student_trace_ = student_.forward(sentences(), options);
    teacher_trace_ = teacher_.forward(sentences(), options);
  }

  [[nodiscard]] ProbeInput input() const {
    return {.batch = sentences(),
            .student = &student_trace_,
            .teacher = &teacher_trace_,
            .training = {.student = &student_, .teacher = &teacher_, .tokenizer = &tokenizer_}};
  }

  [[nodiscard]] static std::vector<MetricPoint> measure(const ProbeInput& input) {
    std::vector<MetricPoint> points;
    attentionNormsProbe().measure(input, points);
    return points;
  }

  /// NaN when there is no such point.
  [[nodiscard]] static double valueOf(const std::vector<MetricPoint>& points,
                                      const std::string& metric,
                                      int layer,
                                      const std::string& group) {
    const SeriesKey series{.metric = metric, .layer = layer, .component = group};
    const auto found = std::find_if(points.begin(), points.end(), [&](const MetricPoint& point) {
      return point.series == series;
    });
    return found == points.end() ? std::nan("") : found->value;
  }

  TinyEncoder encoder_;
  BertModel student_ = encoder_.student();
  BertModel teacher_ = encoder_.teacher();
  WordPieceTokenizer tokenizer_ = tinyTokenizer();
  ModelTrace student_trace_;
  ModelTrace teacher_trace_;
};

/// Mean over heads and the tokens of one sentence of || W_O,h V_jh ||, head by head.
double meanTransformedNorm(const at::Tensor& value, const at::Tensor& weight, std::int64_t tokens) {
  double sum = 0;
  const std::int64_t size = kWidth / kHeads;
  for (std::int64_t head = 0; head < kHeads; ++head) {
    for (std::int64_t token = 0; token < tokens; ++token) {
      const at::Tensor f = weight.narrow(1, head * size, size).mv(value[head][token]);
      sum += f.norm().item<double>();
    }
  }
  return sum / static_cast<double>(kHeads * tokens);
}

TEST(TokenNorms, AgreeWithTheAuthorsModuleAndNotebook) {
  const ProbeGolden golden;
  const at::Tensor values = tensorOf(golden.values.at("value"));
  const at::Tensor weight = tensorOf(golden.values.at("output_weight"));
  const at::Tensor groups =
      tokenGroups(golden.batch, {.cls = {101}, .sep = {102}, .punctuation = {1010, 1012}});

  for (const std::int64_t b : {0, 1, 2}) {
    const auto n = golden.batch.lengths[b].item<std::int64_t>();
    const at::Tensor map = golden.student[0][b].narrow(1, 0, n).narrow(2, 0, n);
    const at::Tensor means =
        groupMeans(tokenNorms(map, values[b].narrow(1, 0, n), weight), groups[b].narrow(1, 0, n));

    const Json& expected = golden.values.at("norms_of_sentences").at(static_cast<std::size_t>(b));
    for (std::size_t group = 0; group < tokenGroupNames().size(); ++group) {
      const std::string& name = tokenGroupNames()[group];
      const at::Tensor mean = means.select(1, static_cast<std::int64_t>(group));
      if (expected.contains(name)) {
        EXPECT_LT(largestDifference(mean, tensorOf(expected.at(name))), 1e-9) << b << name;
      } else {
        EXPECT_TRUE(at::isnan(mean).all().item<bool>()) << b << name;
      }
    }
  }
}

TEST(TokenNorms, OfOneHeadAreProducts) {
  // One head, W_O = 2: f(x_j) = 2 V_j, of norms 10 and 26; the second query looks at both.
  const at::Tensor map = tensorOf({{{1, 0}, {0.25, 0.75}}});
  const at::Tensor value = tensorOf({{{3, 4}, {5, 12}}});

  const at::Tensor norms = tokenNorms(map, value, 2 * at::eye(2, at::kDouble));

  const Json expected = {{0.625, 0.375}, {10, 26}, {0.625 * 10, 0.375 * 26}};
  EXPECT_LT(largestDifference(norms, tensorOf(expected)), 1e-12);
}

TEST(TokenNorms, RefuseWhatDoesNotFit) {
  EXPECT_THROW(
      static_cast<void>(tokenNorms(at::ones({2, 3, 3}), at::ones({2, 3, 4}), at::ones({16, 16}))),
      c10::Error);
}

TEST(TokenGroups, AreDisjointAndLeavePaddingOut) {
  const at::Tensor groups = tokenGroups(sentences(), groupedTokens(tinyTokenizer()));

  const Json expected = {
      {1, 0, 0, 0, 0}, {0, 0, 0, 0, 1}, {0, 1, 0, 0, 0}, {0, 0, 1, 1, 0}, {1, 1, 1, 1, 1}};
  EXPECT_TRUE(at::equal(groups[0], tensorOf(expected, at::kBool)));
  EXPECT_EQ(groups[1].sum().item<std::int64_t>(), 6);
}

TEST(PublishedNormBatch, HasTheLengthOfTheFirstSentenceAndNoMask) {
  TokenBatch batch = sentences();
  batch.input_ids = batch.input_ids.flip(0);
  batch.attention_mask = batch.attention_mask.flip(0);

  const TokenBatch published = publishedNormBatch(sentences(), {3});
  const TokenBatch cut = publishedNormBatch(batch, {3});

  EXPECT_TRUE(at::equal(published.input_ids, sentences().input_ids));
  EXPECT_EQ(published.attention_mask.sum().item<std::int64_t>(), 10);
  // Cut to three tokens, the longer sentence has lost its [SEP].
  EXPECT_TRUE(at::equal(cut.input_ids, tensorOf({{2, 7, 3}}, at::kLong)));
}

TEST_F(AttentionNormsProbe, UsesTheWeightThatTheModelUses) {
  const std::vector<MetricPoint> points = measure(input());

  const std::string name = "bert.encoder.layer.1.attention.output.dense.weight";
  const at::Tensor& value = student_trace_.value[1];
  const at::Tensor weight = student_.weightInUse(name);
  const double expected =
      (meanTransformedNorm(value[0], weight, 5) + meanTransformedNorm(value[1], weight, 3)) / 2;
  EXPECT_NEAR(valueOf(points, "attention_norm_f", 1, "all"), expected, 1e-9);
}

TEST_F(AttentionNormsProbe, MeansAGroupOverTheSentencesThatHaveIt) {
  const std::vector<MetricPoint> points = measure(input());

  // Only the first sentence has a comma.
  const double expected = teacher_trace_.prob[0][0].select(2, 1).mean().item<double>();
  EXPECT_NEAR(valueOf(points, "teacher.attention_norm_alpha", 0, "punctuation"), expected, 1e-12);
  EXPECT_TRUE(std::isnan(valueOf(points, "attention_norm_alpha", 0, "all")));
}

TEST_F(AttentionNormsProbe, HasNoGapBetweenEqualModels) {
  ProbeInput equal = input();
  equal.student = equal.teacher;
  equal.training.student = equal.training.teacher;

  for (const MetricPoint& point : measure(equal)) {
    if (point.series.metric.ends_with("_gap")) {
      EXPECT_EQ(point.value, 0) << point.series.metric;
    }
  }
  EXPECT_GT(valueOf(measure(input()), "attention_norm_alpha_f_gap", 0, "cls"), 0);
}

TEST_F(AttentionNormsProbe, AsPublishedUsesTheLatentWeightAndNoMask) {
  ProbeInput published = input();
  published.is_published = true;

  const std::vector<MetricPoint> points = measure(published);

  // Both sentences have five tokens now, so that alpha over all tokens is 1/5.
  EXPECT_NEAR(valueOf(points, "attention_norm_alpha", 1, "all"), 0.2, 1e-12);
  // The models have no dropout here; the first sentence's values depend on the whole batch only
  // through the range of the 8-bit grids, so that they are taken from the same pass.
  const at::NoGradGuard no_grad;
  const ModelTrace trace =
      student_.forward(publishedNormBatch(sentences(), {3}), {.trace = TracePart::kValue});
  const at::Tensor& latent =
      *findTensor(student_.parameters(), "bert.encoder.layer.0.attention.output.dense.weight");
  const double expected = (meanTransformedNorm(trace.value[0][0], latent, 5) +
                           meanTransformedNorm(trace.value[0][1], latent, 5)) /
                          2;
  EXPECT_NEAR(valueOf(points, "attention_norm_f", 0, "all"), expected, 1e-9);
}

TEST_F(AttentionNormsProbe, WithoutATeacherReportsTheStudentAlone) {
  ProbeInput alone = input();
  alone.teacher = nullptr;
  alone.training.teacher = nullptr;

  for (const MetricPoint& point : measure(alone)) {
    EXPECT_FALSE(point.series.metric.starts_with("teacher.")) << point.series.metric;
    EXPECT_FALSE(point.series.metric.ends_with("_gap")) << point.series.metric;
  }
}

}  // namespace

}  // namespace retort::train
