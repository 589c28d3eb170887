#include "trainers/training/stop_signals.h"

#include "trainers/train_error.h"

#include <atomic>
#include <csignal>

#include <unistd.h>

namespace retort::train {

namespace {

// A signal handler can reach nothing but globals; lock-free atomics are safe inside it.
std::atomic<int> received_signal = 0;
static_assert(std::atomic<int>::is_always_lock_free);

void requestStop(int signal) {
  if (received_signal.exchange(signal) != 0) {
    _exit(static_cast<int>(ExitCode::kStopped));
  }
}

}  // namespace

void StopSignals::install() {
  struct sigaction stop = {};
  stop.sa_handler = requestStop;
  stop.sa_flags = SA_RESTART;
  sigemptyset(&stop.sa_mask);
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1, SIGUSR2}) {
    sigaction(signal, &stop, nullptr);
  }
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  sigemptyset(&ignore.sa_mask);
  for (const int signal : {SIGPIPE, SIGXFSZ}) {
    sigaction(signal, &ignore, nullptr);
  }
}

bool StopSignals::isStopRequested() {
  return received_signal.load() != 0;
}

int StopSignals::signalNumber() {
  return received_signal.load();
}

}  // namespace retort::train
