#pragma once

namespace retort::train {

/// The signals of the trainer contract. The first TERM, INT, USR1 or USR2 asks for a stop after the
/// current step; the second ends the process at once with exit code 75. PIPE and XFSZ are ignored,
/// so that a closed log or a file size limit is an error of write() and not a death.
class StopSignals {
 public:
  /// Installs the handlers for the whole process.
  static void install();

  [[nodiscard]] static bool isStopRequested();

  /// The number of the signal that asked; 0: none did.
  [[nodiscard]] static int signalNumber();
};

}  // namespace retort::train
