#include "trainers/quantizers/registry.h"

#include "tests/trainers/tensor_testing.h"
#include "trainers/quantizers/held_grid.h"
#include "trainers/quantizers/quantization_settings.h"
#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace retort::train {
namespace {

using testing::HasSubstr;

TEST(QuantizerRegistry, IsSortedAndDocumented) {
  const auto& all = quantizerRegistry();

  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.spec.name < b.spec.name;
  }));
  for (const QuantizerDefinition& definition : all) {
    EXPECT_NE(definition.quantize, nullptr);
    EXPECT_FALSE(definition.spec.documentation.empty());
    EXPECT_FALSE(definition.spec.formula.empty());
    EXPECT_FALSE(definition.spec.source.empty());
  }
}

TEST(QuantizerRegistry, ListsEveryFileOfItsFolder) {
  const std::set<std::string> not_quantizers = {"activation_quantizer",
                                                "fixed_range",
                                                "held_grid",
                                                "quantization_settings",
                                                "quantizer",
                                                "registry",
                                                "straight_through",
                                                "weight_precision"};
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(TEST_DATA_DIR) +
                                                               "/../../trainers/quantizers")) {
    const std::string stem = entry.path().stem().string();
    if (entry.path().extension() == ".cpp" && not_quantizers.count(stem) == 0) {
      files.insert(stem);
    }
  }

  std::set<std::string> names;
  for (const QuantizerDefinition& definition : quantizerRegistry()) {
    names.insert(definition.spec.name);
  }
  for (const HeldGrid* grid : heldGrids()) {
    if (grid->is_learned) {
      names.insert(grid->spec.name);
    }
  }

  // Some files declare two that share their formula.
  EXPECT_TRUE(std::includes(names.begin(), names.end(), files.begin(), files.end()))
      << testing::PrintToString(files);
}

TEST(QuantizerRegistry, SuggestsTheNearestName) {
  EXPECT_THAT([] { static_cast<void>(findQuantizer("ternari")); },
              testing::ThrowsMessage<TrainError>(HasSubstr("did you mean 'ternary'")));
}

TEST(QuantizerRegistry, KeepsZerosForEveryQuantizer) {
  const at::Tensor zeros = tensorOf({{0, 0, 0}, {0, 0, 0}}, at::kFloat);
  for (const QuantizerDefinition& definition : quantizerRegistry()) {
    for (const Granularity granularity : {Granularity::kTensor, Granularity::kRow}) {
      const at::Tensor result = definition.quantize(zeros, {.bits = 4, .granularity = granularity});
      EXPECT_EQ(largestDifference(result, zeros), 0) << definition.spec.name;
    }
  }
}

TEST(QuantizationSettings, ReadWhatWasResolved) {
  const QuantizationSettings settings = quantizationSettings().read({{"quant.clip", 3.0}});

  EXPECT_EQ(settings.clip, 3.0);
}

TEST(QuantizationSettings, ApplyToDistillationOnly) {
  for (const SettingSpec& spec : quantizationSettings().specs()) {
    ASSERT_EQ(spec.when.size(), 1U) << spec.key;
    EXPECT_EQ(spec.when.front().key, "phase");
  }
}

}  // namespace
}  // namespace retort::train
