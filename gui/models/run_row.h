#pragma once

#include "core/run/run_record.h"
#include "gui/models/run_facts.h"

#include <QString>
#include <QVariant>

namespace retort::gui {

/// One run as the list shows, sorts and searches it.
struct RunRow {
  RunRecord run;
  RunFacts facts;
  QString search_text;  ///< everything that a plain word is looked for in, folded

  bool operator==(const RunRow&) const = default;
};

/// Fills in `search_text`.
[[nodiscard]] RunRow makeRunRow(RunRecord run, RunFacts facts);

/// Text of a file or a label for people: control characters made visible, broken UTF-8 replaced.
[[nodiscard]] QString visibleText(std::string_view text);

/// A field by its name, as the filter and the columns use them: "run", "name", "state", "phase",
/// "step", "progress" (per cent), "left" (seconds), "priority", "experiment", "seed", "note",
/// "tags", "message", "attempts", "created", "started", "ended" (milliseconds), "duration"
/// (seconds), a factor of the experiment, or a final metric. Numbers as double, texts as QString,
/// what the run has not as an invalid one.
[[nodiscard]] QVariant runField(const RunRow& row, const QString& field);

}  // namespace retort::gui
