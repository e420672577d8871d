# For the scripts of this folder, which source it: numbered steps, a dry run, and an error that names the step it happened in.
# shellcheck shell=bash

set -eEuo pipefail

dry_run=false
step_number=0
step_name=
# A script that another one runs stands below its step.
indent=${STEPS_INDENT-}
export STEPS_INDENT="$indent    "

step() {
  step_number=$((step_number + 1))
  step_name=$*
  printf '%s%2d. %s\n' "$indent" "$step_number" "$*"
}

# What a person reads on the way.
say() { printf '%s    %s\n' "$indent" "$*"; }

# Runs a command, or prints it in a dry run.
run() {
  if $dry_run; then say "\$ $(quoted "$@")"; else "$@"; fi
}

# The output of a command; a dry run prints the command and takes the name in its place.
ask() {
  local name=$1
  shift
  if $dry_run; then
    say "\$ $(quoted "$@")" >&2
    printf '<%s>' "$name"
  else
    "$@"
  fi
}

# until_true SECONDS COMMAND...: tries again each second, and fails when the time is over.
until_true() {
  local until=$((SECONDS + $1))
  shift
  while ! "$@"; do
    [ $SECONDS -lt $until ] || return 1
    sleep 1
  done
}

quoted() {
  local word words=()
  for word in "$@"; do
    case $word in *[!A-Za-z0-9_./:=@,%+-]* | '') word="'$word'" ;; esac
    words+=("$word")
  done
  printf '%s' "${words[*]}"
}

# Ends the script with a reason and a way out.
stop() {
  trap - ERR
  printf '%s\n' "$*" >&2
  exit 1
}

# A wrong option or argument.
wrong() {
  trap - ERR
  printf '%s\n' "$*" >&2
  exit 2
}

# need PROGRAM HOW-TO-GET-IT
missing=()
need() { command -v "$1" >/dev/null || missing+=("$1 is missing: $2"); }

stop_if_missing() {
  if $dry_run; then
    [ ${#missing[@]} -eq 0 ] || say "$(printf '%s; ' "${missing[@]}")"
    return 0
  fi
  [ ${#missing[@]} -eq 0 ] || stop "$(printf '%s\n' "${missing[@]}")"
}

# setting NAME: the value in settings.env. Who sources this file says where the root is.
# shellcheck disable=SC2154
setting() { sed -n "s/^$1=//p" "$root/deploy/settings.env" | tail -n 1; }

failed() {
  # In $( ) the script outside tells.
  [ "$BASH_SUBSHELL" -eq 0 ] || exit "$1"
  printf '%sStep %d (%s) failed with exit code %d. What was done before is kept: with its cause removed, the same command goes on from there.\n' "$indent" "$step_number" "$step_name" "$1" >&2
  exit "$1"
}
trap 'failed $?' ERR
