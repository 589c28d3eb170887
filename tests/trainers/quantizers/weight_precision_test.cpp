#include "trainers/quantizers/weight_precision.h"

#include "tests/trainers/tensor_testing.h"
#include "trainers/catalog.h"
#include "trainers/quantizers/registry.h"
#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr double kClip = 2.5;

/// True when both give the same values for a random matrix.
bool isSame(const Quantizer& made, const char* name, const QuantizerOptions& options) {
  const at::Tensor w = randomTensor({6, 8}, 12);
  return largestDifference(made(w), findQuantizer(name).quantize(w, options)) == 0;
}

TEST(WeightSchemes, KeepThePapersWords) {
  EXPECT_TRUE(makeWeightQuantizer({.scheme = "none"}, kClip).isIdentity());
  EXPECT_TRUE(isSame(makeWeightQuantizer({}, kClip), "ternary", {}));
  EXPECT_TRUE(isSame(makeWeightQuantizer({.scheme = "int4"}, kClip), "clip_uniform", {.bits = 4}));
  EXPECT_TRUE(isSame(makeWeightQuantizer({.scheme = "int8"}, kClip), "symmetric", {.bits = 8}));
}

TEST(WeightSchemes, HaveAnotherEightBitGridForEmbeddings) {
  EXPECT_TRUE(
      isSame(makeEmbeddingQuantizer({.scheme = "int8"}, kClip), "clip_uniform", {.bits = 8}));
  EXPECT_TRUE(makeEmbeddingQuantizer({.scheme = "none"}, kClip).isIdentity());
}

TEST(WeightSchemes, TakeTheirBitsFromTheSettings) {
  for (const char* scheme : {"clip_uniform", "symmetric", "asymmetric"}) {
    const Quantizer made =
        makeWeightQuantizer({.scheme = scheme, .bits = 3, .granularity = "row"}, kClip);
    EXPECT_TRUE(isSame(made, scheme, {.bits = 3, .granularity = Granularity::kRow})) << scheme;
  }
}

TEST(WeightSchemes, HaveBinaryGridsOfOneBit) {
  for (const char* scheme : {"binary", "binary_centered"}) {
    EXPECT_TRUE(isSame(makeWeightQuantizer({.scheme = scheme}, kClip), scheme, {.bits = 1}));
    EXPECT_TRUE(isSame(makeEmbeddingQuantizer({.scheme = scheme}, kClip), scheme, {.bits = 1}));
  }
}

TEST(WeightSchemes, PassOptionsOfLaqOn) {
  const QuantizerOptions options =
      makeWeightQuantizer({.scheme = "laq", .bits = 2, .curvature = "adam", .scale = "paper"},
                          kClip)
          .options();

  EXPECT_TRUE(options.uses_curvature);
  EXPECT_TRUE(options.minimises_error);
  EXPECT_EQ(options.bits, 2);
}

TEST(WeightSchemes, PassOptionsOn) {
  const Quantizer made = makeWeightQuantizer(
      {.granularity = "group", .group_size = 4, .threshold_factor = 0.5}, /*clip=*/3);

  EXPECT_EQ(made.options(),
            (QuantizerOptions{.bits = 2,
                              .granularity = Granularity::kGroup,
                              .group_size = 4,
                              .clip = 3,
                              .threshold_factor = 0.5}));
}

TEST(WeightSchemes, RefuseUnknownWords) {
  EXPECT_THAT([] { static_cast<void>(makeWeightQuantizer({.scheme = "int3"}, kClip)); },
              testing::ThrowsMessage<TrainError>(HasSubstr("known: none, ternary, int4, int8")));
}

TEST(WeightSchemes, RefuseBitsWithoutAGrid) {
  EXPECT_THAT(
      [] { static_cast<void>(makeWeightQuantizer({.scheme = "symmetric", .bits = 1}, kClip)); },
      testing::ThrowsMessage<TrainError>(
          HasSubstr("the scheme symmetric has no grid of 1 bits; it takes 2 to 8")));
}

TEST(EmbeddingSettings, ReplaceSchemeBitsAndGranularity) {
  const WeightPrecision linear = {
      .scheme = "int4", .granularity = "group", .group_size = 32, .threshold_factor = 0.6};

  EXPECT_EQ((EmbeddingSettings{.scheme = "clip_uniform", .bits = 3}.over(linear)),
            (WeightPrecision{.scheme = "clip_uniform",
                             .bits = 3,
                             .granularity = "row",
                             .group_size = 32,
                             .threshold_factor = 0.6}));
}

TEST(WeightSettings, ReadWhatWasResolved) {
  const WeightPrecision read = weightSettings().read({{"quant.weight.scheme", "clip_uniform"},
                                                      {"quant.weight.bits", 3},
                                                      {"quant.weight.granularity", "group"},
                                                      {"quant.weight.group_size", 32}});

  EXPECT_EQ(read,
            (WeightPrecision{
                .scheme = "clip_uniform", .bits = 3, .granularity = "group", .group_size = 32}));
}

TEST(WeightSettings, ReadBackWhatTheyWrite) {
  const WeightPrecision precision = {.scheme = "laq",
                                     .bits = 3,
                                     .granularity = "group",
                                     .group_size = 32,
                                     .threshold_factor = 0.6,
                                     .curvature = "adam",
                                     .scale = "paper"};

  EXPECT_EQ(weightSettings().read(toSettings(precision)), precision);
  EXPECT_EQ(toSettings(precision).size(), weightSettings().specs().size());
}

/// The keys that apply to a run with these settings.
std::vector<std::string> appliedKeys(SettingValues given) {
  given.insert({{"phase", "kd_qat"}, {"model.teacher", "/m"}, {"data.task", "agreement"}});
  std::vector<std::string> keys;
  const ResolvedSettings resolved = resolveSettings(trainerCatalogue(), given).value();
  for (const auto& [key, value] : resolved.values) {
    keys.push_back(key);
  }
  return keys;
}

TEST(WeightSettings, HaveBitsWhereTheSchemeHasNone) {
  EXPECT_THAT(appliedKeys({{"quant.weight.scheme", "int4"}}), Not(Contains("quant.weight.bits")));
  EXPECT_THAT(appliedKeys({{"quant.weight.scheme", "symmetric"}}), Contains("quant.weight.bits"));
  EXPECT_THAT(appliedKeys({}), Not(Contains("quant.embedding.bits")));
  EXPECT_THAT(appliedKeys({{"quant.embedding.scheme", "clip_uniform"}}),
              Contains("quant.embedding.bits"));
}

}  // namespace
}  // namespace retort::train
