#include "tests/trainers/models/shared_encoder.h"
#include "trainers/analysis/hessian.h"
#include "trainers/losses/task_loss.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

/// The value that the authors' hessian.py gave: quantized student, first four rows of the fixed
/// batch, ten iterations, their penalty.
TEST(SharedHessian, HasTheTopEigenvalueOfTheAuthorsCode) {
  if (!hasSharedEncoder()) {
    GTEST_SKIP() << "no encoder in ../shared";
  }
  const BertModel student = SharedEncoder(at::kFloat).student();
  const TokenBatch whole = batchFromJson(sharedJson("fixed_batch_sst-2_16x64.json"));
  const TokenBatch batch = {.input_ids = whole.input_ids.narrow(0, 0, 4),
                            .attention_mask = whole.attention_mask.narrow(0, 0, 4),
                            .segment_ids = whole.segment_ids.narrow(0, 0, 4),
                            .lengths = whole.lengths.narrow(0, 0, 4),
                            .labels = whole.labels.narrow(0, 0, 4)};
  const TensorList parameters = tensorsOf(student.parameters());
  const LossFunction loss = [&] {
    return taskLoss(student.forward(batch, {}).logits, batch.labels) +
           sumOfNorms(parameters) * 0.01;
  };

  const auto found = publishedEigenvalues(doubleBackwardProduct(loss, parameters),
                                          parameters,
                                          {.max_iterations = 10, .tolerance = 1e-3});

  // 8-bit roundings in float32 differ between threads and builds of a library; the stopping rule
  // itself leaves 1e-3.
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->front().value, 150.0008, 0.3);
}

}  // namespace
}  // namespace retort::train
