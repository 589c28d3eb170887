#pragma once

#include "core/base/result.h"
#include "core/cli/views/watch_view.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace retort::storage {
class WorkspaceStore;
}

namespace retort::cli {

/// Reads what `retort watch` shows, again and again: of curves only what is new.
class WatchLoader {
 public:
  WatchLoader(storage::WorkspaceStore& store, std::string title, std::vector<std::string> run_ids);

  /// Which run is looked into from now on. Until it is called: one that runs now, else the one that
  /// changed last.
  void choose(std::string run_id);

  [[nodiscard]] Result<WatchModel> load();

 private:
  /// The points that were read of one run so far.
  struct CurveCache {
    std::string run_id;
    int attempts = 0;
    std::map<std::int64_t, std::vector<Point>> points;  ///< by series
  };

  [[nodiscard]] std::string findRun(const GridProgress& grid) const;
  [[nodiscard]] Result<std::vector<WatchedCurve>> loadCurves(const RunProgress& run);
  [[nodiscard]] Status loadMaps(WatchedRun& run);

  storage::WorkspaceStore* store_;
  std::string title_;
  std::vector<std::string> run_ids_;
  std::string chosen_;
  bool is_chosen_by_user_ = false;
  CurveCache cache_;
};

}  // namespace retort::cli
