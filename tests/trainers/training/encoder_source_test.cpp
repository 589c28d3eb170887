#include "trainers/training/encoder_source.h"

#include "tests/trainers/training/temporary_folder.h"
#include "tests/trainers/training/tiny_settings.h"
#include "trainers/train_error.h"

#include <ATen/ATen.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {

namespace {

TEST(ReadEncoder, AsksForFineTuningWhenTheHeadDoesNotFitTheTask) {
  const TemporaryFolder folder;
  tinyPhase().writeModel(folder.path() / "model");

  try {
    static_cast<void>(readEncoder(folder.path() / "model", {.labels = 3}));
    FAIL() << "not refused";
  } catch (const TrainError& error) {
    EXPECT_EQ(error.exitCode(), ExitCode::kBadData);
    EXPECT_THAT(error.what(), testing::HasSubstr("has 2 outputs and the task needs 3"));
  }
}

TEST(ReadEncoder, MakesAnotherTasksHeadAnewForFineTuning) {
  const TemporaryFolder folder;
  const FinetunePhase phase = tinyPhase();
  phase.writeModel(folder.path() / "model");

  const EncoderSource source =
      readEncoder(folder.path() / "model", {.labels = 3, .is_head_required = false});

  EXPECT_EQ(findTensor(source.parameters, "classifier.weight")->size(0), 3);
  EXPECT_TRUE(at::equal(*findTensor(source.parameters, "bert.pooler.dense.weight"),
                        *findTensor(phase.parameters(), "bert.pooler.dense.weight")));
  ASSERT_FALSE(source.warnings.empty());
  EXPECT_THAT(source.warnings[0], testing::HasSubstr("classifier.weight"));
}

TEST(ReadEncoder, ConvertsToTheWantedType) {
  const TemporaryFolder folder;
  tinyPhase().writeModel(folder.path() / "model");

  const EncoderSource source =
      readEncoder(folder.path() / "model", {.labels = 2, .dtype = at::kDouble});

  for (const NamedTensor& parameter : source.parameters) {
    EXPECT_EQ(parameter.tensor.scalar_type(), at::kDouble) << parameter.name;
  }
}

TEST(ReadEncoder, NamesAFolderThatIsNotThere) {
  EXPECT_THROW(static_cast<void>(readEncoder("/nonexistent/model", {})), TrainError);
}

}  // namespace

}  // namespace retort::train
