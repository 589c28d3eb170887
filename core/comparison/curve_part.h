#pragma once

#include "core/run/run_record.h"

namespace retort {

/// True when a curve has every dimension that `wanted` names: "grad_norm[layer=0,projection=q]" is
/// part of "grad_norm[projection=q]" and of "grad_norm". Both are of the same metric.
[[nodiscard]] inline bool isPartOf(const SeriesKey& key, const SeriesKey& wanted) {
  return (!wanted.layer || wanted.layer == key.layer) &&
         (!wanted.head || wanted.head == key.head) &&
         (wanted.projection.empty() || wanted.projection == key.projection) &&
         (wanted.component.empty() || wanted.component == key.component);
}

}  // namespace retort
