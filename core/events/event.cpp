#include "core/events/event.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace retort {

namespace {

Failure<> refuse(std::string what) {
  return fail(ErrorCode::kProtocol, "event: " + std::move(what));
}

// ---- parsing ----

Result<std::int64_t> readInteger(const Json& json, const char* name, std::int64_t minimum) {
  const bool is_too_large =
      json.is_number_unsigned() &&
      json.get<std::uint64_t>() >
          static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!json.is_number_integer() || is_too_large || json.get<std::int64_t>() < minimum) {
    return refuse(fmt::format("'{}' is not an integer of at least {}", name, minimum));
  }
  return json.get<std::int64_t>();
}

Result<double> readValue(const Json& json) {
  if (json.is_number()) {
    return json.get<double>();
  }
  if (json.is_string()) {
    const auto& text = json.get_ref<const std::string&>();
    if (text == "NaN") {
      return std::numeric_limits<double>::quiet_NaN();
    }
    if (text == "Infinity" || text == "-Infinity") {
      const double infinity = std::numeric_limits<double>::infinity();
      return text.front() == '-' ? -infinity : infinity;
    }
  }
  return refuse("a point's 'value' is neither a number nor \"NaN\", \"Infinity\", \"-Infinity\"");
}

/// One dimension of a group of points: absent, the same for all, or one for each.
struct DimensionColumn {
  const Json* values = nullptr;

  [[nodiscard]] const Json& at(std::size_t i) const {
    return values->is_array() ? (*values)[i] : *values;
  }
};

Result<DimensionColumn> findColumn(const Json& group, const char* name, const Json& value) {
  const auto found = group.find(name);
  if (found == group.end() || found->is_null()) {
    return DimensionColumn{};
  }
  if (found->is_array() && (!value.is_array() || found->size() != value.size())) {
    return refuse(fmt::format("'{}' has {} entries, 'value' has {}",
                              name,
                              found->size(),
                              value.is_array() ? fmt::to_string(value.size()) : "one"));
  }
  return DimensionColumn{&*found};
}

Status readIndex(const DimensionColumn& column,
                 std::size_t i,
                 const char* name,
                 std::optional<int>& index) {
  if (column.values == nullptr) {
    return {};
  }
  const Result<std::int64_t> number = readInteger(column.at(i), name, 0);
  if (!number) {
    return failWith(number.error());
  }
  if (*number > std::numeric_limits<int>::max()) {
    return refuse(fmt::format("'{}' is too large", name));
  }
  index = static_cast<int>(*number);
  return {};
}

Status readName(const DimensionColumn& column, std::size_t i, const char* name, std::string& text) {
  if (column.values == nullptr) {
    return {};
  }
  if (!column.at(i).is_string()) {
    return refuse(fmt::format("'{}' is not a text", name));
  }
  text = column.at(i).get_ref<const std::string&>();
  return {};
}

struct Columns {
  DimensionColumn layer;
  DimensionColumn head;
  DimensionColumn projection;
  DimensionColumn component;
};

Result<Columns> findColumns(const Json& group, const Json& value) {
  Columns columns;
  const auto find = [&](const char* name, DimensionColumn& column) -> Status {
    Result<DimensionColumn> found = findColumn(group, name, value);
    if (!found) {
      return failWith(found.error());
    }
    column = *found;
    return {};
  };
  for (const Status& status : {find("layer", columns.layer),
                               find("head", columns.head),
                               find("projection", columns.projection),
                               find("component", columns.component)}) {
    if (!status) {
      return failWith(status.error());
    }
  }
  return columns;
}

Status readPoint(const Columns& columns, const Json& value, std::size_t i, MetricPoint& point) {
  const Result<double> number = readValue(value.is_array() ? value[i] : value);
  if (!number) {
    return failWith(number.error());
  }
  point.value = *number;
  if (Status status = readIndex(columns.layer, i, "layer", point.series.layer); !status) {
    return status;
  }
  if (Status status = readIndex(columns.head, i, "head", point.series.head); !status) {
    return status;
  }
  if (Status status = readName(columns.projection, i, "projection", point.series.projection);
      !status) {
    return status;
  }
  return readName(columns.component, i, "component", point.series.component);
}

