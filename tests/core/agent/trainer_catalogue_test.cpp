#include "core/agent/trainer_catalogue.h"

#include "core/base/json.h"
#include "tests/core/base/temp_folder.h"

#include <gmock/gmock.h>

namespace retort {
namespace {

using testing::contentsOf;
using ::testing::HasSubstr;

constexpr const char* kFakeTrainer = PROGRAM_DIR "/fake_trainer";

class TrainerCatalogue : public ::testing::Test {
 protected:
  // A shell script that prints what a trainer would.
  Argv script(const std::string& text) const {
    const auto file = folder.write("trainer.sh", "#!/bin/sh\n" + text);
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    return {file.string()};
  }

  static std::string failure(const Argv& command, const CatalogueLimits& limits = {}) {
    const auto catalogue = askCatalogue(command, limits);
    EXPECT_FALSE(catalogue.has_value());
    return catalogue ? "" : catalogue.error().message;
  }

  testing::TempFolder folder;
  WorkspacePaths workspace{folder / "ws"};
};

TEST_F(TrainerCatalogue, IsWhatTheTrainerPrints) {
  const auto catalogue = askCatalogue({kFakeTrainer});

  ASSERT_TRUE(catalogue.has_value()) << catalogue.error().message;
  EXPECT_EQ(catalogue->trainer, "fake-trainer");
  EXPECT_NE(catalogue->findSetting("fake.steps"), nullptr);
  EXPECT_NE(catalogue->seedSetting(), nullptr);
}

TEST_F(TrainerCatalogue, OfAMissingProgramSaysSo) {
  EXPECT_THAT(failure({"/no/such/trainer"}), HasSubstr("/no/such/trainer: No such file"));
}

TEST_F(TrainerCatalogue, QuotesTheLastWordsOfATrainerThatFails) {
  EXPECT_THAT(failure(script("echo libtorch.so is missing >&2; exit 3")),
              HasSubstr("(exit code 3): libtorch.so is missing"));
  EXPECT_THAT(failure(script("kill -SEGV $$")), HasSubstr("SIGSEGV"));
}

TEST_F(TrainerCatalogue, RefusesWhatIsNoCatalogue) {
  EXPECT_THAT(failure(script("echo hello")), HasSubstr("--catalog"));
  EXPECT_NE(failure(script("echo '{}'")), "");
}

TEST_F(TrainerCatalogue, GivesUpOnATrainerThatHangs) {
  CatalogueLimits limits;
  limits.timeout = std::chrono::milliseconds(200);

  EXPECT_THAT(failure(script("sleep 60"), limits), HasSubstr("did not end in time"));
}

TEST_F(TrainerCatalogue, GivesUpOnATrainerThatFloods) {
  CatalogueLimits limits;
  limits.max_bytes = 100'000;

  EXPECT_THAT(failure(script("yes"), limits), HasSubstr("more than 100000 bytes"));
}

TEST_F(TrainerCatalogue, IsAskedOnceAndThenRemembered) {
  const std::string counted =
      "echo x >> " + (folder / "asked").string() + "; exec " + kFakeTrainer + " \"$@\"\n";
  folder.write("ws/trainers.json", Json{{"t", script(counted)}}.dump());

  const auto first = loadCatalogue(workspace, "t");
  const auto second = loadCatalogue(workspace, "t");

  ASSERT_TRUE(first.has_value()) << first.error().message;
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(*first, *second);
  EXPECT_EQ(contentsOf(folder / "asked"), "x\n");
}

TEST_F(TrainerCatalogue, IsAskedAgainWhenTheProgramChanged) {
  folder.write("ws/trainers.json",
               Json{{"t", script(std::string("exec ") + kFakeTrainer + " \"$@\"\n")}}.dump());
  ASSERT_TRUE(loadCatalogue(workspace, "t").has_value());

  script("echo broken >&2; exit 1");

  EXPECT_FALSE(loadCatalogue(workspace, "t").has_value());
}

TEST_F(TrainerCatalogue, WorksWithoutAWorkspaceAndMakesNone) {
  EXPECT_FALSE(loadCatalogue(workspace, "unknown").has_value());

  EXPECT_FALSE(std::filesystem::exists(workspace.folder));
}

}  // namespace
}  // namespace retort
