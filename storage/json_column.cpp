#include "storage/json_column.h"

#include <fmt/format.h>

namespace retort::storage {

Result<Json> parseJsonColumn(const std::string& text, std::string_view what) {
  Result<Json> json = parseJson(text);
  if (!json) {
    return fail(ErrorCode::kDatabase,
                fmt::format("the database holds a malformed {}: {}", what, json.error().message));
  }
  return json;
}

std::string jsonList(const std::vector<std::string>& values) {
  return values.empty() ? std::string() : canonicalJson(Json(values));
}

}  // namespace retort::storage
