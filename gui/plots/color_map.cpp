#include "gui/plots/color_map.h"

#include <QColor>

#include <algorithm>
#include <array>
#include <cmath>

namespace retort::gui {
namespace {

// Viridis as a polynomial of degree 6 in each channel (the map is by Smith and van der Walt, CC0).
constexpr std::array<std::array<double, 7>, 3> kViridis = {{
    {0.27772733, 0.10509304, -0.33086183, -4.63423050, 6.22826994, 4.77638500, -5.43545586},
    {0.00540734, 1.40461353, 0.21484756, -5.79910097, 14.17993337, -13.74514538, 4.64585261},
    {0.33409981, 1.38459016, 0.09509516, -19.33244096, 56.69055260, -65.35303263, 26.31243525},
}};

struct Stop {
  double red;
  double green;
  double blue;
};

// Blue, light blue, white, light red, red.
constexpr std::array<Stop, 5> kDiverging = {{{0.13, 0.40, 0.67},
                                             {0.57, 0.77, 0.87},
                                             {0.97, 0.97, 0.97},
                                             {0.96, 0.65, 0.51},
                                             {0.70, 0.09, 0.17}}};

QRgb rgb(double red, double green, double blue) {
  const auto channel = [](double value) {
    return static_cast<int>(std::lround(std::clamp(value, 0.0, 1.0) * 255));
  };
  return qRgb(channel(red), channel(green), channel(blue));
}

}  // namespace

QRgb sequentialColor(double share) {
  const double t = std::clamp(share, 0.0, 1.0);
  std::array<double, 3> channels{};
  for (std::size_t i = 0; i < channels.size(); ++i) {
    for (std::size_t power = kViridis[i].size(); power-- > 0;) {
      channels[i] = channels[i] * t + kViridis[i][power];
    }
  }
  return rgb(channels[0], channels[1], channels[2]);
}

QRgb divergingColor(double share) {
  const double place = std::clamp(share, 0.0, 1.0) * (kDiverging.size() - 1);
  const auto left = std::min(static_cast<std::size_t>(place), kDiverging.size() - 2);
  const double weight = place - static_cast<double>(left);
  const Stop& from = kDiverging[left];
  const Stop& to = kDiverging[left + 1];
  return rgb(from.red + weight * (to.red - from.red),
             from.green + weight * (to.green - from.green),
             from.blue + weight * (to.blue - from.blue));
}

}  // namespace retort::gui
