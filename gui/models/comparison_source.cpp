#include "gui/models/comparison_source.h"

#include <utility>

namespace retort::gui {

using SharedData = std::shared_ptr<const ComparisonData>;

ComparisonSource::ComparisonSource(std::filesystem::path workspace, QObject* parent)
    : QObject(parent),
      cache_(std::make_shared<CatalogueCache>()),
      reader_(std::move(workspace)) {}

void ComparisonSource::setQuery(ComparisonQuery query) {
  query_ = std::move(query);
  read();
}

void ComparisonSource::refresh() {
  if (reader_.isBusy()) {
    is_stale_ = true;
  } else {
    read();
  }
}

void ComparisonSource::read() {
  is_stale_ = false;
  reader_.run<SharedData>(
      [query = query_, cache = cache_](storage::WorkspaceStore& store) -> Result<SharedData> {
        auto data = loadComparisonData(store, query, *cache);
        if (!data) {
          return failWith(data.error());
        }
        return std::make_shared<const ComparisonData>(std::move(*data));
      },
      [this](const Result<SharedData>& result) { take(result); });
}

void ComparisonSource::take(const Result<SharedData>& result) {
  if (result) {
    // From now on this one, also when another becomes the latest.
    query_.experiment = (*result)->experiment;
    Q_EMIT loaded(*result);
  } else {
    Q_EMIT failed(QString::fromStdString(result.error().message));
  }
  if (is_stale_) {
    read();
  }
}

}  // namespace retort::gui
