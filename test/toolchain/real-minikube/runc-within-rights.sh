#!/bin/sh
# A runtime before runc, for a machine whose root may neither lower an oom_score_adj, nor raise a hard limit, nor give CAP_SYS_RESOURCE: runc dies of each
# ("unable to apply caps", "can't get final child's PID from pipe"). They are taken out of a container's config.json, and of a process that joins it.
real=/usr/sbin/runc
[ -x /usr/sbin/runc.real ] && real=/usr/sbin/runc.real
less='def within: del(.oomScoreAdj | select(. != null and . < 0))
  | (if .rlimits then .rlimits |= map(select(.type != "RLIMIT_NOFILE" and .type != "RLIMIT_NPROC")) else . end)
  | (if .capabilities then .capabilities |= map_values(map(select(. != "CAP_SYS_RESOURCE"))) else . end);
  if has("process") then .process |= within else within end'
change() { jq -c "$less" "$1" > "$1.less" && cat "$1.less" > "$1" && rm "$1.less"; }
verb='' bundle=. process='' last=''
for word in "$@"; do
  case "$last" in --bundle | -b) bundle=$word ;; --process | -p) process=$word ;; esac
  case "$word" in create | run | exec | restore) [ -z "$verb" ] && verb=$word ;; --bundle=*) bundle=${word#*=} ;; --process=*) process=${word#*=} ;; esac
  last=$word
done
case "$verb" in
  create | run | restore) change "$bundle/config.json" ;;
  exec) [ -n "$process" ] && change "$process" ;;
esac
exec "$real" "$@"
