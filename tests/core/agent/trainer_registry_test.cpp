#include "core/agent/trainer_registry.h"

#include "tests/core/base/temp_folder.h"

#include <gmock/gmock.h>

namespace retort {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TrainerRegistry : public ::testing::Test {
 protected:
  void write(const std::string& text) { folder.write("trainers.json", text); }

  std::string refusal(const std::string& text) {
    write(text);
    const auto trainers = readTrainers(workspace);
    EXPECT_FALSE(trainers.has_value());
    EXPECT_EQ(trainers.error().code, ErrorCode::kInvalidConfig);
    EXPECT_THAT(trainers.error().message, HasSubstr("trainers.json"));
    return trainers ? "" : trainers.error().message;
  }

  testing::TempFolder folder;
  WorkspacePaths workspace{folder.path()};
};

TEST_F(TrainerRegistry, KnowsTheBuiltInTrainerBesideTheProgram) {
  const auto trainer = findTrainer(workspace, "retort-train");

  ASSERT_TRUE(trainer.has_value());
  EXPECT_EQ(trainer->size(), 1u);
  EXPECT_THAT(trainer->front(), ::testing::EndsWith("/retort-train"));
}

TEST_F(TrainerRegistry, ReadsRegisteredTrainers) {
  write(R"({"mine": ["python3", "/opt/my trainer.py"], "other": ["/bin/other"]})");

  EXPECT_THAT(findTrainer(workspace, "mine").value(), ElementsAre("python3", "/opt/my trainer.py"));
}

TEST_F(TrainerRegistry, NamesTheKnownOnesForAnUnknownOne) {
  write(R"({"mine": ["/bin/x"]})");

  const auto trainer = findTrainer(workspace, "their\033[2Js");

  ASSERT_FALSE(trainer.has_value());
  EXPECT_EQ(trainer.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(trainer.error().message, HasSubstr("known: mine, retort-train"));
  EXPECT_THAT(trainer.error().message, ::testing::Not(HasSubstr("\033")));
}

TEST_F(TrainerRegistry, RefusesWhatIsNoRegistry) {
  EXPECT_NE(refusal("["), "");
  EXPECT_NE(refusal("[]"), "");
  EXPECT_THAT(refusal(R"({"a": "sh -c evil"})"), HasSubstr("expected a list"));
  EXPECT_THAT(refusal(R"({"a": []})"), HasSubstr("expected a list"));
  EXPECT_THAT(refusal(R"({"a": ["x", 7]})"), HasSubstr("must be texts"));
  EXPECT_THAT(refusal(R"({"a": ["x\u0000y"]})"), HasSubstr("must be texts"));
}

TEST_F(TrainerRegistry, RefusesRelativePaths) {
  EXPECT_THAT(refusal(R"({"a": ["./evil"]})"), HasSubstr("absolute path"));
  EXPECT_THAT(refusal(R"({"a": [""]})"), HasSubstr("absolute path"));
}

TEST_F(TrainerRegistry, RefusesStrangeNames) {
  EXPECT_NE(refusal(R"({"../x": ["/bin/x"]})"), "");
  EXPECT_FALSE(isTrainerName(""));
  EXPECT_FALSE(isTrainerName("-x"));
  EXPECT_FALSE(isTrainerName("a b"));
  EXPECT_FALSE(isTrainerName(std::string(65, 'a')));
  EXPECT_TRUE(isTrainerName("retort-train_2.0"));
}

}  // namespace
}  // namespace retort
