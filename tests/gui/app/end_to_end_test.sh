#!/usr/bin/env bash
# Drives the real desktop app under Xvfb and a window manager by keyboard and mouse: opens an experiment, starts it,
# looks at all pages, is killed while the runs go on, opens again, and closes with and without its question.
# Exit 77 (skipped) where Xvfb, openbox or xdotool are missing. Usage: end_to_end_test.sh FOLDER-OF-THE-PROGRAMS
# With RETORT_PICTURES=FOLDER and ImageMagick it leaves pictures of the screen there.
set -euo pipefail

programs=$1
. "$(dirname "$0")/desktop.sh"
config_texts() { grep -rhos "$1" "$XDG_CONFIG_HOME" >/dev/null; }

start_screen 1280 800

retort trainers add fake "$programs/fake_trainer" >/dev/null
cat >"$place/grid.yaml" <<'YAML'
experiment: lengths
trainer: fake
base: {fake: {step_ms: 100}}
grid: {fake.steps: {short: 60, long: 90}}
seeds: 2
baseline: {fake.steps: short}
report: {metric: eval.accuracy, better: max}
YAML

start_app "$place/grid.yaml"
sleep 2
picture design
key alt+r
wait_until 60 "the experiment was not started from the design page" has_runs running 1
key ctrl+2
sleep 1
click 500 170 # a row of the table
key ctrl+a
picture runs
key ctrl+3
sleep 2
picture watch
key ctrl+4
sleep 1
picture compare

kill -9 "$app"
wait "$app" 2>/dev/null || true
for moment in 0.05 0.3 0.6 1.1; do # also while it starts
  "$programs/retort-gui" >"$place/app.log" 2>&1 &
  app=$!
  sleep "$moment"
  kill -9 "$app"
  wait "$app" 2>/dev/null || true
done
wait_until 120 "a run did not survive the end of the app" has_runs finished 4
[ "$(retort ls --json | tr ',{' '\n\n' | grep -c '"attempts": *1$')" -eq 4 ] || fail "a run was started twice"

start_app
key ctrl+2
sleep 1
picture finished
key ctrl+q
wait_until 30 "the app did not close though nothing goes on" app_ended
wait "$app" || fail "the app ended with $?"
config_texts 'page=runs' || fail "the page was not remembered"

sed -i 's/short: 60, long: 90/short: 600, long: 900/' "$place/grid.yaml"
retort run "$place/grid.yaml" --detach >/dev/null
start_app
wait_until 60 "the runs did not start" has_runs running 1
key ctrl+q
sleep 1
picture question
! app_ended || fail "the app closed without its question"
key Escape
! app_ended || fail "Escape did not cancel"
key ctrl+q
key Return # keep running is the default
wait_until 30 "the app did not close after its question" app_ended
has_runs running 1 || fail "the runs did not go on"
echo "all steps done"
