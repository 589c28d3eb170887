#include "trainers/analysis/probed_loss.h"

#include "tests/trainers/analysis/probe_fixture.h"

namespace retort::train {
namespace {

class ProbedLoss : public ProbedEncoder {};

TEST_F(ProbedLoss, IsTheTaskLossOrWhatTheRunMinimises) {
  const ProbeInput probed = input();
  const double training = tiny_.golden.at("loss").at("unified").at("loss").get<double>();

  EXPECT_EQ(probedLossNames(), (std::vector<std::string>{"task", "training"}));
  EXPECT_LT(relativeDifference(probedLoss(probed, "task", tiny_.batch)().item<double>(),
                               golden_.at("student").at("loss").get<double>()),
            1e-9);
  EXPECT_LT(
      relativeDifference(probedLoss(probed, "training", tiny_.batch)().item<double>(), training),
      1e-9);
}

TEST_F(ProbedLoss, SeesTheWeightsOfTheMoment) {
  const ProbeInput probed = input();
  const LossFunction loss = probedLoss(probed, "task", tiny_.batch);
  const double before = loss().item<double>();
  ParameterShift shift(tensorsOf(parameters_));

  shift.moveTo(gaussianVectors(tensorsOf(parameters_), 1, 1)[0]);

  EXPECT_NE(loss().item<double>(), before);
}

TEST(RowsOf, CutsEveryPartOfABatch) {
  const TokenBatch batch = TinyEncoder().batch;

  const TokenBatch middle = rowsOf(batch, 1, 2);

  EXPECT_EQ(middle.input_ids.sizes(), (at::IntArrayRef{2, 8}));
  EXPECT_EQ(largestDifference(middle.lengths, batch.lengths.narrow(0, 1, 2)), 0);
  EXPECT_EQ(largestDifference(middle.labels, batch.labels.narrow(0, 1, 2)), 0);
  EXPECT_EQ(firstRows(batch, 0).labels.size(0), 4);
  EXPECT_EQ(firstRows(batch, 9).labels.size(0), 4);
  EXPECT_EQ(firstRows(batch, 3).segment_ids.size(0), 3);
}

}  // namespace
}  // namespace retort::train
