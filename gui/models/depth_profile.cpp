#include "gui/models/depth_profile.h"

namespace retort::gui {

SeriesData depthProfile(const LayerSeries& layers,
                        double first_step,
                        double last_step,
                        Combination combination) {
  SeriesData profile;
  for (const auto& [layer, members] : layers) {
    std::vector<double> values;
    for (const auto& member : members) {
      const auto sample = member->lastUntil(last_step);
      if (sample && sample->x >= first_step) {
        values.push_back(sample->y);
      }
    }
    if (!values.empty()) {
      profile.append({static_cast<double>(layer), combine(values, combination)});
    }
  }
  return profile;
}

}  // namespace retort::gui
