#include "trainers/training/failure.h"

#include "trainers/train_error.h"

#include <c10/util/Exception.h>

#include <new>
#include <system_error>

namespace retort::train {

namespace {

// After sysexits.h.
constexpr int kSoftware = 70;
constexpr int kOsError = 71;
constexpr int kIoError = 74;

constexpr const char* kMemoryAdvice = "; lower train.batch or data.max_length";

/// LibTorch's CPU allocator reports a lack of memory as a plain c10::Error.
bool isOutOfMemory(const std::string& message) {
  return message.find("not enough memory") != std::string::npos ||
         message.find("can't allocate memory") != std::string::npos;
}

std::string firstLine(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

Failure describeFailure(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const TrainError& error) {
    return {static_cast<int>(error.exitCode()), error.what()};
  } catch (const c10::OutOfMemoryError& error) {
    return {kOsError,
            "out of memory: " + firstLine(error.what_without_backtrace()) + kMemoryAdvice};
  } catch (const c10::Error& error) {
    const std::string message = firstLine(error.what_without_backtrace());
    return isOutOfMemory(message) ? Failure{kOsError, "out of memory: " + message + kMemoryAdvice}
                                  : Failure{kSoftware, message};
  } catch (const std::bad_alloc&) {
    return {kOsError, std::string("out of memory") + kMemoryAdvice};
  } catch (const std::system_error& error) {
    return {kIoError, error.what()};
  } catch (const std::exception& error) {
    return {kSoftware, error.what()};
  } catch (...) {
    return {kSoftware, "an unknown exception"};
  }
}

}  // namespace retort::train
