#pragma once

#include <QString>
#include <QStringList>

namespace retort::gui {

/// Names of runs that stand beside each other, as "distill=map freeze=ov seed=2": what all of them
/// say alike is left out, and of a long part the middle. A single name, and names that would say
/// nothing then, stay whole; none is longer than `longest` characters. The same number of names, in
/// the same order; two that differed still differ, but for what the limit cuts.
[[nodiscard]] QStringList distinctNames(const QStringList& names, int longest = 80);

}  // namespace retort::gui
