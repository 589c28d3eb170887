#pragma once

#include "core/cli/console.h"
#include "core/tables/render.h"

namespace retort::cli {

/// How a table is drawn on this terminal; plain and complete where output is no terminal.
[[nodiscard]] TextStyle tableStyle(const TerminalTraits& terminal);

}  // namespace retort::cli
