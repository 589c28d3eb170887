#include "trainers/training/compute_environment.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace retort::train {

namespace {

TEST(GrantedThreads, PrefersTheSettingThenTheGrant) {
  EXPECT_EQ(grantedThreads(3, "7"), 3);
  EXPECT_EQ(grantedThreads(0, "7"), 7);
}

TEST(GrantedThreads, FallsBackToTheCoresOfThisProcess) {
  EXPECT_GE(grantedThreads(0, nullptr), 1);
  for (const char* nonsense : {"", "many", "0", "-2", "999999999"}) {
    EXPECT_EQ(grantedThreads(0, nonsense), grantedThreads(0, nullptr)) << nonsense;
  }
}

TEST(ComputeEnvironment, SetsThreadsAndDeterminism) {
  const ComputeEnvironment environment({.threads = 1, .deterministic = true},
                                       [](const std::string&) {});

  EXPECT_EQ(at::get_num_threads(), 1);
  EXPECT_TRUE(at::globalContext().deterministicAlgorithms());
  EXPECT_FALSE(at::globalContext().allowTF32CuBLAS());
}

TEST(ComputeEnvironment, PassesEachDifferentWarningOnOnce) {
  std::vector<std::string> warnings;
  const ComputeEnvironment environment(
      {.threads = 1}, [&](const std::string& message) { warnings.push_back(message); });

  for (int i = 0; i < 3; ++i) {
    TORCH_WARN("strange");
  }
  TORCH_WARN("scatter does not have a deterministic implementation");

  ASSERT_EQ(warnings.size(), 2U);
  EXPECT_EQ(warnings[0], "strange");
  EXPECT_THAT(warnings[1], testing::StartsWith("the result is not reproducible: scatter"));
}

TEST(ComputeEnvironment, DescribesItself) {
  const Json facts = ComputeEnvironment::describe(at::kCPU, {.dtype = "float64"});

  EXPECT_EQ(facts.at("device"), "cpu");
  EXPECT_EQ(facts.at("dtype"), "float64");
  EXPECT_GE(facts.at("threads").get<int>(), 1);
  EXPECT_TRUE(facts.contains("host"));
  EXPECT_TRUE(facts.contains("libtorch"));
}

}  // namespace

}  // namespace retort::train
