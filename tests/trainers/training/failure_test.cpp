#include "trainers/training/failure.h"

#include "trainers/train_error.h"

#include <c10/util/Exception.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>
#include <stdexcept>
#include <system_error>

namespace retort::train {

namespace {

template <class Exception>
Failure failureOf(const Exception& exception) {
  return describeFailure(std::make_exception_ptr(exception));
}

TEST(DescribeFailure, KeepsTheContractsCodes) {
  EXPECT_EQ(failureOf(TrainError(ExitCode::kBadData, "dev.tsv: 0 examples")),
            (Failure{65, "dev.tsv: 0 examples"}));
  EXPECT_EQ(failureOf(TrainError(ExitCode::kBadSpec, "x")).exit_code, 78);
}

TEST(DescribeFailure, TellsWhatToDoAboutMemory) {
  const Failure failure = failureOf(std::bad_alloc());

  EXPECT_EQ(failure.exit_code, 71);
  EXPECT_THAT(failure.message, testing::HasSubstr("lower train.batch"));
}

TEST(DescribeFailure, RecognizesTheAllocatorOfLibTorch) {
  try {
    TORCH_CHECK(false, "DefaultCPUAllocator: not enough memory: you tried to allocate 99 bytes.");
  } catch (...) {
    EXPECT_EQ(describeFailure(std::current_exception()).exit_code, 71);
  }
}

TEST(DescribeFailure, LeavesTheBacktraceOut) {
  try {
    TORCH_CHECK(false, "shapes differ");
  } catch (...) {
    EXPECT_EQ(describeFailure(std::current_exception()), (Failure{70, "shapes differ"}));
  }
}

TEST(DescribeFailure, TellsInputAndOutputFromBugs) {
  const auto no_space = std::make_error_code(std::errc::no_space_on_device);

  EXPECT_EQ(failureOf(std::system_error(no_space, "writing model")).exit_code, 74);
  EXPECT_EQ(failureOf(std::logic_error("bug")), (Failure{70, "bug"}));
  EXPECT_EQ(failureOf(7).exit_code, 70);
}

}  // namespace

}  // namespace retort::train
