#!/usr/bin/env bash
# Makes sure that a Docker Engine answers: Debian and Ubuntu, as root. Stops nothing, and does nothing twice.
# Where DOCKER_HOST is set, that engine is the one that counts, and none is started.
set -euo pipefail

SOCKET=/var/run/docker.sock
LOG=${DOCKER_ENGINE_LOG:-/var/log/polyloom-docker-engine.log}
PID_FILE=/var/run/docker.pid
WAIT_SECONDS=60

main() {
  if answers; then
    say "an engine answers: $(engine)"
  elif [ -n "${DOCKER_HOST:-}" ]; then
    fail "no engine answers at DOCKER_HOST=$DOCKER_HOST; start that one, or unset DOCKER_HOST"
  else
    install_engine
    start_engine
  fi
}

answers() { command -v docker >/dev/null && timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

engine() { docker version --format 'Docker Engine {{.Server.Version}}, API {{.Server.APIVersion}}'; }

install_engine() {
  if command -v dockerd >/dev/null; then
    say "the engine is installed: $(dockerd --version)"
    return
  fi
  [ "$(id -u)" = 0 ] || fail "only root can install an engine; run this with sudo"
  command -v apt-get >/dev/null || fail "no apt-get here: install Docker Engine by hand (https://docs.docker.com/engine/install)"
  say "installing docker.io"
  export DEBIAN_FRONTEND=noninteractive
  apt_install || { apt-get update -qq && apt_install; }
}

apt_install() { apt-get install -y -qq --no-install-recommends docker.io >/dev/null; }

start_engine() {
  [ "$(id -u)" = 0 ] || fail "only root can start the engine; run this with sudo"
  remove_stale_pid_file
  # A session of its own: the engine outlives this script and the terminal.
  setsid dockerd --host "unix://$SOCKET" >"$LOG" 2>&1 </dev/null &
  local pid=$! second
  for ((second = 0; second < WAIT_SECONDS * 5; second++)); do
    if answers; then
      say "started, process $pid, log $LOG: $(engine)"
      return
    fi
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.2
  done
  tail -n 20 "$LOG" >&2
  fail "the engine did not answer within $WAIT_SECONDS s; its log is $LOG"
}

# After a crash the number may belong to any process, and the engine would refuse to start.
remove_stale_pid_file() {
  [ -f "$PID_FILE" ] || return 0
  local pid
  pid=$(cat "$PID_FILE")
  if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dockerd ]; then
    fail "an engine runs as process $pid, and does not answer"
  fi
  rm -f "$PID_FILE"
}

say() { printf 'docker-engine: %s\n' "$1"; }

fail() {
  printf 'docker-engine: %s\n' "$1" >&2
  exit 1
}

main
