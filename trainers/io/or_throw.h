#pragma once

#include "core/base/result.h"
#include "trainers/train_error.h"

#include <stdexcept>
#include <utility>

/// The wall between core's results and the trainer's exceptions.
namespace retort::train {

/// An input that could not be read or understood: kMissingInput when it is not there or the system
/// refuses it, kBadData otherwise.
[[nodiscard]] inline TrainError inputError(const Error& error) {
  const bool is_unreadable = error.code == ErrorCode::kNotFound || error.code == ErrorCode::kIo;
  return {is_unreadable ? ExitCode::kMissingInput : ExitCode::kBadData, error.message};
}

/// The value, or `inputError`.
template <class T>
[[nodiscard]] T readOrThrow(Result<T> result) {
  if (!result) {
    throw inputError(result.error());
  }
  return std::move(*result);
}

/// Throws what could not be written as std::runtime_error: not the input's fault, so worth another
/// attempt.
inline void writeOrThrow(const Status& status) {
  if (!status) {
    throw std::runtime_error(status.error().message);
  }
}

}  // namespace retort::train
