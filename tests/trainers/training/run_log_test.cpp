#include "trainers/training/run_log.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "tests/trainers/training/temporary_folder.h"

#include <gtest/gtest.h>

#include <thread>

namespace retort::train {

namespace {

class RunLogTest : public testing::Test {
 protected:
  std::unique_ptr<RunLog> openLog() {
    auto events = EventWriter::open(file(), "0123456789abcdef", 1, -1);
    EXPECT_TRUE(events.has_value());
    return std::make_unique<RunLog>(*std::move(events));
  }

  [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "events.jsonl"; }

  [[nodiscard]] std::vector<Event> events() const {
    std::vector<Event> events;
    const auto text = readFile(file(), 1 << 20);
    for (const std::string& line : splitString(text.value_or(""), '\n')) {
      if (!line.empty()) {
        events.push_back(parseEvent(line).value());
      }
    }
    return events;
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(RunLogTest, WritesEverythingWhenItEnds) {
  {
    const auto log = openLog();
    log->event("phase", 3, {{"name", "finetune"}});
    log->metrics(4, {{.series = {.metric = "train.loss"}, .value = 0.25}});
  }

  const std::vector<Event> written = events();
  ASSERT_EQ(written.size(), 3U);
  EXPECT_EQ(written[1].fields.at("name"), "finetune");
  ASSERT_EQ(written[2].points.size(), 1U);
  EXPECT_EQ(written[2].step, 4);
  EXPECT_EQ(written[2].points[0].value, 0.25);
}

TEST_F(RunLogTest, WritesNoLineForNoPoints) {
  {
    const auto log = openLog();
    log->metrics(4, {});
  }

  EXPECT_EQ(events().size(), 1U);
}

TEST_F(RunLogTest, WarnsInTheFileToo) {
  {
    const auto log = openLog();
    log->warn("rows of dev are in train");
  }

  EXPECT_EQ(events().at(1).kind, "warning");
  EXPECT_EQ(events().at(1).fields.at("message"), "rows of dev are in train");
}

TEST_F(RunLogTest, DoesNotLetLinesWaitForASlowTick) {
  const auto log = openLog();
  log->event("phase", std::nullopt, {{"name", "prepare"}});

  // Two ticks half a second apart: waiting for a third would make the line too old.
  log->tick();
  std::this_thread::sleep_for(std::chrono::milliseconds(450));
  log->tick();

  EXPECT_EQ(events().size(), 2U);
}

}  // namespace

}  // namespace retort::train
