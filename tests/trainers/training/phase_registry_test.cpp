#include "trainers/training/phase_registry.h"

#include "trainers/catalog.h"
#include "trainers/train_error.h"

#include <gtest/gtest.h>

namespace retort::train {

namespace {

TEST(PhaseRegistry, ListsTheChoicesOfTheSetting) {
  std::vector<std::string> names;
  for (const PhaseDefinition& phase : phaseRegistry()) {
    names.push_back(phase.spec.name);
  }

  EXPECT_EQ(names, trainerCatalogue().findSetting("phase")->choices);
}

TEST(PhaseRegistry, RefusesAnUnknownPhase) {
  EXPECT_THROW(makePhase({.settings = {{"phase", "pretrain"}}}), TrainError);
}

}  // namespace

}  // namespace retort::train