Status readGroup(const Json& group, std::vector<MetricPoint>& points) {
  if (!group.is_object()) {
    return refuse("an entry of 'points' is not an object");
  }
  const auto metric = group.find("metric");
  if (metric == group.end() || !metric->is_string() ||
      metric->get_ref<const std::string&>().empty()) {
    return refuse("a point has no 'metric'");
  }
  const auto value = group.find("value");
  if (value == group.end()) {
    return refuse("a point has no 'value'");
  }
  const Result<Columns> columns = findColumns(group, *value);
  if (!columns) {
    return failWith(columns.error());
  }
  const std::size_t count = value->is_array() ? value->size() : 1;
  for (std::size_t i = 0; i < count; ++i) {
    MetricPoint& point = points.emplace_back();
    point.series.metric = metric->get_ref<const std::string&>();
    if (Status status = readPoint(*columns, *value, i, point); !status) {
      return status;
    }
  }
  return {};
}

Status readPoints(Event& event) {
  if (!event.step) {
    return refuse("'metrics' without 'step'");
  }
  const auto groups = event.fields.find("points");
  if (groups == event.fields.end() || !groups->is_array()) {
    return refuse("'metrics' without a list of 'points'");
  }
  for (const Json& group : *groups) {
    if (Status status = readGroup(group, event.points); !status) {
      return status;
    }
  }
  event.fields.erase("points");
  return {};
}

/// Takes a required integer out of the fields.
Result<std::int64_t> takeInteger(Json& fields, const char* name, std::int64_t minimum) {
  const auto found = fields.find(name);
  if (found == fields.end()) {
    return refuse(fmt::format("'{}' is missing", name));
  }
  Result<std::int64_t> number = readInteger(*found, name, minimum);
  fields.erase(found);
  return number;
}

Status readHead(Event& event) {
  Json& fields = event.fields;
  const auto kind = fields.find("kind");
  if (kind == fields.end() || !kind->is_string() || kind->get_ref<const std::string&>().empty()) {
    return refuse("'kind' is missing");
  }
  event.kind = kind->get<std::string>();
  fields.erase(kind);
  const Result<std::int64_t> attempt = takeInteger(fields, "attempt", 1);
  if (!attempt) {
    return failWith(attempt.error());
  }
  if (*attempt > std::numeric_limits<int>::max()) {
    return refuse("'attempt' is too large");
  }
  event.attempt = static_cast<int>(*attempt);
  const Result<std::int64_t> time = takeInteger(fields, "time_ms", 0);
  if (!time) {
    return failWith(time.error());
  }
  event.time_ms = *time;
  if (fields.contains("step")) {
    const Result<std::int64_t> step = takeInteger(fields, "step", 0);
    if (!step) {
      return failWith(step.error());
    }
    event.step = *step;
  }
  return {};
}

// ---- formatting ----

void appendInteger(std::int64_t value, std::string& out) {
  out += fmt::format_int(value).str();
}

/// Numbers are written straight to the line: this runs within the training step.
void appendValue(double value, std::string& out) {
  if (!std::isfinite(value)) {
    appendJsonString(formatDouble(value), out);
    return;
  }
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out.append(buffer.data(), end.ptr);
  if (value == 0 && std::signbit(value)) {
    out += ".0";  // "-0" would be read back as the integer 0
  }
}

/// Points that share metric and kinds of dimensions: one object of the line.
struct PointGroup {
  std::vector<const MetricPoint*> points;

  [[nodiscard]] const SeriesKey& series() const { return points.front()->series; }

  [[nodiscard]] bool takes(const SeriesKey& other) const {
    const SeriesKey& mine = series();
    return mine.metric == other.metric && mine.layer.has_value() == other.layer.has_value() &&
           mine.head.has_value() == other.head.has_value() &&
           mine.projection.empty() == other.projection.empty() &&
           mine.component.empty() == other.component.empty();
  }
};

std::vector<PointGroup> groupPoints(const std::vector<MetricPoint>& points) {
  std::vector<PointGroup> groups;
  for (const MetricPoint& point : points) {
    // Points of a metric mostly follow each other, so the last group is the likely one.
    auto group = std::find_if(groups.rbegin(), groups.rend(), [&](const PointGroup& candidate) {
      return candidate.takes(point.series);
    });
    if (group == groups.rend()) {
      groups.emplace_back();
      group = groups.rbegin();
    }
    group->points.push_back(&point);
  }
  return groups;
}

