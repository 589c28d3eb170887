#pragma once

#include "gui/models/background_query.h"
#include "gui/models/comparison_data.h"

#include <QObject>

#include <filesystem>
#include <memory>

namespace retort::gui {

/// Keeps a view of an experiment current, reading away from the GUI thread.
class ComparisonSource final : public QObject {
  Q_OBJECT

 public:
  explicit ComparisonSource(std::filesystem::path workspace, QObject* parent = nullptr);

  /// Reads what another query asks for; what is being read for the old one is dropped.
  void setQuery(ComparisonQuery query);

  [[nodiscard]] const ComparisonQuery& query() const { return query_; }

  /// Reads the same again: now, or when the read under way has ended.
  void refresh();

 Q_SIGNALS:
  void loaded(const std::shared_ptr<const retort::gui::ComparisonData>& data);
  void failed(const QString& reason);

 private:
  void read();
  void take(const Result<std::shared_ptr<const ComparisonData>>& result);

  ComparisonQuery query_;
  bool is_stale_ = false;                  ///< something was committed during the read
  std::shared_ptr<CatalogueCache> cache_;  ///< only the other thread looks inside
  BackgroundQuery reader_;
};

}  // namespace retort::gui
