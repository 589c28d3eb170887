#include "core/cli/table_style.h"

namespace retort::cli {

TextStyle tableStyle(const TerminalTraits& terminal) {
  constexpr std::size_t kWideColumns = 120;
  constexpr std::size_t kWideLabel = 40;
  constexpr std::size_t kNarrowLabel = 24;
  if (!terminal.is_terminal) {
    return {};
  }
  return {terminal.has_color,
          terminal.columns >= kWideColumns ? kWideLabel : kNarrowLabel,
          terminal.columns};
}

}  // namespace retort::cli
