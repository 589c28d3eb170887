#pragma once

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace retort {

/// What kind of failure it was; decides the exit code (`exitCode`) and whether a retry can help.
enum class ErrorCode {
  kUsage,          ///< the command line is wrong
  kInvalidConfig,  ///< an experiment file, a spec or a setting is wrong
  kInvalidData,    ///< a data or model file is malformed
  kNotFound,       ///< a file, run, experiment or program does not exist
  kAlreadyExists,  ///< refusing to overwrite
  kIo,             ///< the operating system refused to read or write
  kDatabase,       ///< SQLite reported an error
  kProcess,        ///< a program could not be started or controlled
  kProtocol,       ///< a trainer's catalogue or event file breaks the contract
  kCanceled,       ///< stopped on purpose
};

/// A failure with one clear sentence: what failed, which one, what was found, what to do.
/// Lower case, no full stop; `withContext` adds the outer part on the way up.
struct Error {
  ErrorCode code;
  std::string message;

  bool operator==(const Error&) const = default;
};

/// Either a value or the reason why there is none. This header is the only file that names `tl::`.
template <class T, class E = Error>
using Result = tl::expected<T, E>;

using Status = Result<void>;

/// What `fail` and `failWith` give: becomes a Result of any value type.
template <class E = Error>
using Failure = tl::unexpected<E>;

[[nodiscard]] inline Failure<> fail(ErrorCode code, std::string message) {
  return Failure<>(Error{code, std::move(message)});
}

/// Passes a failure (of any error type) on from a function with another value type.
template <class E>
[[nodiscard]] inline Failure<std::decay_t<E>> failWith(E&& error) {
  return Failure<std::decay_t<E>>(std::forward<E>(error));
}

/// "CONTEXT: MESSAGE", same code.
[[nodiscard]] Error withContext(Error error, std::string_view context);

/// The process exit code for an error, after sysexits.h: 64 usage, 65 data, 66 not found, 70
/// database and protocol (software), 71 process, 73 cannot create, 74 input/output, 75 canceled, 78
/// config.
[[nodiscard]] int exitCode(ErrorCode code);

}  // namespace retort
