# What every script of this folder shares: paths, daemons, bridges. Sourced, never run.
: "${CLOUD_STATE:=/var/lib/deploy-worker-cloud}"
export CLOUD_STATE
STATE=$CLOUD_STATE
LOG=$STATE/log
RUN=$STATE/run
ETC=$STATE/etc
PY=/usr/bin/python3
export PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/bin
export PYTHONDONTWRITEBYTECODE=1 # no __pycache__ beside the files of this folder
export NO_PROXY=127.0.0.1,localhost no_proxy=127.0.0.1,localhost
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV PYENV_VERSION || true

need_root() { [ "$(id -u)" = 0 ] || { echo "must run as root" >&2; exit 1; }; }
say() { printf '[%s] %s\n' "$(date +%H:%M:%S)" "$*"; }

# ------------------------------------------------------------------- daemons
# A daemon is a name with $RUN/NAME.pid, $RUN/NAME.command and $RUN/NAME.start; the start time of
# the process tells it from a later process that got the same pid.

started_at() { # PID -> clock ticks since boot; nothing when it is gone, or dead and not yet buried
  awk '{ sub(/^.*\) /, ""); if ($1 != "Z" && $1 != "X") print $20 }' "/proc/$1/stat" 2>/dev/null
}

pid_alive() { # NAME -> true while the daemon of that name runs
  local pid
  pid=$(cat "$RUN/$1.pid" 2>/dev/null) && [ -n "$pid" ] || return 1
  [ -n "$(started_at "$pid")" ] && [ "$(started_at "$pid")" = "$(cat "$RUN/$1.start" 2>/dev/null)" ]
}

start() { # NAME COMMAND... -> runs it in a session of its own, output in $LOG/NAME.log
  local name=$1 pid
  shift
  mkdir -p "$LOG" "$RUN"
  printf '%s\0' "$@" >"$RUN/$name.command" # by which ./service starts it again
  if pid_alive "$name"; then return 0; fi
  end_strays "$name"
  (
    # A lock of whoever calls would be held as long as the daemon lives.
    for fd in /proc/self/fd/*; do [ "${fd##*/}" -le 2 ] || eval "exec ${fd##*/}>&-"; done
    CLOUD_DAEMON=$STATE:$name exec setsid "$@"
  ) >>"$LOG/$name.log" 2>&1 </dev/null &
  pid=$!
  disown "$pid" 2>/dev/null || true
  echo "$pid" >"$RUN/$name.pid"
  started_at "$pid" >"$RUN/$name.start" || true
}

# CLOUD_DAEMON=STATE:NAME in its environment marks a daemon's processes: they are
# found when the pid file is lost, or when the first of them died alone.
end_strays() { # [NAME] -> kills what is left of that daemon, or of all
  local file pid
  for file in $(grep -lzE "^CLOUD_DAEMON=$STATE:${1:-.*}\$" /proc/[0-9]*/environ 2>/dev/null); do
    pid=${file#/proc/}
    kill -KILL "${pid%/environ}" 2>/dev/null || true
  done
}

descend() { # PID -> it and all its descendants
  local child
  echo "$1"
  for child in $(cat "/proc/$1"/task/*/children 2>/dev/null); do descend "$child"; done
}

stop() { # NAME [SIGNAL] -> ends a daemon and its children; what has not ended after 10 s is killed
  local name=$1 signal=${2:-TERM} pid family
  if pid_alive "$name"; then
    pid=$(cat "$RUN/$name.pid")
    family=$(descend "$pid")
    kill "-$signal" "$pid" 2>/dev/null || true
    for _ in $(seq 1 100); do
      [ -n "$(started_at "$pid")" ] || break
      sleep 0.1
    done
    # shellcheck disable=SC2086
    kill -KILL $family 2>/dev/null || true
  fi
  rm -f "$RUN/$name.pid" "$RUN/$name.start"
}

wait_for() { # SECONDS NAME COMMAND... -> until the command succeeds; at once an error when the daemon NAME died
  local limit=$1 what=$2 end
  shift 2
  end=$((SECONDS + limit))
  until "$@" >/dev/null 2>&1; do
    if [ -e "$RUN/$what.pid" ] && ! pid_alive "$what"; then
      echo "$what died: $LOG/$what.log" >&2
      tail -5 "$LOG/$what.log" >&2
      return 1
    fi
    [ "$SECONDS" -lt "$end" ] || { echo "timed out after ${limit}s: $what (logs: $LOG)" >&2; return 1; }
    sleep 0.25
  done
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; } # PORT

# ------------------------------------------------------------------- bridges
bridge_of() { echo "brq${1:0:11}"; } # NETWORK_ID

ensure_bridge() { # BRIDGE [MTU]
  if [ ! -e "/sys/class/net/$1" ]; then
    # Two instances may make it at the same time: the loser finds it there.
    ip link add "$1" type bridge forward_delay 0 mcast_snooping 0 stp_state 0 2>/dev/null || [ -e "/sys/class/net/$1" ] || return 1
    echo "$1" >>"$RUN/bridges"
    [ "${2:-0}" = 0 ] || ip link set "$1" mtu "$2"
  fi
  ip link set "$1" up
}