/// `,"name":[…]`, or one value when all points share it.
template <class Field, class Append>
void appendColumn(const char* name,
                  const PointGroup& group,
                  const Field& field,
                  const Append& append,
                  std::string& out) {
  out += ",\"";
  out += name;
  out += "\":";
  const auto& first = field(*group.points.front());
  const bool is_shared = std::all_of(group.points.begin(),
                                     group.points.end(),
                                     [&](const auto* point) { return field(*point) == first; });
  if (is_shared) {
    append(first, out);
    return;
  }
  char separator = '[';
  for (const MetricPoint* point : group.points) {
    out += separator;
    append(field(*point), out);
    separator = ',';
  }
  out += ']';
}

void appendGroup(const PointGroup& group, std::string& out) {
  const auto append_index = [](const std::optional<int>& index, std::string& text) {
    appendInteger(*index, text);
  };
  const auto append_name = [](const std::string& name, std::string& text) {
    appendJsonString(name, text);
  };
  out += "{\"metric\":";
  appendJsonString(group.series().metric, out);
  out += ",\"value\":";
  // Values stay a list even when all are equal: the length says how many points there are.
  const bool is_list = group.points.size() > 1;
  char separator = '[';
  for (const MetricPoint* point : group.points) {
    if (is_list) {
      out += separator;
    }
    appendValue(point->value, out);
    separator = ',';
  }
  if (is_list) {
    out += ']';
  }
  const auto layer = [](const MetricPoint& point) -> const auto& {
    return point.series.layer;
  };
  const auto head = [](const MetricPoint& point) -> const auto& {
    return point.series.head;
  };
  const auto projection = [](const MetricPoint& point) -> const auto& {
    return point.series.projection;
  };
  const auto component = [](const MetricPoint& point) -> const auto& {
    return point.series.component;
  };
  if (group.series().layer) {
    appendColumn("layer", group, layer, append_index, out);
  }
  if (group.series().head) {
    appendColumn("head", group, head, append_index, out);
  }
  if (!group.series().projection.empty()) {
    appendColumn("projection", group, projection, append_name, out);
  }
  if (!group.series().component.empty()) {
    appendColumn("component", group, component, append_name, out);
  }
  out += '}';
}

void appendPoints(const std::vector<MetricPoint>& points, std::string& out) {
  out += ",\"points\":[";
  bool is_first = true;
  for (const PointGroup& group : groupPoints(points)) {
    if (!is_first) {
      out += ',';
    }
    appendGroup(group, out);
    is_first = false;
  }
  out += ']';
}

}  // namespace

Result<Event> parseEvent(std::string_view line) {
  Result<Json> json = parseJson(line);
  if (!json) {
    return refuse(json.error().message);
  }
  if (!json->is_object()) {
    return refuse("the line is not an object");
  }
  Event event;
  event.fields = std::move(*json);
  if (const Status status = readHead(event); !status) {
    return failWith(status.error());
  }
  if (event.kind == "metrics") {
    if (const Status status = readPoints(event); !status) {
      return failWith(status.error());
    }
  }
  return event;
}

std::string formatEvent(const Event& event) {
  std::string line = "{\"kind\":";
  appendJsonString(event.kind, line);
  line += ",\"attempt\":";
  appendInteger(event.attempt, line);
  line += ",\"time_ms\":";
  appendInteger(event.time_ms, line);
  if (event.step) {
    line += ",\"step\":";
    appendInteger(*event.step, line);
  }
  if (event.kind == "metrics") {
    appendPoints(event.points, line);
  }
  if (event.fields.is_object()) {
    for (const auto& [key, value] : event.fields.items()) {
      line += ',';
      appendJsonString(key, line);
      line += ':';
      line += canonicalJson(value);
    }
  }
  line += '}';
  return line;
}

Status checkOpening(const Event& event, std::string_view run_id) {
  if (event.kind != "open") {
    return refuse(fmt::format("the file begins with '{}' instead of 'open'", event.kind));
  }
  const Json protocol = event.fields.value("protocol", Json());
  if (protocol != kEventProtocol) {
    return refuse(fmt::format("it has protocol {}, this program reads protocol {}",
                              canonicalJson(protocol),
                              kEventProtocol));
  }
  const Json run = event.fields.value("run", Json());
  if (run != run_id) {
    return refuse(fmt::format("it belongs to run {}, not to {}", canonicalJson(run), run_id));
  }
  return {};
}

}  // namespace retort
