#include "core/agent/agent_settings.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

namespace retort {
namespace {

namespace fs = std::filesystem;

class AgentSettingsTest : public testing::Test {
 protected:
  AgentSettingsTest() {
    std::string name = (fs::temp_directory_path() / "retort-settings-XXXXXX").string();
    workspace_.folder = mkdtemp(name.data());
  }

  ~AgentSettingsTest() override { fs::remove_all(workspace_.folder); }

  void write(const std::string& text) const { std::ofstream(workspace_.agentSettings()) << text; }

  WorkspacePaths workspace_;
};

TEST_F(AgentSettingsTest, AreTheDefaultsWithoutAFile) {
  EXPECT_EQ(readAgentSettings(workspace_).value(), AgentSettings{});
}

TEST_F(AgentSettingsTest, ComeBackAsTheyWereWritten) {
  ASSERT_TRUE(writeAgentSettings(workspace_, {.jobs = 7}).has_value());

  EXPECT_EQ(readAgentSettings(workspace_).value().jobs, 7);
}

TEST_F(AgentSettingsTest, ReplaceWhatWasThere) {
  ASSERT_TRUE(writeAgentSettings(workspace_, {.jobs = 7}).has_value());
  ASSERT_TRUE(writeAgentSettings(workspace_, {.jobs = 0}).has_value());

  EXPECT_EQ(readAgentSettings(workspace_).value().jobs, 0);
}

TEST_F(AgentSettingsTest, SayWhichFileIsMalformed) {
  for (const char* text : {"", "{", "[]", "{\"jobs\": \"two\"}", "{\"jobs\": -1}"}) {
    write(text);
    const auto settings = readAgentSettings(workspace_);
    ASSERT_FALSE(settings.has_value()) << text;
    EXPECT_EQ(settings.error().code, ErrorCode::kInvalidConfig) << text;
    EXPECT_NE(settings.error().message.find("agent.json"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace retort
