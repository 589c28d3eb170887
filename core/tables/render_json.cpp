#include "core/base/json.h"
#include "core/tables/render.h"
#include "core/tables/table_layout.h"

namespace retort {
namespace {

Json number(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json labelsJson(const std::vector<std::string>& factors, const std::vector<std::string>& labels) {
  Json json = Json::object();
  for (std::size_t i = 0; i < factors.size(); ++i) {
    json[factors[i]] = labels[i];
  }
  return json;
}

Json cellJson(const ComparisonCell& cell) {
  Json values = Json::array();
  for (const CellValue& value : cell.values) {
    values.push_back({{"run", value.run_id},
                      {"seed", value.seed ? Json(*value.seed) : Json(nullptr)},
                      {"value", value.value}});
  }
  Json absent = Json::array();
  for (const AbsentRun& run : cell.absent) {
    absent.push_back({{"run", run.run_id}, {"name", run.name}, {"reason", run.reason}});
  }
  Json difference = nullptr;
  if (cell.difference) {
    difference = {{"pairs", cell.difference->n},
                  {"mean", cell.difference->mean},
                  {"standard_deviation", number(cell.difference->standard_deviation)},
                  {"low", number(cell.difference->low)},
                  {"high", number(cell.difference->high)},
                  {"p", number(cell.difference->p)}};
  }
  return {{"n", cell.summary.n},
          {"expected", cell.expected},
          {"mean", number(cell.summary.mean)},
          {"standard_deviation", number(cell.summary.standard_deviation)},
          {"values", std::move(values)},
          {"is_best", cell.is_best},
          {"is_baseline", cell.is_baseline},
          {"difference", std::move(difference)},
          {"absent", std::move(absent)}};
}

}  // namespace

std::string renderJson(const ComparisonTable& table) {
  Json columns = Json::array();
  for (const ComparisonColumn& column : table.columns) {
    columns.push_back({{"labels", labelsJson(table.column_factors, column.labels)},
                       {"metric", column.metric.name},
                       {"better", column.metric.better},
                       {"unit", column.metric.unit}});
  }
  Json rows = Json::array();
  for (const ComparisonRow& row : table.rows) {
    Json cells = Json::array();
    for (const ComparisonCell& cell : row.cells) {
      cells.push_back(cellJson(cell));
    }
    rows.push_back(
        {{"labels", labelsJson(table.row_factors, row.labels)}, {"cells", std::move(cells)}});
  }
  const Json json = {{"experiment", table.experiment},
                     {"at", table.at == ValueChoice::kLast ? "last" : "best"},
                     {"row_factors", table.row_factors},
                     {"column_factors", table.column_factors},
                     {"averaged_factors", table.averaged_factors},
                     {"baseline", table.baseline},
                     {"confidence", table.confidence},
                     {"columns", std::move(columns)},
                     {"rows", std::move(rows)},
                     {"caption", tableCaption(table)}};
  // Labels come from files that were checked to be UTF-8; run names need not.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace retort
