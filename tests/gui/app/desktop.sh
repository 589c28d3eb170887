# A virtual screen with a window manager, the desktop app on it, and hands: what the tests of the whole app share.
# Sourced by them, with the folder of the programs in $programs. Ends the test with 77 (skipped) where Xvfb, openbox or
# xdotool are missing. With RETORT_PICTURES=FOLDER and ImageMagick `picture NAME` leaves pictures of the screen there.
for tool in Xvfb openbox xdotool; do
  if ! command -v "$tool" >/dev/null; then
    echo "skipped: $tool is not installed"
    exit 77
  fi
done
place=$(mktemp -d)
export HOME=$place XDG_CONFIG_HOME=$place/config XDG_RUNTIME_DIR=$place RETORT_WORKSPACE=$place/workspace
unset WAYLAND_DISPLAY QT_QPA_PLATFORM DISPLAY
retort() { "$programs/retort" "$@"; }

clean_up() {
  retort agent --shutdown --stop-runs >/dev/null 2>&1 || true
  for pid in "${app:-}" "${manager:-}" "${server:-}"; do
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
  done
  rm -rf -- "$place"
}
trap clean_up EXIT

fail() {
  echo "FAILED: $*"
  picture failure
  [ ! -s "$place/app.log" ] || sed 's/^/  retort-gui: /' "$place/app.log"
  exit 1
}

picture() { # name
  if [ -n "${RETORT_PICTURES:-}" ] && command -v import >/dev/null; then
    mkdir -p "$RETORT_PICTURES"
    import -window root "$RETORT_PICTURES/$1.png"
  fi
}

wait_until() { # seconds, what, command...
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [ $SECONDS -lt $end ] || fail "$what"
    sleep 0.2
  done
}

start_screen() { # width, height
  Xvfb -displayfd 4 -screen 0 "$1x$2x24" -nolisten tcp 4>"$place/display" >"$place/xvfb.log" 2>&1 &
  server=$!
  wait_until 30 "Xvfb did not start" [ -s "$place/display" ]
  DISPLAY=:$(tr -d '[:space:]' <"$place/display")
  export DISPLAY
  openbox >"$place/openbox.log" 2>&1 &
  manager=$!
  wait_until 30 "openbox did not start" manages_windows
}
manages_windows() { xdotool get_desktop >/dev/null 2>&1; }

start_app() { # arguments
  "$programs/retort-gui" "$@" >"$place/app.log" 2>&1 &
  app=$!
  wait_until 60 "no window appeared" find_window
  xdotool windowactivate --sync "$window"
}
find_window() {
  kill -0 "$app" 2>/dev/null || fail "the app ended by itself"
  window=$(xdotool search --onlyvisible --name 'Retort$' | head -n 1) && [ -n "$window" ]
}
key() { xdotool key --clearmodifiers "$1"; sleep 0.5; }
write() { # lines
  local line is_first=1
  while IFS= read -r line; do
    [ $is_first = 1 ] || xdotool key --clearmodifiers Return
    is_first=0
    xdotool type --clearmodifiers --delay 20 -- "$line"
  done <<<"$1"
  sleep 0.3
}
click() { xdotool mousemove --window "$window" "$1" "$2" click "${3:-1}"; sleep 0.5; } # x, y in the window, button
app_ended() { ! kill -0 "$app" 2>/dev/null; }
count_runs() { # state
  retort ls --json | tr ',{' '\n\n' | grep -c "\"state\": *\"$1\"" || true
}
has_runs() { [ "$(count_runs "$1")" -ge "$2" ]; } # state, at least
