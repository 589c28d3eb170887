#include "core/comparison/figure_spec.h"

#include "core/base/text.h"

#include <cmath>

namespace retort {
namespace {

constexpr double kMmPerInch = 25.4;

/// Field by field, so that reading cannot forget what writing knows.
template <class Visitor>
void visitFields(Visitor& visit, FigureSpec& spec) {
  visit("workspace", spec.workspace);
  visit("kind", spec.kind);
  visit("subject", spec.subject);
  visit("minus", spec.minus);
  visit("metric", spec.metric);
  visit("reference", spec.reference);
  visit("by", spec.comparison.by);
  visit("columns", spec.comparison.columns);
  visit("metrics", spec.comparison.metrics);
  visit("at", spec.comparison.at);
  visit("baseline", spec.comparison.baseline);
  visit("is_without_baseline", spec.comparison.is_without_baseline);
  visit("confidence", spec.comparison.confidence);
  visit("spread", spec.spread);
  visit("profile_value", spec.profile_value);
  visit("is_log", spec.is_log);
  visit("is_over_time", spec.is_over_time);
  visit("width_mm", spec.width_mm);
  visit("height_mm", spec.height_mm);
  visit("font_pt", spec.font_pt);
  visit("dots_per_inch", spec.dots_per_inch);
  visit("file", spec.file);
}

struct Writer {
  template <class T>
  void operator()(const char* key, T& value) {
    if constexpr (std::is_enum_v<T>) {
      json[key] = static_cast<int>(value);
    } else {
      json[key] = value;
    }
  }

  Json json = Json::object();
};

struct Reader {
  template <class T>
  void operator()(const char* key, T& value) {
    const auto field = json.find(key);
    if (field == json.end() || !read(*field, value)) {
      bad_key = bad_key.empty() ? key : bad_key;
    }
  }

  static bool read(const Json& field, std::string& value) {
    return field.is_string() && (value = field.get<std::string>(), true);
  }

  static bool read(const Json& field, bool& value) {
    return field.is_boolean() && (value = field.get<bool>(), true);
  }

  static bool read(const Json& field, double& value) {
    return field.is_number() && (value = field.get<double>(), true);
  }

  static bool read(const Json& field, int& value) {
    return field.is_number_integer() && (value = field.get<int>(), true);
  }

  static bool read(const Json& field, std::vector<std::string>& value) {
    for (const Json& item : field) {
      if (!item.is_string()) {
        return false;
      }
      value.push_back(item.get<std::string>());
    }
    return field.is_array();
  }

  static bool read(const Json& field, Spread& value) {
    int number = -1;
    const bool is_good = read(field, number) && number >= 0 && number <= 2;
    value = is_good ? static_cast<Spread>(number) : value;
    return is_good;
  }

  static bool read(const Json& field, ProfileValue& value) {
    int number = -1;
    const bool is_good = read(field, number) && number >= 0 && number <= 1;
    value = is_good ? static_cast<ProfileValue>(number) : value;
    return is_good;
  }

  const Json& json;
  std::string bad_key;
};

}  // namespace

Json toJson(const FigureSpec& spec) {
  Writer writer;
  FigureSpec copy = spec;
  visitFields(writer, copy);
  return writer.json;
}

Result<FigureSpec> figureSpecFromJson(const Json& json) {
  if (!json.is_object()) {
    return fail(ErrorCode::kProtocol, "the figure's description is no JSON object");
  }
  FigureSpec spec;
  Reader reader{json, {}};
  visitFields(reader, spec);
  if (!reader.bad_key.empty()) {
    return fail(ErrorCode::kProtocol,
                "the figure's description has no valid '" + reader.bad_key + "'");
  }
  return spec;
}

Result<std::pair<double, double>> parseFigureSize(std::string_view text) {
  const bool is_inch = text.ends_with("in");
  const std::size_t cross = text.find('x');
  if ((is_inch || text.ends_with("mm")) && cross != std::string_view::npos) {
    const double unit = is_inch ? kMmPerInch : 1;
    const auto width = parseDouble(text.substr(0, cross));
    const auto height = parseDouble(text.substr(cross + 1, text.size() - cross - 3));
    if (width && height && std::isfinite(*width) && std::isfinite(*height) && *width > 0 &&
        *height > 0) {
      return std::pair(*width * unit, *height * unit);
    }
  }
  return fail(ErrorCode::kUsage,
              "'" + std::string(text) + "' is no size; write for example 140x90mm or 5.5x3.5in");
}

}  // namespace retort
