#include "storage/submission_copy.h"

#include "core/base/file.h"
#include "storage/experiment_store.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

namespace fs = std::filesystem;

namespace retort::storage {
namespace {

constexpr std::uint64_t kMaxCopyBytes = std::uint64_t{1} << 30;
constexpr std::size_t kMaxNameInFile = 64;

std::string nameForFile(const std::string& name) {
  std::string safe;
  for (char c : name.substr(0, kMaxNameInFile)) {
    bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '_' || (c == '.' && !safe.empty());
    safe += is_plain ? c : '_';
  }
  return safe;
}

std::int64_t timeOf(const Json& json, const char* key) {
  auto field = json.find(key);
  return field != json.end() && field->is_number_integer() ? field->get<std::int64_t>() : 0;
}

}  // namespace

Result<fs::path> saveSubmissionCopy(const WorkspacePaths& paths,
                                    const Submission& submission,
                                    std::int64_t now_ms) {
  std::error_code error;
  fs::create_directories(paths.experiments(), error);
  if (error) {
    return fail(
        ErrorCode::kIo,
        fmt::format(
            "cannot create the folder {}: {}", paths.experiments().string(), error.message()));
  }
  fs::path file =
      paths.experiments() /
      fmt::format("{}-{}.json", nameForFile(submission.experiment), submissionHash(submission));
  std::int64_t created_ms = now_ms;
  if (Result<SubmissionCopy> earlier = readSubmissionCopy(file)) {
    created_ms = earlier->created_ms;
  }
  Json json = {{"retort", 1},
               {"created_ms", created_ms},
               {"submitted_ms", now_ms},
               {"submission", toJson(submission)}};
  if (Status written = writeFileAtomically(file, canonicalJson(json) + "\n"); !written) {
    return failWith(written.error());
  }
  return file;
}

Result<SubmissionCopy> readSubmissionCopy(const fs::path& file) {
  Result<std::string> text = readFile(file, kMaxCopyBytes);
  if (!text) {
    return failWith(text.error());
  }
  Result<Json> json = parseJson(*text);
  if (!json) {
    return failWith(withContext(json.error(), file.string()));
  }
  if (!json->is_object() || !json->contains("submission")) {
    return fail(ErrorCode::kInvalidData,
                fmt::format("{}: not a copy of a submission", file.string()));
  }
  Result<Submission> submission = submissionFromJson((*json)["submission"]);
  if (!submission) {
    return failWith(withContext(submission.error(), file.string()));
  }
  return SubmissionCopy{
      std::move(*submission), timeOf(*json, "created_ms"), timeOf(*json, "submitted_ms")};
}

std::vector<SubmissionCopy> readSubmissionCopies(const WorkspacePaths& paths,
                                                 std::vector<std::string>& problems) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(paths.experiments(), error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".json") {
      files.push_back(entry->path());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<SubmissionCopy> copies;
  for (const fs::path& file : files) {
    Result<SubmissionCopy> copy = readSubmissionCopy(file);
    if (copy) {
      copies.push_back(std::move(*copy));
    } else {
      problems.push_back(copy.error().message);
    }
  }
  std::stable_sort(
      copies.begin(), copies.end(), [](const SubmissionCopy& left, const SubmissionCopy& right) {
        return left.submitted_ms < right.submitted_ms;
      });
  return copies;
}

}  // namespace retort::storage
