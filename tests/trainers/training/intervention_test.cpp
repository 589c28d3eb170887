#include "trainers/training/intervention.h"

#include "core/settings/resolve.h"
#include "trainers/catalog.h"
#include "trainers/train_error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace retort::train {

namespace {

std::string letters(const InterventionSettings& settings,
                    std::int64_t total,
                    std::uint64_t seed = 42) {
  std::string letters;
  for (std::int64_t step = 0; step < total; ++step) {
    const std::map<Intervention, char> names = {{Intervention::kNone, '-'},
                                                {Intervention::kMap, 'M'},
                                                {Intervention::kContext, 'C'},
                                                {Intervention::kOutput, 'O'}};
    letters += names.at(interventionAt(settings, seed, step, total));
  }
  return letters;
}

TEST(Intervention, IsOffUnlessAskedFor) {
  EXPECT_EQ(letters({}, 3), "---");
}

TEST(Intervention, LastsForItsSteps) {
  EXPECT_EQ(letters({.mode = "map", .steps = 2}, 4), "MM--");
  EXPECT_EQ(letters({.mode = "context", .steps = 9}, 4), "CCCC");
  EXPECT_EQ(letters({.mode = "output"}, 3), "OOO");
}

TEST(Intervention, GoesFromOutputToMapGradually) {
  EXPECT_EQ(letters({.mode = "gradual", .steps = 12}, 14), "OOCCMMMMMMMM--");
  // s/6 = 1.33 and s/3 = 2.67 are not rounded.
  EXPECT_EQ(letters({.mode = "gradual"}, 8), "OOCMMMMM");
}

TEST(Intervention, GoesFromMapToOutputInverted) {
  EXPECT_EQ(letters({.mode = "inverted", .steps = 6}, 7), "MMCCOO-");
  EXPECT_EQ(letters({.mode = "inverted"}, 4), "MMCO");
}

TEST(Intervention, DrawsEachModeAboutAThirdOfTheTime) {
  const std::string drawn = letters({.mode = "stochastic"}, 3000);

  for (const char letter : {'M', 'C', 'O'}) {
    // Three standard deviations of 1000 of 3000.
    const auto count = static_cast<double>(std::count(drawn.begin(), drawn.end(), letter));
    EXPECT_NEAR(count, 1000, 78) << letter;
  }
}

TEST(Intervention, DrawsFromSeedAndStepAlone) {
  const InterventionSettings settings = {.mode = "stochastic"};

  EXPECT_EQ(letters(settings, 60), letters(settings, 60));
  EXPECT_NE(letters(settings, 60, 1), letters(settings, 60, 2));
  // A resumed run asks for the later steps only.
  EXPECT_EQ(letters(settings, 60).substr(0, 40), letters(settings, 40));
}

TEST(Intervention, RefusesUnknownModes) {
  EXPECT_THROW(static_cast<void>(interventionAt({.mode = "some"}, 1, 0, 1)), TrainError);
}

TEST(Intervention, NeedsWhatItTakes) {
  EXPECT_EQ(interventionNeeds(Intervention::kNone), TraceSet());
  EXPECT_EQ(interventionNeeds(Intervention::kMap), TraceSet(TracePart::kProb));
  EXPECT_EQ(interventionNeeds(Intervention::kContext), TraceSet(TracePart::kContext));
  EXPECT_EQ(interventionNeeds(Intervention::kOutput), TraceSet(TracePart::kDense));
}

TEST(InterventionSettings, ApplyWhereItIsOn) {
  const auto resolve = [](const SettingValues& given) {
    SettingValues all = {{"model.teacher", "teacher"}, {"data.task", "agreement"}};
    all.insert(given.begin(), given.end());
    return resolveSettings(trainerCatalogue(), all).value().values;
  };

  EXPECT_FALSE(resolve({}).contains("intervention.steps"));
  const SettingValues on = resolve({{"intervention", "gradual"}, {"intervention.steps", 60}});
  EXPECT_EQ(interventionSettings().read(on),
            (InterventionSettings{.mode = "gradual", .steps = 60}));
}

TEST(InterventionTechniques, ListTheModes) {
  EXPECT_EQ(interventionTechniques().size(), 6U);
}

}  // namespace

}  // namespace retort::train
