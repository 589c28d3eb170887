#!/usr/bin/env bash
# A first day with the desktop app, by keyboard and mouse alone: in an empty workspace an experiment is designed in the
# form, started, watched, compared, and its table and figure are exported (and the table compiled, where there is
# LaTeX). What was designed must be just the runs of a file that says the same.
# Exit 77 (skipped) where Xvfb, openbox or xdotool are missing.
# Usage: by_hand_test.sh FOLDER-OF-THE-PROGRAMS [DEMO.yaml]
# With DEMO.yaml the demo itself is designed and trained, by the real trainer: minutes. Else the fake one trains.
set -euo pipefail

programs=$1
demo=${2:+$(realpath "$2")}
. "$(dirname "$0")/desktop.sh"

set_to() { # setting, value: found by the search, typed, taken with Return
  key ctrl+f
  write "$1"
  key Return
  [ "${3:-}" = choice ] || key ctrl+a
  write "$2"
  key Return
}
choose() { set_to "$1" "$2" choice; } # setting, one of its words
field() { # mnemonic, value
  key "alt+$1"
  key ctrl+a
  write "$2"
  key Return
}
add_axis() { # key, kind's first letter, lines
  key alt+a
  key Down
  key Return
  write "$1"
  key Tab
  write "$2"
  key Tab
  write "$3"
  picture axis
  key Tab
  key Return
}
run_ids() { retort run "$1" --dry-run --json | grep -o '"run": *"[0-9a-f]*"' | sort; } # file


design_lengths() { # the same as the file below, for the fake trainer
  click 900 250     # the text
  key ctrl+a
  write 'experiment: lengths
trainer: fake'
  key Return
  sleep 2 # its settings are asked for
  key alt+s
  set_to fake.step_ms 20
  key alt+g
  add_axis fake.steps n 'short: 30
long: 60'
  field d 2 # seeds
  key Tab   # to the baseline
  write s
  key alt+x
  picture experiment
}
write_wanted() { # file
  cat >"$1" <<'YAML'
experiment: lengths
trainer: fake
base: {fake: {step_ms: 20}}
grid: {fake.steps: {short: 30, long: 60}}
seeds: 2
baseline: {fake.steps: short}
report: {metric: eval.accuracy, better: max}
resources: {threads: 1}
YAML
}

design_demo() {
  key alt+x
  field n demo
  key alt+s
  choose phase kd_qat
  set_to model.teacher '${needs.teacher}'
  set_to model.hidden_dropout 0
  set_to model.attention_dropout 0
  set_to data.max_length 40
  choose data.padding dynamic
  set_to data.agreement.train_rows 20000
  set_to train.eval_every 25
  set_to probe.gradient_norm.every 10
  set_to probe.attention_map_kl.every 25
  picture settings
  key alt+n # needed runs
  key a
  write teacher
  key Return
  sleep 1
  choose phase finetune
  key ctrl+f
  write data.task
  key Return
  key Escape
  key Menu # the group as in all runs
  key Up
  key Return
  set_to model.init random
  set_to model.hidden_dropout 0
  set_to model.attention_dropout 0
  set_to model.architecture.heads 4
  set_to model.architecture.max_positions 40
  set_to model.architecture.initializer_range 0.125
  set_to train.steps 2000
  set_to train.batch 64
  set_to train.learning_rate 1e-3
  set_to train.clip_tensor 0
  set_to train.clip_global 1
  set_to train.eval_every 100
  picture needed
  key alt+g
  click 250 175 # the axis that a new experiment has
  key Delete
  add_axis distill n 'score: {attention_score: 1}
map: {attention_map: 1}
output: {attention_output: 1}'
  field d 2
  key Tab
  write score
  picture grid
  key alt+x
  field o 1GiB # memory
}

start_screen 1280 800
retort trainers add fake "$programs/fake_trainer" >/dev/null
start_app
sleep 2
picture empty
if [ -n "$demo" ]; then
  design_demo
  count=7 seconds=1800
else
  demo=$place/wanted.yaml
  write_wanted "$demo"
  design_lengths
  count=4 seconds=120
fi
field m eval.accuracy
key alt+b
write max
field d 1 # threads
sleep 1
picture designed
key ctrl+s
sleep 1
write "$place/mine.yaml"
key Return
wait_until 20 "the experiment was not saved" [ -s "$place/mine.yaml" ]
[ -z "${RETORT_PICTURES:-}" ] || cp "$place/mine.yaml" "$RETORT_PICTURES"
diff <(run_ids "$demo") <(run_ids "$place/mine.yaml") || fail "what was designed is not what was wanted"

key alt+r
wait_until 60 "the experiment was not started" has_runs running 1
sleep 1
click 500 190 # a row of the table
key ctrl+a
picture runs
key ctrl+3
sleep 2
picture watch
wait_until $seconds "the runs did not end" has_runs finished $count
sleep 2
picture watched

key ctrl+4
sleep 2
picture compare
key alt+s
sleep 1
write "$place/table.tex"
key Return
wait_until 20 "the table was not saved" [ -s "$place/table.tex" ]
grep -q toprule "$place/table.tex" || fail "the table has no rules"
if command -v pdflatex >/dev/null; then
  printf '%s\n' '\documentclass{article}\usepackage{booktabs}\begin{document}' "\\input{$place/table.tex}" \
    '\end{document}' >"$place/paper.tex"
  (cd "$place" && pdflatex -interaction=nonstopmode -halt-on-error paper.tex >latex.log) ||
    fail "LaTeX refuses the table: $(tail -n 20 "$place/latex.log")"
fi
key alt+g # the figure: its size, then its file
sleep 1
picture figure
key Return
sleep 1
write "$place/figure.pdf"
key Return
wait_until 20 "the figure was not saved" [ -s "$place/figure.pdf" ]
[ "$(head -c 5 "$place/figure.pdf")" = '%PDF-' ] || fail "the figure is no PDF"
[ -z "${RETORT_PICTURES:-}" ] || cp "$place"/{table.tex,figure.pdf} "$RETORT_PICTURES"
[ ! -e "$place/paper.pdf" ] || [ -z "${RETORT_PICTURES:-}" ] || cp "$place/paper.pdf" "$RETORT_PICTURES"
key ctrl+q
wait_until 30 "the app did not close" app_ended
wait "$app" || fail "the app ended with $?"
echo "all steps done"
