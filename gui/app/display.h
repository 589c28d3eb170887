#pragma once

#include <optional>
#include <string>

namespace retort::gui {

/// Why no window can be opened here, in one sentence with what to do; nothing when one probably
/// can. Asked before Qt is, which would abort.
[[nodiscard]] std::optional<std::string> findDisplayProblem();

}  // namespace retort::gui
