#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace retort::experiments {

/// Where something stands: in the file (lines and columns count from 1) or in a `--set` option.
struct Place {
  int line = 0;        ///< 0: not known, or not in a file
  int column = 0;      ///< in characters, not bytes
  std::string option;  ///< "train.epochs=3" when it came from --set; else empty

  bool operator==(const Place&) const = default;
};

/// One thing that is wrong in an experiment file. A file's problems are collected and reported
/// together.
struct Diagnostic {
  std::string file;  ///< as the user named it; empty for an option
  Place place;
  std::string key;  ///< dotted key that it is about: "grid.freeze", "train.epochs"; may be empty
  std::string message;  ///< one sentence: what was found, what is allowed
  std::string
      excerpt;  ///< the source line (cut to a readable length); empty when it would not help
  int excerpt_column = 0;  ///< where the caret goes below the excerpt, from 1; 0: no caret

  bool operator==(const Diagnostic&) const = default;
};

/// "file:line:column: message", with the line and a caret where it helps. At most `limit`
/// diagnostics, in the order of their places, then "and N more". Text from the file is escaped for
/// terminals. Ends with a newline.
[[nodiscard]] std::string formatDiagnostics(const std::vector<Diagnostic>& diagnostics,
                                            std::size_t limit = 20);

}  // namespace retort::experiments
