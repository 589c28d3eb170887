#pragma once

namespace retort::internal {
[[noreturn]] void checkFailed(const char* condition,
                              const char* message,
                              const char* file,
                              int line);
}

/// Aborts with file and line, in release builds too. For programmer errors only: nothing that a
/// file, a user or another process does may ever reach it.
#define RETORT_CHECK(condition, message)                                        \
  do {                                                                          \
    if (!(condition)) {                                                         \
      ::retort::internal::checkFailed(#condition, message, __FILE__, __LINE__); \
    }                                                                           \
  } while (false)
