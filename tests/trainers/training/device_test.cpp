#include "trainers/training/device.h"

#include "tests/trainers/training/temporary_folder.h"
#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace retort::train {

namespace {

TEST(ParseDevice, KnowsTheFourForms) {
  EXPECT_TRUE(parseDevice("auto").is_auto);
  EXPECT_FALSE(parseDevice("cpu").is_cuda);
  EXPECT_TRUE(parseDevice("cuda").is_cuda);
  EXPECT_EQ(parseDevice("cuda").index, 0);
  EXPECT_EQ(parseDevice("cuda:3").index, 3);
}

TEST(ParseDevice, RefusesEverythingElse) {
  for (const char* text : {"", "gpu", "cuda:", "cuda:x", "cuda:1x", "cuda:-1", "CUDA", "cpu:0"}) {
    EXPECT_THROW(parseDevice(text), TrainError) << text;
  }
}

TEST(FindGpuDriver, ReadsTheDriversVersion) {
  const TemporaryFolder folder;
  const auto proc = folder.path() / "version";
  std::ofstream(proc) << "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19\n";

  const GpuDriver driver = findGpuDriver(proc, folder.path(), nullptr);

  EXPECT_TRUE(driver.is_present);
  EXPECT_EQ(driver.version, "535.104.05");
}

TEST(FindGpuDriver, SeesNoneWithoutDeviceFile) {
  EXPECT_FALSE(findGpuDriver("/nonexistent/a", "/nonexistent/b", nullptr).is_present);
}

TEST(FindGpuDriver, SeesNoneWhenAllGpusAreHidden) {
  const TemporaryFolder folder;

  EXPECT_FALSE(findGpuDriver("/nonexistent/a", folder.path(), "").is_present);
  EXPECT_TRUE(findGpuDriver("/nonexistent/a", folder.path(), "0").is_present);
}

class SelectDevice : public testing::Test {
 protected:
  SelectDevice() { setenv("CUDA_VISIBLE_DEVICES", "", 1); }

  ~SelectDevice() override { unsetenv("CUDA_VISIBLE_DEVICES"); }
};

TEST_F(SelectDevice, TakesTheCpuWithoutAGpu) {
  const auto fail = [](const std::string& message) {
    FAIL() << message;
  };

  EXPECT_TRUE(selectDevice("auto", fail).is_cpu());
  EXPECT_TRUE(selectDevice("cpu", fail).is_cpu());
}

TEST_F(SelectDevice, RefusesAGpuThatIsNotThere) {
  try {
    static_cast<void>(selectDevice("cuda", [](const std::string&) {}));
    FAIL() << "not refused";
  } catch (const TrainError& error) {
    EXPECT_EQ(error.exitCode(), ExitCode::kBadSpec);
    EXPECT_THAT(error.what(), testing::HasSubstr("no CUDA device"));
    EXPECT_THAT(error.what(), testing::HasSubstr("available: cpu"));
  }
}

}  // namespace

}  // namespace retort::train
