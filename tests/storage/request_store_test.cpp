#include "storage/request_store.h"

#include "tests/storage/store_fixture.h"

namespace retort::storage {
namespace {

class RequestStoreTest : public ::testing::Test {
 protected:
  RequestStore& requests() { return store_.requests(); }

  WorkspaceStore store_ = valueOf(WorkspaceStore::openInMemory());
};

TEST_F(RequestStoreTest, KeepsRequestsInOrder) {
  const Json arguments = {{"run_ids", {runId(1)}}};
  const std::int64_t first = valueOf(requests().add("stop", arguments, 10));
  const std::int64_t second = valueOf(requests().add("retry", Json::object(), 11));

  const auto pending = valueOf(requests().pending());

  ASSERT_EQ(pending.size(), 2U);
  EXPECT_EQ(pending[0], (Request{first, "stop", arguments, 10, false, ""}));
  EXPECT_EQ(pending[1].request_id, second);
}

TEST_F(RequestStoreTest, DoneRequestsTellTheirError) {
  const std::int64_t id = valueOf(requests().add("stop", Json::object(), 10));

  expectOk(requests().complete(id, "there is no run 7"));

  EXPECT_TRUE(valueOf(requests().pending()).empty());
  const Request request = valueOf(requests().get(id));
  EXPECT_TRUE(request.is_done);
  EXPECT_EQ(request.error, "there is no run 7");
}

TEST_F(RequestStoreTest, CompletingIsUndoneWithTheEffectsThatFail) {
  const std::int64_t id = valueOf(requests().add("stop", Json::object(), 10));

  const Status status = store_.write([&]() -> Status {
    expectOk(requests().complete(id, ""));
    return fail(ErrorCode::kIo, "effect failed");
  });

  EXPECT_FALSE(status);
  EXPECT_EQ(valueOf(requests().pending()).size(), 1U);
}

TEST_F(RequestStoreTest, ForgetsOldDoneRequestsOnly) {
  const std::int64_t old_done = valueOf(requests().add("a", Json::object(), 10));
  const std::int64_t old_pending = valueOf(requests().add("b", Json::object(), 10));
  const std::int64_t new_done = valueOf(requests().add("c", Json::object(), 30));
  expectOk(requests().complete(old_done, ""));
  expectOk(requests().complete(new_done, ""));

  expectOk(requests().forgetDone(20));

  expectError(requests().get(old_done), ErrorCode::kNotFound, "no request number 1");
  EXPECT_TRUE(requests().get(old_pending));
  EXPECT_TRUE(requests().get(new_done));
}

TEST_F(RequestStoreTest, IdsAreNeverUsedAgain) {
  const std::int64_t first = valueOf(requests().add("a", Json::object(), 10));
  expectOk(requests().complete(first, ""));
  expectOk(requests().forgetDone(20));

  EXPECT_GT(valueOf(requests().add("b", Json::object(), 30)), first);
}

TEST_F(RequestStoreTest, CarriesAWholeSubmission) {
  const Submission submission = submissionOf("e", 1, 20);
  const std::int64_t id = valueOf(requests().add("submit", toJson(submission), 1));

  const Request request = valueOf(requests().get(id));

  EXPECT_EQ(valueOf(submissionFromJson(request.arguments)), submission);
}

TEST_F(RequestStoreTest, CompletingAnUnknownRequestIsAnError) {
  expectError(requests().complete(5, ""), ErrorCode::kNotFound, "no request number 5");
}

}  // namespace
}  // namespace retort::storage
