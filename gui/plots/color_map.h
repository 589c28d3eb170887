#pragma once

#include <QRgb>

namespace retort::gui {

/// Viridis: even steps of lightness, told apart by the colour-blind and in grey print. `share` from
/// 0 (dark violet) to 1 (yellow); others are taken as the nearer end.
[[nodiscard]] QRgb sequentialColor(double share);

/// Blue below the middle, red above, nearly white at 0.5.
[[nodiscard]] QRgb divergingColor(double share);

/// For cells that hold no finite number; in neither of the maps.
inline constexpr QRgb kNotFiniteColor = 0xffff00c8;

}  // namespace retort::gui
