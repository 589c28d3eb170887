#include "storage/event_store.h"

#include "tests/storage/store_fixture.h"

namespace retort::storage {
namespace {

class EventStoreTest : public StoreTest {
 protected:
  EventStoreTest() {
    Event warning = eventOf("warning", 1, 20, {{"message", "loss is large"}});
    warning.step = 7;
    expectOk(ingest(runId(1), {openEvent(runId(1), 1), warning}));
    expectOk(ingest(runId(2), {openEvent(runId(2), 1)}));
    expectOk(ingest(runId(1), {endEvent(1, "finished")}));
  }

  std::vector<std::string> kindsOf(const EventFilter& filter) {
    std::vector<std::string> kinds;
    for (const LoggedEvent& logged : valueOf(store_.events().list(filter))) {
      kinds.push_back(logged.event.kind);
    }
    return kinds;
  }
};

TEST_F(EventStoreTest, KeepsWhatHappened) {
  EventFilter filter;
  filter.run_id = runId(1);

  const auto events = valueOf(store_.events().list(filter));

  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].event, openEvent(runId(1), 1));
  EXPECT_EQ(events[1].event.step, 7);
  EXPECT_EQ(events[1].event.fields["message"], "loss is large");
  EXPECT_EQ(events[2].event, endEvent(1, "finished"));
  EXPECT_EQ(events[2].run_id, runId(1));
}

TEST_F(EventStoreTest, ListsAllRunsInTheOrderOfArrival) {
  EXPECT_EQ(kindsOf({}), (std::vector<std::string>{"open", "warning", "open", "end"}));
}

TEST_F(EventStoreTest, KeepsWhatLanguageModelsWrite) {
  Event sample = eventOf("sample", 1, 30, {{"prompt", "The"}, {"text", " end\n"}});
  sample.step = 8;
  expectOk(ingest(runId(2), {sample}));
  EventFilter filter;
  filter.kinds = {"sample"};

  const auto events = valueOf(store_.events().list(filter));

  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].event, sample);
}

TEST_F(EventStoreTest, ListsSomeKinds) {
  EventFilter filter;
  filter.kinds = {"warning", "end"};

  EXPECT_EQ(kindsOf(filter), (std::vector<std::string>{"warning", "end"}));
}

TEST_F(EventStoreTest, GoesOnAfterTheLastOneSeen) {
  EventFilter filter;
  filter.limit = 3;
  filter.after_id = valueOf(store_.events().list(filter)).back().event_id;

  EXPECT_EQ(kindsOf(filter), std::vector<std::string>{"end"});
}

TEST_F(EventStoreTest, ListsTheNewestFirst) {
  EventFilter filter;
  filter.newest_first = true;
  filter.limit = 2;
  EXPECT_EQ(kindsOf(filter), (std::vector<std::string>{"end", "open"}));

  filter.run_id = runId(1);
  EXPECT_EQ(kindsOf(filter), (std::vector<std::string>{"end", "warning"}));
}

}  // namespace
}  // namespace retort::storage
