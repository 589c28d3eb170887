#pragma once

#include "core/run/submission.h"
#include "storage/workspace_store.h"

#include <QTemporaryDir>

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace retort::gui {

/// A run as the agent would list it.
inline RunRecord makeRun(const std::string& run_id, const std::string& name, RunState state) {
  RunRecord run;
  run.spec.run_id = run_id;
  run.name = name;
  run.state = state;
  return run;
}

/// A workspace in a temporary folder, written as the agent would write it.
class TestWorkspace {
 public:
  [[nodiscard]] std::filesystem::path folder() const { return folder_.path().toStdString(); }

  [[nodiscard]] storage::WorkspaceStore create() const {
    auto store = storage::WorkspaceStore::open(folder(), storage::Access::kCreate);
    EXPECT_TRUE(store) << store.error().message;
    return std::move(*store);
  }

  static void add(storage::WorkspaceStore& store,
                  const std::string& run_id,
                  const std::string& name) {
    SubmittedRun run;
    run.spec.run_id = run_id;
    run.spec.trainer = "fake";
    run.spec.release = "1";
    run.name = name;
    EXPECT_TRUE(store.runs().insertIfNew(run, 1));
  }

 private:
  QTemporaryDir folder_;
};

}  // namespace retort::gui
