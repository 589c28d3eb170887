#include "tests/trainers/models/shared_encoder.h"
#include "trainers/data/dataset.h"
#include "trainers/data/task.h"
#include "trainers/optimizers/gradient_clipping.h"
#include "trainers/optimizers/registry.h"

#include <ATen/Parallel.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace retort::train {
namespace {

constexpr std::int64_t kBatch = 16;

/// Exact 8-bit ties (shared_golden_test.cpp) and their growth over the steps make a curve one of a
/// processor: the second implementation itself leaves ../shared's curves at the second step here.
/// With MKL's and ATen's AVX2 code paths, chosen before their first use, and one thread, any
/// processor that has AVX2 gives the same bits, and the recorded curves were made so.
const bool kIsPortable =
    ::setenv("MKL_CBWR", "AVX2", 1) == 0 && ::setenv("ATEN_CPU_CAPABILITY", "avx2", 1) == 0;

/// RETORT_CURVE_STEPS=50 runs the curves to their end; the first 12 steps are what CI has time for.
std::size_t stepsToRun(const Json& curve) {
  constexpr std::size_t kUsually = 12;
  const char* given = std::getenv("RETORT_CURVE_STEPS");
  const std::size_t steps = given == nullptr ? kUsually : std::strtoul(given, nullptr, 10);
  return std::min(steps, curve.size());
}

/// The first steps in which no tie of this path falls otherwise than on the processor of
/// ../shared's own curves. Where the student takes the teacher's maps there are few ties.
std::size_t stepsWithoutOtherTies(const std::string& variant) {
  return variant == "MI" ? 7 : 0;
}

void expectLosses(const LossTerms& terms, const Json& expected, std::size_t step) {
  for (const auto& [name, value] : lossValues(terms)) {
    EXPECT_LT(relativeDifference(value, expected.at(step).at(name).get<double>()), 1e-9)
        << name << " at step " << step;
  }
}

/// Steps of BertAdam at a constant rate, from tokenizing the task's file to the last loss.
class SharedCurve : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(kIsPortable);
    at::set_num_threads(1);
    if (!hasSharedEncoder() || !std::filesystem::exists(sharedFile("data/glue/SST-2/train.tsv"))) {
      GTEST_SKIP() << "the encoder and SST-2 of ../shared are not there";
    }
  }

  static Dataset trainingRows() {
    const TaskData data = loadTaskData({{"data.task", "sst2"},
                                        {"data.path", sharedFile("data/glue/SST-2").string()},
                                        {"data.train_rows", 800}});
    const auto tokenizer = WordPieceTokenizer::fromFolder(sharedFile("data/models/minilm-l6-sst2"));
    return Dataset(data.train, tokenizer, {.max_length = 64, .padding = Padding::kFixed});
  }
};

TEST_P(SharedCurve, AgreesInDoublePrecision) {
  const std::string variant = GetParam();
  const Json curve = testData("encoder_curves_float64.json").at("curves").at(variant);
  const Json shared = sharedJson("curve_" + variant + ".json");
  const SharedEncoder encoder(at::kDouble);
  const BertModel teacher = encoder.teacher();
  BertModel student = encoder.student();
  const auto optimizer = makeOptimizer(student.trainableParameters(), {});
  const Dataset rows = trainingRows();

  for (std::size_t step = 0; step < stepsToRun(curve); ++step) {
    const TokenBatch batch = rows.slice(static_cast<std::int64_t>(step) * kBatch, kBatch);
    const LossTerms terms = forwardBackward(variant, student, teacher, batch);
    expectLosses(terms, curve, step);
    if (step < stepsWithoutOtherTies(variant)) {
      expectLosses(terms, shared, step);
    }
    clipPerTensor(student.trainableParameters(), 1.0);
    optimizer->step(2e-5);
    student.clearGradients();
  }
}

INSTANTIATE_TEST_SUITE_P(All,
                         SharedCurve,
                         testing::Values("score", "map", "output", "unified", "MI"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace retort::train
