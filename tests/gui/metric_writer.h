#pragma once

#include "core/events/event.h"
#include "storage/workspace_store.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace retort::gui {

/// Writes the points of one run as the agent would.
class MetricWriter {
 public:
  MetricWriter(storage::WorkspaceStore& store, std::string run_id)
      : store_(store),
        run_id_(std::move(run_id)) {}

  /// Starts an attempt; the steps after `from_step` of earlier ones are dropped.
  void open(int attempt, std::int64_t from_step) {
    attempt_ = attempt;
    Event event = makeEvent("open");
    event.fields = {{"protocol", kEventProtocol}, {"run", run_id_}, {"from_step", from_step}};
    events_.push_back(std::move(event));
  }

  /// Adds points of one step; steps are half a second apart.
  void add(std::int64_t step, const std::vector<MetricPoint>& points) {
    Event event = makeEvent("metrics");
    event.step = step;
    event.time_ms = 1 + 500 * step;
    event.points = points;
    events_.push_back(std::move(event));
  }

  void add(std::int64_t step, const std::string& metric, double value) {
    add(step, {{.series = {.metric = metric}, .value = value}});
  }

  /// Stores what was added, in one transaction.
  void commit() {
    storage::EventBatch batch;
    batch.run_id = run_id_;
    const auto state = store_.ingest().state(run_id_);
    ASSERT_TRUE(state) << state.error().message;
    batch.before = *state;
    batch.after = {state->offset + 1, attempt_, "first line"};
    batch.events = std::exchange(events_, {});
    const Status stored = store_.ingest().append(batch);
    ASSERT_TRUE(stored) << stored.error().message;
  }

 private:
  [[nodiscard]] Event makeEvent(const std::string& kind) const {
    Event event;
    event.kind = kind;
    event.attempt = attempt_;
    event.time_ms = 1;
    event.fields = Json::object();
    return event;
  }

  storage::WorkspaceStore& store_;
  std::string run_id_;
  int attempt_ = 1;
  std::vector<Event> events_;
};

}  // namespace retort::gui
