#pragma once

#include "core/settings/combination.h"
#include "gui/models/series_data.h"
#include "gui/models/work_room.h"

#include <memory>
#include <string>
#include <vector>

namespace retort::gui {

/// Several curves of one run as one that grows with them. At each x it combines the curves that
/// have a sample there. All samples of one x must have arrived in all members before `update` is
/// called, as they do when curves are read in one transaction. Empty before the first `update`.
class CombinedSeries {
 public:
  CombinedSeries(std::vector<std::shared_ptr<const SeriesData>> members, Combination combination);

  /// Takes in what the members have got, as far as there is room; true when that was all.
  bool update(WorkRoom& room);

  /// Of a single member it is the member itself.
  [[nodiscard]] const std::shared_ptr<const SeriesData>& data() const { return result_; }

 private:
  struct Member {
    std::shared_ptr<const SeriesData> data;
    std::size_t next = 0;
    std::int64_t generation = 0;
  };

  [[nodiscard]] bool isStale() const;
  void restart();

  std::vector<Member> members_;
  Combination combination_;
  std::shared_ptr<SeriesData> combined_;
  std::shared_ptr<const SeriesData> result_;
};

}  // namespace retort::gui
