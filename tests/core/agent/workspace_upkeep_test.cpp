#include "core/agent/workspace_upkeep.h"

#include "tests/core/agent/agent_fixture.h"

#include <fstream>

namespace retort {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::int64_t kNowMs = 1'700'000'000'000;
constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

class WorkspaceUpkeep : public WorkspaceTest {
 protected:
  std::int64_t doneRequest(std::int64_t created_ms) {
    const auto id = store.requests().add("note", Json::object(), created_ms).value();
    EXPECT_TRUE(store.requests().complete(id, ""));
    return id;
  }
};

TEST_F(WorkspaceUpkeep, FindsNothingInASoundDatabase) {
  EXPECT_TRUE(checkDatabase(store, milliseconds(5'000)));
}

TEST_F(WorkspaceUpkeep, TellsOfDamageInOneSentenceWithTheCure) {
  for (int i = 1; i <= 200; ++i) {
    ASSERT_TRUE(store.runs().insertIfNew(submittedRun(i), kNowMs));
  }
  ASSERT_TRUE(store.truncateLog());
  const std::filesystem::path file = store.paths().database();
  const auto pages = std::filesystem::file_size(file) / 4096;
  {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>((pages - 2) * 4096));
    stream << std::string(4096, '\0');
  }
  auto damaged =
      storage::WorkspaceStore::open(store.paths().folder, storage::Access::kReadWrite).value();

  const Status status = checkDatabase(damaged, milliseconds(20'000));

  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, ErrorCode::kDatabase);
  EXPECT_THAT(status.error().message, StartsWith(file.string() + " is damaged ("));
  EXPECT_THAT(status.error().message, HasSubstr("run 'retort reindex'"));
  EXPECT_THAT(status.error().message, Not(HasSubstr("\n")));
  EXPECT_THAT(status.error().message, Not(HasSubstr("***")));
}

TEST_F(WorkspaceUpkeep, ForgetsRequestsThatAreDoneAndOld) {
  const auto old = doneRequest(kNowMs - 8 * kDayMs);
  const auto recent = doneRequest(kNowMs - 6 * kDayMs);

  ASSERT_TRUE(forgetOldRequests(store, kNowMs));

  EXPECT_EQ(store.requests().get(old).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(store.requests().get(recent));
}

TEST_F(WorkspaceUpkeep, NeverForgetsARequestThatWaits) {
  const auto waiting = store.requests().add("note", Json::object(), kNowMs - 400 * kDayMs).value();

  ASSERT_TRUE(forgetOldRequests(store, kNowMs));

  EXPECT_FALSE(store.requests().get(waiting).value().is_done);
}

}  // namespace
}  // namespace retort
