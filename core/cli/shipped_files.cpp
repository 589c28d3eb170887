#include "core/cli/shipped_files.h"

#include "core/base/text.h"

#include <set>
#include <string>
#include <vector>

namespace retort::cli {

namespace fs = std::filesystem;

std::vector<fs::path> shippedFolders(const std::string& kind) {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return {program.parent_path().parent_path() / "share/retort" / kind,
          fs::path(RETORT_GRIDS_DIR).parent_path() / kind};
}

std::vector<std::string> shippedNames(const std::string& kind) {
  std::error_code error;
  std::set<std::string> names;
  for (const fs::path& folder : shippedFolders(kind)) {
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      if (entry.path().extension() == ".yaml") {
        names.insert(entry.path().stem().string());
      }
    }
  }
  return {names.begin(), names.end()};
}

Result<fs::path> findShippedFile(const std::string& kind, const std::string& name) {
  std::error_code error;
  for (const fs::path& folder : shippedFolders(kind)) {
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      if (entry.path().filename() == name) {
        return entry.path();
      }
    }
  }
  const std::vector<std::string> known = shippedNames(kind);
  return fail(ErrorCode::kNotFound,
              "there is no " + name + " among the " + kind + " that come with this program" +
                  (known.empty() ? "; build again" : "; there are: " + joinStrings(known, ", ")));
}

}  // namespace retort::cli
