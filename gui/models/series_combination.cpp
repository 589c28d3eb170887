#include "gui/models/series_combination.h"

#include <algorithm>
#include <cmath>

namespace retort::gui {

CombinedSeries::CombinedSeries(std::vector<std::shared_ptr<const SeriesData>> members,
                               Combination combination)
    : combination_(combination),
      combined_(std::make_shared<SeriesData>()) {
  for (auto& member : members) {
    const std::int64_t generation = member->generation();
    members_.push_back({std::move(member), 0, generation});
  }
  result_ = members_.size() == 1 ? members_.front().data : combined_;
}

bool CombinedSeries::update(WorkRoom& room) {
  if (members_.size() <= 1) {
    return true;
  }
  if (isStale()) {
    restart();
  }
  std::vector<double> values;
  while (!room.isEmpty()) {
    room.use(2 * members_.size());
    double x = std::numeric_limits<double>::infinity();
    for (const Member& member : members_) {
      if (member.next < member.data->size()) {
        x = std::min(x, member.data->samples()[member.next].x);
      }
    }
    values.clear();
    for (Member& member : members_) {
      if (member.next < member.data->size() && member.data->samples()[member.next].x == x) {
        values.push_back(member.data->samples()[member.next].y);
        ++member.next;
      }
    }
    if (values.empty()) {
      return true;
    }
    combined_->append({x, combine(values, combination_)});
  }
  return false;
}

bool CombinedSeries::isStale() const {
  return std::any_of(members_.begin(), members_.end(), [](const Member& member) {
    return member.generation != member.data->generation();
  });
}

void CombinedSeries::restart() {
  combined_->clear();
  for (Member& member : members_) {
    member.next = 0;
    member.generation = member.data->generation();
  }
}

}  // namespace retort::gui
