#!/bin/sh
# Supervises one run on its target: starts it so that it outlives every connection, records how it ends, tells about it, stops
# it. POSIX sh and its usual tools; nothing listens, nothing is installed.
#
#   supervisor.sh start FOLDER ATTEMPT KIND     starts an attempt in the background, once; prints its identity
#   supervisor.sh run FOLDER ATTEMPT KIND       is the supervising process itself (a Slurm job calls it directly)
#   supervisor.sh serve FOLDER                  answers `look [JOB]`, `get OFFSET LENGTH PATH` and `room` from its standard input
#   supervisor.sh stop FOLDER SECONDS [JOB]     asks the run to end, ends it after SECONDS; prints what came of it
#
# In FOLDER: supervisor/command.sh is what is run, supervisor/attempt-N/ has identity, heartbeat and exit. These are written in
# place over bytes that were reserved at the start, so that the end is recorded on a full disk, too, and why. KIND is `trainer`
# for ours, which makes a checkpoint on SIGUSR1 and then exits with 75, else `command`.
#
# A file is made with `true`: where it cannot be, `:` would end the shell.
#
# An attempt that makes room is queued again. It is `fruitless` where it has nothing to show for its time: one of ours no
# checkpoint, a command not even its begin (command.sh writes supervisor/begun). The third in a row within a job is the last,
# since a setup that takes longer than the job may would never come to an end.
set -uf
verb=$1
folder=$2
most_fruitless=3

# What tells a process from a later one with the same number: proc(5)'s starttime, else what ps says. Nothing when it is gone.
started() {
  if [ -r "/proc/$1/stat" ]; then
    line=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    set -- ${line##*) }
    [ "$1" = Z ] || echo "${20}"
  elif [ ! -d /proc/self ]; then
    ps -o lstart= -p "$1" 2>/dev/null | tr -s ' ' '_' | sed 's/_$//'
  fi
}

boot() {
  cat /proc/sys/kernel/random/boot_id 2>/dev/null || sysctl -n kern.boottime 2>/dev/null | tr -dc '0-9' || echo unknown
}

alive() { [ -n "$2" ] && [ "$(started "$1")" = "$2" ]; }

# A session of its own is a process group that a stop reaches as a whole, and that no connection takes along.
in_session() {
  if command -v setsid >/dev/null 2>&1; then exec setsid "$@"; fi
  if command -v perl >/dev/null 2>&1; then exec perl -e 'use POSIX; POSIX::setsid(); exec {$ARGV[0]} @ARGV' "$@"; fi
  exec nohup "$@"
}

# In the one form that dash, bash and busybox share: busybox knows no "--" here, dash no group without it behind "-s".
signal_group() { kill "-$1" "-$2" 2>/dev/null || kill "-$1" "$2" 2>/dev/null; }

latest_attempt() {
  number=0
  for each in $(ls "$folder/supervisor" 2>/dev/null); do
    case $each in attempt-*) [ "${each#attempt-}" -gt "$number" ] && number=${each#attempt-} ;; esac
  done
  echo "$number"
}

record_exit() { printf '%-63s\n' "$1" 1<>"$place/exit"; }
record_beat() { printf '%011d\n' "$(date +%s)" 1<>"$place/heartbeat"; }

start() {
  place=$folder/supervisor/attempt-$1
  if mkdir "$place" 2>/dev/null; then
    rm -f "$folder/stop"
    record_exit running && record_beat && reserve_identity || { rm -rf "$place"; exit 1; }
    (in_session sh "$0" run "$folder" "$1" "$2" </dev/null >/dev/null 2>&1) &
  fi
  [ -d "$place" ] || { echo "nothing can be written below $folder" >&2; exit 1; }
  tries=0
  until [ -s "$place/identity" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { echo "the supervisor did not start" >&2; exit 1; }
    sleep 0.1 2>/dev/null || sleep 1
  done
  cat "$place/identity"
}

run() {
  kind=$2
  first=$1
  attempt=$((first + ${SLURM_RESTART_COUNT:-0}))
  place=$folder/supervisor/attempt-$attempt
  mkdir -p "$place" && cd "$folder" || exit 1
  record_exit running && record_beat && reserve_identity || exit 1
  # A job that was queued again although it was to end.
  [ ! -e stop ] || { record_exit "exit 143 $(date +%s)"; exit 0; }
  # What an earlier attempt said of itself would else be taken for this one's.
  rm -f result.json preempt supervisor/begun && true >>output.log || { record_exit "exit 1 $(date +%s) $(refusal)"; exit 1; }
  exec </dev/null >>output.log 2>&1
  checkpoints=$(list_checkpoints)
  child=
  interrupted=
  trap '' HUP
  # Before the other traps: until a shell that was just forked has traps of its own, a signal that has one here would be lost there.
  heartbeats &
  beats=$!
  trap 'interrupted=1; on_term' TERM INT
  trap 'interrupted=1; warn' USR1
  shell=$(command -v bash || echo sh)
  case $shell in *bash) set -- -l ;; *) set -- ;; esac
  (in_session "$shell" "$@" supervisor/command.sh) &
  child=$!
  record_identity
  status=
  while :; do
    interrupted=
    wait "$child"
    code=$?
    # An interrupted wait has no status yet; one that ended just then has been told before.
    [ "$code" = 127 ] && [ -n "$status" ] && code=$status
    status=$code
    [ -n "$interrupted" ] || break
  done
  end_group
  kill "$beats" 2>/dev/null
  wait "$beats" 2>/dev/null
  repeat_error
  if is_preempted; then requeue; else record_exit "exit $code $(date +%s) $([ "$code" = 0 ] || refusal)"; fi
  exit 0
}

