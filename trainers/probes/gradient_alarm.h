#pragma once

#include "trainers/probes/probe.h"

namespace retort::train {

/// Watches each weight's gradient norm against its own past. Of the norms |G_1| … |G_w| of the last
/// w measurements with median m, and the present one |G|:
///   grad_spike      |G| / m
///   grad_spike_max  max / m of the last w with the present one: how unstable training has been
/// When |G| leaves the band [m / f, f m] there is an alarm: a warning that names the weight, its
/// norm and m. It comes once, until the norm is back in the band; grad_alarms counts them. The
/// first can come when w norms were seen. `of` is each layer's projection by itself, or the norm of
/// a projection in all layers together, sqrt(sum |G|^2).
[[nodiscard]] const ProbeDefinition& gradientAlarmProbe();

}  // namespace retort::train
