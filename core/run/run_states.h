#pragma once

#include "core/run/run_record.h"

#include <array>

namespace retort {

/// All states, for what must not forget one.
inline constexpr std::array kRunStates = {RunState::kQueued,
                                          RunState::kPaused,
                                          RunState::kBlocked,
                                          RunState::kRunning,
                                          RunState::kStopping,
                                          RunState::kStopped,
                                          RunState::kFinished,
                                          RunState::kDiverged,
                                          RunState::kFailed};

}  // namespace retort
