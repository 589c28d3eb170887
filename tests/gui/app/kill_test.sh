#!/usr/bin/env bash
# Kills the desktop app at random moments while a grid goes on, twenty times: in its start, in the midst of reading,
# with keys under way. Nothing changes for the runs: each is finished at its first attempt, and every point of every
# curve is what a workspace without the app records.
# Exit 77 (skipped) where Xvfb, openbox or xdotool are missing. Usage: kill_test.sh FOLDER-OF-THE-PROGRAMS
# RETORT_KILL_SEED=N repeats the moments of a test that printed this seed.
set -euo pipefail

programs=$1
. "$(dirname "$0")/desktop.sh"
seed=${RETORT_KILL_SEED:-$RANDOM}
RANDOM=$seed
rounds=20
echo "seed $seed"

in_alone() { RETORT_WORKSPACE=$place/alone "$@"; }
trap 'in_alone retort agent --shutdown --stop-runs >/dev/null 2>&1 || true; clean_up' EXIT
points() { # file: all points, without the times at which they were recorded
  retort export lengths -o "$1" >/dev/null
  cut -d, -f1-8,10 "$1" | sort >"$1.points"
}
pick() { # words...: one of them
  shift $((RANDOM % $#))
  echo "$1"
}

start_screen 1280 800
retort trainers add fake "$programs/fake_trainer" >/dev/null
in_alone retort trainers add fake "$programs/fake_trainer" >/dev/null
cat >"$place/grid.yaml" <<'YAML'
experiment: lengths
trainer: fake
base: {fake: {step_ms: 250}}
grid: {fake.steps: [80, 120]}
seeds: 2
YAML
in_alone retort run "$place/grid.yaml" --detach >/dev/null

start_app "$place/grid.yaml"
sleep 2
key alt+r
wait_until 60 "the experiment was not started" has_runs running 1
kill -9 "$app"
wait "$app" 2>/dev/null || true
for ((round = 1; round <= rounds; ++round)); do
  "$programs/retort-gui" >"$place/app.log" 2>&1 &
  app=$!
  if ((round % 2)); then # somewhere in its start
    sleep "0.$((RANDOM % 90 + 10))"
  else
    wait_until 60 "no window appeared" find_window
    for _ in 1 2 3; do
      xdotool key --clearmodifiers "$(pick ctrl+1 ctrl+2 ctrl+3 ctrl+4 ctrl+a Down Tab)"
      sleep "0.$((RANDOM % 40 + 10))"
    done
  fi
  kill -9 "$app"
  wait "$app" 2>/dev/null || true
done
has_runs running 1 || echo "note: the runs ended before the last round"

wait_until 180 "a run did not survive the end of the app" has_runs finished 4
[ "$(retort ls --json | tr ',{' '\n\n' | grep -c '"attempts": *1$')" -eq 4 ] || fail "a run was started twice"
in_alone wait_until 180 "the runs without the app did not end" has_runs finished 4
points "$place/killed"
in_alone points "$place/alone-run"
[ "$(wc -l <"$place/alone-run.points")" -gt 400 ] || fail "there are no points to compare"
cmp "$place/killed.points" "$place/alone-run.points" || fail "the runs recorded something else"
echo "$rounds rounds done"