# srun has the last word on a run over several nodes, but not the reason.
repeat_error() {
  case $(tail -n 1 output.log) in
    srun:*) sed -n 's/^  "error": "\(.*\)",\{0,1\}$/\1/p' result.json | sed 's/\\"/"/g' ;;
  esac
} 2>/dev/null

# Why the run's folder takes no file, in the system's words; nothing where it does.
refusal() {
  LC_ALL=C dd if=/dev/zero of=.room bs=65536 count=1 2>&1 | sed -n 's/^dd: .*: //p' | head -n 1 | cut -c 1-30
  rm -f .room
} 2>/dev/null

# In a queue nobody stops a run but us; everybody else who ends it wants to make room.
on_term() {
  if [ -n "${SLURM_JOB_ID:-}" ] && [ "$kind" = trainer ] && [ ! -e "$folder/stop" ]; then warn
  else signal_group TERM "$child"; fi
}

# The file is for trainers that no signal reaches, or not yet: those of torchrun, which is started over several nodes.
warn() {
  [ "$kind" != trainer ] || true >preempt
  signal_group USR1 "$child"
} 2>/dev/null

reserve_identity() { printf '%-511s\n' '' >"$place/identity.new"; }

record_identity() {
  {
    echo "supervisor $$ $(started $$)"
    echo "command $child $(started "$child")"
    echo "boot $(boot)"
    echo "host $(uname -n)"
    echo "job ${SLURM_JOB_ID:-}"
    echo "time $(date +%s)"
  } 1<>"$place/identity.new"
  mv "$place/identity.new" "$place/identity"
}

# Ends by itself when the supervisor was killed. A run whose folder was removed is ended: nobody could stop it any more.
heartbeats() {
  nap=
  trap 'kill "$nap" 2>/dev/null; exit 0' TERM
  while kill -0 $$ 2>/dev/null; do
    sleep 5 &
    nap=$!
    wait "$nap"
    [ -d "$folder" ] || [ ! -d "${folder%/*}" ] || kill -TERM $$
    record_beat
  done
}

# What the command left behind in its group ends with it.
end_group() {
  for name in TERM KILL; do
    tries=0
    while kill -0 "-$child" 2>/dev/null && [ "$tries" -lt 20 ]; do
      [ "$tries" -gt 0 ] || kill "-$name" "-$child" 2>/dev/null
      tries=$((tries + 1))
      sleep 0.1 2>/dev/null || sleep 1
    done
  done
}

is_preempted() {
  ! grep -q '"state": *"preempted"' result.json 2>/dev/null || code=75
  [ "$code" = 75 ] || was_warned_too_early
}

