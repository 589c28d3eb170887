#include "gui/models/run_colors.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <tuple>
#include <unordered_map>

namespace retort::gui {
namespace {

constexpr std::size_t kHueCount = 12;
constexpr std::size_t kLightnessCount = 3;

/// After Okabe and Ito and Tol's "muted" set, darkened until each stands out from white.
constexpr std::array<QRgb, kHueCount> kOnLight = {0xff0072b2,
                                                  0xffd55e00,
                                                  0xff009e73,
                                                  0xffc55f98,
                                                  0xff8a6d00,
                                                  0xff4a94cc,
                                                  0xff7a3e9d,
                                                  0xffa50026,
                                                  0xff55585c,
                                                  0xffd08a00,
                                                  0xff117733,
                                                  0xff0097a7};

/// The same hues in the same order, light enough for a dark background.
constexpr std::array<QRgb, kHueCount> kOnDark = {0xff4da6e8,
                                                 0xffff8a4c,
                                                 0xff2fc99a,
                                                 0xfff0a3cc,
                                                 0xffd4b83a,
                                                 0xff8fd0ff,
                                                 0xffb98be0,
                                                 0xffff6b81,
                                                 0xffb8bcc2,
                                                 0xffffbe4d,
                                                 0xff6fbf73,
                                                 0xff4ddbe6};

/// FNV-1a: qHash and std::hash may differ from one start to the next.
std::uint64_t hashOf(const std::string& text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char character : text) {
    hash = (hash ^ static_cast<unsigned char>(character)) * 1099511628211ULL;
  }
  return hash ^ (hash >> 32);
}

/// Of the whole program, as a run has one colour in all of its windows.
std::unordered_map<std::string, std::uint64_t>& runNumbers() {
  static std::unordered_map<std::string, std::uint64_t> numbers;
  return numbers;
}

std::uint64_t placeInCycle(const std::string& run_id) {
  const auto number = runNumbers().find(run_id);
  return number == runNumbers().end() ? hashOf(run_id) : number->second;
}

}  // namespace

void numberRuns(const std::vector<RunRecord>& runs) {
  std::vector<const RunRecord*> added;
  for (const RunRecord& run : runs) {
    if (runNumbers().find(run.spec.run_id) == runNumbers().end()) {
      added.push_back(&run);
    }
  }
  std::sort(added.begin(), added.end(), [](const RunRecord* left, const RunRecord* right) {
    return std::tie(left->created_ms, left->spec.run_id) <
           std::tie(right->created_ms, right->spec.run_id);
  });
  for (const RunRecord* run : added) {
    runNumbers().try_emplace(run->spec.run_id, runNumbers().size());
  }
}

QColor runColor(const std::string& run_id, bool is_dark) {
  // Darker ones on both: lighter ones of what stands out from a dark background are all white.
  constexpr std::array<int, kLightnessCount> kOnLightPercent = {100, 125, 156};
  constexpr std::array<int, kLightnessCount> kOnDarkPercent = {100, 118, 140};
  const std::uint64_t place = placeInCycle(run_id);
  const QColor base = QColor::fromRgb((is_dark ? kOnDark : kOnLight)[place % kHueCount]);
  return base.darker(
      (is_dark ? kOnDarkPercent : kOnLightPercent)[(place / kHueCount) % kLightnessCount]);
}

}  // namespace retort::gui
