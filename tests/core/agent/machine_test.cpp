#include "core/agent/machine.h"

#include "core/agent/agent_settings.h"
#include "core/agent/trainer_command.h"
#include "tests/core/base/temp_folder.h"

#include <gmock/gmock.h>

#include <cstdlib>

namespace retort {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kGibibyte = 1LL << 30;

class Machine : public ::testing::Test {
 protected:
  Machine() { ::unsetenv("CUDA_VISIBLE_DEVICES"); }

  testing::TempFolder root;
};

TEST_F(Machine, HasTheThreadsThatThisProcessMayUse) {
  EXPECT_GE(detectMachine(root.path()).threads, 1);
}

TEST_F(Machine, HasTheMemoryThatTheKernelReports) {
  root.write("proc/meminfo", "MemTotal:       8388608 kB\nMemFree:  1 kB\n");

  EXPECT_EQ(detectMachine(root.path()).memory_bytes, 8 * kGibibyte);
}

TEST_F(Machine, HasNoMoreMemoryThanItsControlGroup) {
  root.write("proc/meminfo", "MemTotal:       8388608 kB\n");
  root.write("proc/self/cgroup", "0::/user.slice/x\n");
  root.write("sys/fs/cgroup/user.slice/x/memory.max", "2147483648\n");

  EXPECT_EQ(detectMachine(root.path()).memory_bytes, 2 * kGibibyte);
}

TEST_F(Machine, UnderstandsControlGroupsOfVersionOneAndNoLimit) {
  root.write("proc/meminfo", "MemTotal:       8388608 kB\n");
  root.write("proc/self/cgroup", "5:memory:/docker/1\n0::/\n");
  root.write("sys/fs/cgroup/memory.max", "max\n");
  root.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "3221225472\n");

  EXPECT_EQ(detectMachine(root.path()).memory_bytes, 3 * kGibibyte);
}

TEST_F(Machine, TakesWhatCannotBeReadForNoLimit) {
  root.write("proc/meminfo", "MemTotal:       8388608 kB\n");
  root.write("proc/self/cgroup", "0::/x\n");
  root.write("sys/fs/cgroup/x/memory.max/a-folder-in-its-place", "");

  EXPECT_EQ(detectMachine(root.path()).memory_bytes, 8 * kGibibyte);
}

TEST_F(Machine, CountsTheGpusOfTheDriver) {
  root.write("proc/driver/nvidia/gpus/0000:01:00.0/information", "");
  root.write("proc/driver/nvidia/gpus/0000:02:00.0/information", "");

  EXPECT_THAT(detectMachine(root.path()).gpus, ElementsAre("0", "1"));
}

TEST_F(Machine, KeepsToTheVisibleDevices) {
  root.write("proc/driver/nvidia/gpus/0000:01:00.0/information", "");
  ::setenv("CUDA_VISIBLE_DEVICES", "3,GPU-abc", 1);

  EXPECT_THAT(detectMachine(root.path()).gpus, ElementsAre("3", "GPU-abc"));

  ::unsetenv("CUDA_VISIBLE_DEVICES");
}

TEST_F(Machine, WithoutAnythingHasNoGpusAndUnknownMemory) {
  const MachineSlots machine = detectMachine(root.path());

  EXPECT_THAT(machine.gpus, IsEmpty());
  EXPECT_EQ(machine.memory_bytes, 0);
}

TEST_F(Machine, CountsOutOfMemoryKills) {
  EXPECT_EQ(countOutOfMemoryKills(root.path()), 0);
  root.write("proc/self/cgroup", "0::/\n");
  root.write("sys/fs/cgroup/memory.events", "low 0\nhigh 0\noom 3\noom_kill 2\n");

  EXPECT_EQ(countOutOfMemoryKills(root.path()), 2);
}

TEST(VisibleDevices, EndAtTheFirstThatIsNone) {
  EXPECT_THAT(parseVisibleDevices(""), IsEmpty());
  EXPECT_THAT(parseVisibleDevices("-1"), IsEmpty());
  EXPECT_THAT(parseVisibleDevices("0, 2"), ElementsAre("0", "2"));
  EXPECT_THAT(parseVisibleDevices("1,-1,2"), ElementsAre("1"));
}

TEST(TrainerCommand, SetsWhatTheTrainerMayUse) {
  const ProcessCommand command =
      makeTrainerCommand({"/t", "x"}, {"/ws/runs/1"}, 3, Grant{{"0", "2"}, 4, 0}, true);

  EXPECT_THAT(command.argv, ElementsAre("/t", "x", "--run", "/ws/runs/1"));
  EXPECT_EQ(command.folder, "/ws/runs/1");
  EXPECT_EQ(command.log, "/ws/runs/1/train.log");
  EXPECT_EQ(command.environment.at("RETORT_ATTEMPT"), "3");
  EXPECT_EQ(command.environment.at("RETORT_THREADS"), "4");
  EXPECT_EQ(command.environment.at("OMP_NUM_THREADS"), "4");
  EXPECT_EQ(command.environment.at("MKL_NUM_THREADS"), "4");
  EXPECT_EQ(command.environment.at("CUDA_VISIBLE_DEVICES"), "0,2");
}

TEST(TrainerCommand, HidesTheGpusFromARunThatHasNone) {
  EXPECT_EQ(makeTrainerCommand({"/t"}, {"/r"}, 1, {}, true).environment.at("CUDA_VISIBLE_DEVICES"),
            "");
  EXPECT_FALSE(makeTrainerCommand({"/t"}, {"/r"}, 1, {}, false)
                   .environment.contains("CUDA_VISIBLE_DEVICES"));
}

TEST(AgentSettings, AreReadBack) {
  const testing::TempFolder folder;
  const WorkspacePaths workspace{folder.path()};
  EXPECT_EQ(readAgentSettings(workspace), AgentSettings{}) << "no file";

  ASSERT_TRUE(writeAgentSettings(workspace, {3}));

  EXPECT_EQ(readAgentSettings(workspace), AgentSettings{3});
}

TEST(AgentSettings, RefuseNonsense) {
  const testing::TempFolder folder;
  for (const char* text :
       {"", "[]", "{}", R"({"jobs": -1})", R"({"jobs": "x"})", R"({"jobs": 1e30})"}) {
    folder.write("agent.json", text);

    const auto settings = readAgentSettings({folder.path()});

    ASSERT_FALSE(settings.has_value()) << text;
    EXPECT_EQ(settings.error().code, ErrorCode::kInvalidConfig);
  }
}

}  // namespace
}  // namespace retort