# Setup lines and a Python that is just being started know no SIGUSR1, and end by it.
was_warned_too_early() {
  [ "$kind" = trainer ] || [ ! -e supervisor/begun ] || return 1
  [ -n "${SLURM_JOB_ID:-}" ] && [ "$(kill -l "$code" 2>/dev/null)" = USR1 ]
}

is_fruitless() {
  if [ "$kind" = trainer ]; then [ "$checkpoints" = "$(list_checkpoints)" ]; else [ ! -e supervisor/begun ]; fi
}

requeue() {
  if [ -z "${SLURM_JOB_ID:-}" ] || [ -e stop ]; then
    record_exit "exit $code $(date +%s)"
    return
  fi
  fruit=
  ! is_fruitless || fruit=fruitless
  record_exit "requeue $code $(date +%s) $fruit"
  if [ -n "$fruit" ]; then
    in_a_row=$(count_fruitless)
    echo "Attempt $attempt made room before it had a new checkpoint ($in_a_row of at most $most_fruitless in a row)."
    [ "$in_a_row" -lt "$most_fruitless" ] || { record_exit "exit $code $(date +%s) $fruit"; return; }
  fi
  scontrol requeue "$SLURM_JOB_ID" || record_exit "exit $code $(date +%s) $fruit"
}

# Every checkpoint is a new file.
list_checkpoints() { ls -il checkpoints 2>/dev/null; }

# Of this job: whoever resumes the run by hand begins to count anew.
count_fruitless() {
  number=$attempt
  while [ "$number" -ge "$first" ]; do
    case $(cat "supervisor/attempt-$number/exit" 2>/dev/null) in *fruitless*) number=$((number - 1)) ;; *) break ;; esac
  done
  echo $((attempt - number))
}

serve() {
  cd "$folder" 2>/dev/null || { echo missing; exit 0; }
  while read -r request offset length path; do
    case $request in
      look) look "$offset" ;;
      get) get "$offset" "$length" "$path" ;;
      room) echo "room $(refusal)" ;;
      *) exit 0 ;;
    esac
  done
}

# How attempts ended is read last: whatever has ended by the time that it is looked for has recorded its end by then.
look() {
  attempt=$(latest_attempt)
  place=supervisor/attempt-$attempt
  echo "time $(date +%s)"
  echo "attempt $attempt"
  [ "$attempt" -eq 0 ] || tell_processes
  [ -s supervisor/job ] && echo "submitted $(cat supervisor/job)"
  [ -z "$1" ] || tell_job "$1"
  for each in $(ls supervisor); do
    case $each in attempt-*) grep '[^ ]' "supervisor/$each/identity" 2>/dev/null | sed "s/^/${each#attempt-} /"
      echo "${each#attempt-} exit $(cat "supervisor/$each/exit" 2>/dev/null)" ;; esac
  done
  [ "$attempt" -eq 0 ] || echo "beat $(cat "$place/heartbeat" 2>/dev/null)"
  [ -e stop ] && echo stopping
  tell_files
  echo end
}

# Whether the latest attempt's processes can be seen: `here`, `rebooted`, `elsewhere HOST`, or `nowhere` yet.
whereabouts() {
  where=nowhere
  while read -r key a b; do
    case $key in
      boot) [ "$a" = "$(boot)" ] && where=here || where=rebooted ;;
      host) [ "$a" = "$(uname -n)" ] || where="elsewhere $a" ;;
    esac
  done 2>/dev/null <"$place/identity"
  echo "$where"
}

tell_processes() {
  where=$(whereabouts)
  echo "place $where"
  [ "$where" = here ] || return 0
  while read -r key a b; do
    case $key in supervisor | command) alive "$a" "$b" && echo "alive $key" ;; esac
  done <"$place/identity"
  return 0
}

# The job 12;x is 12 on the cluster x: runs one of Slurm's commands about it.
about_job() {
  about=$1
  program=$2
  shift 2
  case $about in
    *";"*) "$program" -M "${about#*;}" "$@" "${about%%;*}" ;;
    *) "$program" "$@" "$about" ;;
  esac
}

