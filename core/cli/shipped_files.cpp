#include "core/cli/shipped_files.h"

#include "core/base/text.h"

#include <algorithm>
#include <vector>

namespace retort::cli {

namespace fs = std::filesystem;

std::vector<fs::path> shippedFolders(const std::string& kind) {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return {program.parent_path().parent_path() / "share/retort" / kind,
          fs::path(RETORT_GRIDS_DIR).parent_path() / kind};
}

Result<fs::path> findShippedFile(const std::string& kind, const std::string& name) {
  std::error_code error;
  std::vector<std::string> known;
  for (const fs::path& folder : shippedFolders(kind)) {
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      if (entry.path().filename() == name) {
        return entry.path();
      }
      if (entry.path().extension() == ".yaml") {
        known.push_back(entry.path().stem().string());
      }
    }
  }
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  return fail(ErrorCode::kNotFound,
              "there is no " + name + " among the " + kind + " that come with this program" +
                  (known.empty() ? "; build again" : "; there are: " + joinStrings(known, ", ")));
}

}  // namespace retort::cli
