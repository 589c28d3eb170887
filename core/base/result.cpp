#include "core/base/result.h"

#include "core/base/check.h"

namespace retort {

Error withContext(Error error, std::string_view context) {
  error.message = std::string(context) + ": " + error.message;
  return error;
}

int exitCode(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUsage:
      return 64;
    case ErrorCode::kInvalidData:
      return 65;
    case ErrorCode::kNotFound:
      return 66;
    case ErrorCode::kDatabase:
    case ErrorCode::kProtocol:
      return 70;
    case ErrorCode::kProcess:
      return 71;
    case ErrorCode::kAlreadyExists:
      return 73;
    case ErrorCode::kIo:
      return 74;
    case ErrorCode::kCanceled:
      return 75;
    case ErrorCode::kInvalidConfig:
      return 78;
  }
  RETORT_CHECK(false, "unknown error code");
}

}  // namespace retort