# Slurm forgets jobs soon: `job -` is one that nobody knows, `job ?` means that nobody could be asked. What squeue warns of
# stands beside its answer.
tell_job() {
  if answer=$(about_job "$1" squeue -h -t all -o '%T|%r|%N' -j 2>&1); then
    answer=$(printf '%s\n' "$answer" | grep '^[A-Z_]*|' | head -n 1)
    [ -n "$answer" ] || answer=$(accounted "$1")
    echo "job ${answer:--}"
  else
    case $answer in
      *"nvalid job id"*)
        answer=$(accounted "$1")
        echo "job ${answer:--}" ;;
      *) echo "job ?" ;;
    esac
  fi
}

# In the form of squeue above; versions before 20.11 know no field "Reason".
accounted() { about_job "$1" sacct -n -X -P -o State,NodeList -j 2>/dev/null | sed -n 's/|/||/p' | tail -n 1; }

tell_files() {
  set +f
  if stat -c %s . >/dev/null 2>&1; then set -- -c '%s %Y %n'; else set -- -f '%z %m %N'; fi
  find . \( -path ./project -o -path ./supervisor -o -path ./trainer \) -prune -o -type f \( -name '*tfevents*' -o -name output.log \
    -o -name result.json -o -name progress.json -o -name label.json -o -name '*.onnx' -o -name '*.onnx.data' \
    -o -name 'evaluation*.npz' -o -path './checkpoints/last.*' -o -path './checkpoints/best.*' \) -exec stat "$@" {} + 2>/dev/null |
    sed 's/^/file /'
  set -f
}

get() {
  case $3 in /* | ../* | */../* | *..) echo "data 0"; return ;; esac
  size=$(wc -c <"./$3" 2>/dev/null) || size=0
  left=$((size - $1))
  [ "$left" -gt 0 ] || left=0
  [ "$left" -lt "$2" ] || left=$2
  echo "data $left"
  [ "$left" -eq 0 ] || tail -c "+$(($1 + 1))" "./$3" | head -c "$left"
}

stop() {
  seconds=$1
  job=${2:-}
  true 2>/dev/null >"$folder/stop"
  attempt=$(latest_attempt)
  place=$folder/supervisor/attempt-$attempt
  if [ -n "$job" ]; then ask_job; else ask_process TERM; fi
  wait_for_exit "$seconds" && { echo stopped; return; }
  if [ -n "$job" ]; then about_job "$job" scancel; else ask_process KILL; fi
  wait_for_exit 10 && { echo killed; return; }
  finish_unsupervised
}

has_ended() {
  case $(cat "$place/exit" 2>/dev/null) in exit*) return 0 ;; esac
  [ -n "$job" ] || return 1
  case $(state_of_job 2>&1) in '' | *"nvalid job id"*) return 0 ;; esac
  return 1
}

wait_for_exit() {
  tries=0
  until has_ended; do
    [ "$tries" -lt $(($1 * 5)) ] || return 1
    tries=$((tries + 1))
    sleep 0.2 2>/dev/null || sleep 1
  done
}

# A job that waits has nobody to ask; one that runs tells its script.
ask_job() {
  case $(state_of_job 2>/dev/null) in
    RUNNING) about_job "$job" scancel --batch --signal=TERM ;;
    *) about_job "$job" scancel ;;
  esac
}

# With several clusters squeue names the one that answers first.
state_of_job() { about_job "$job" squeue -h -o %T -j | grep -v '^CLUSTER'; }

# Only processes that are still those that were started.
ask_process() {
  [ "$(whereabouts)" = here ] || return 0
  while read -r key a b; do
    [ "$key" = command ] || continue
    # Of a group whose leader has ended members may be left, but no stranger has its number.
    if alive "$a" "$b" || [ -z "$(started "$a")" ]; then signal_group "$1" "$a"; fi
  done <"$place/identity"
}

# Nobody is left to record the end, or the processes cannot be ended.
finish_unsupervised() {
  case $(whereabouts) in elsewhere*) whereabouts; return ;; esac
  while read -r key a b; do
    case $key in supervisor | command) alive "$a" "$b" && { echo "cannot $a"; return; } ;; esac
  done <"$place/identity" 2>/dev/null
  record_exit "exit 137 $(date +%s)"
  echo killed
}

shift 2
"$verb" "$@"
