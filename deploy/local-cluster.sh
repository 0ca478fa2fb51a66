#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A cluster of three nodes on this machine, each a process of its own.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
sluice=${SLUICE:-$root/sluice}
data=./data
kafka=9092
akka=2551
http=8080
seconds=60
ports_given=

usage() {
    cat << END
Three Sluice nodes on this machine, for trying things out.

  deploy/local-cluster.sh start      start the nodes that don't run, and wait until they serve
  deploy/local-cluster.sh stop       stop all of them cleanly (SIGTERM), and wait
  deploy/local-cluster.sh kill N     kill -9 node N (1, 2 or 3)
  deploy/local-cluster.sh restart N  stop node N cleanly if it runs, start it, and wait until it serves
  deploy/local-cluster.sh status     what runs, where, and how it is; exit code 1 unless all three are well

Options, before or after the command:
  --data DIR      where everything is (default ./data): node N's data in DIR/node-N, its log in DIR/node-N.log
  --kafka PORT    Kafka's port of node 1; nodes 2 and 3 have the next two (default 9092)
  --akka PORT     the cluster's own port of node 1, likewise (default 2551)
  --http PORT     HTTP's port of node 1, likewise (default 8080)
  --timeout S     how long to wait for a node, in seconds (default 60)
  -D KEY=VALUE    a setting for the nodes that are started; may be repeated

SLUICE names another launcher than ./sluice; SLUICE_JAVA_OPTS are options for the JVMs.
Exit codes: 0 done, 1 failed, 2 wrongly called; whatever is wrong is one line on stderr.
END
}

wrong() {
    echo "local-cluster: $1" >&2
    exit 2
}

failed() {
    echo "local-cluster: $1" >&2
    exit 1
}

number() { # OPTION TEXT MOST
    if ! [[ $2 =~ ^[1-9][0-9]{0,4}$ ]] || (($2 > $3)); then
        wrong "$1 $2: must be a number from 1 to $3"
    fi
}

command=
node=
settings=()
while (($# > 0)); do
    case $1 in
        --data | --kafka | --akka | --http | --timeout | -D)
            (($# > 1)) || wrong "$1: its value is missing"
            case $1 in
                --data) data=$2 ;;
                --kafka) number "$1" "$2" 65533 && kafka=$2 ports_given=yes ;;
                --akka) number "$1" "$2" 65533 && akka=$2 ports_given=yes ;;
                --http) number "$1" "$2" 65533 && http=$2 ports_given=yes ;;
                --timeout) number "$1" "$2" 86400 && seconds=$2 ;;
                -D) settings+=(-D "$2") ;;
            esac
            shift 2
            ;;
        -h | --help)
            usage
            exit 0
            ;;
        -*) wrong "unknown option $1; --help shows all" ;;
        *)
            if [ -z "$command" ]; then
                command=$1
            elif [ -z "$node" ]; then
                node=$1
            else
                wrong "\"$1\" is one word too many; --help shows how it is called"
            fi
            shift
            ;;
    esac
done

case $command in
    start | stop | status) [ -z "$node" ] || wrong "$command takes no node; kill and restart do" ;;
    kill | restart)
        [ -n "$node" ] || wrong "$command which node? 1, 2 or 3"
        [[ $node =~ ^[123]$ ]] || wrong "there is no node \"$node\": they are 1, 2 and 3"
        ;;
    '') wrong "start, stop, kill N, restart N or status? --help says more" ;;
    *) wrong "unknown command \"$command\": start, stop, kill N, restart N or status" ;;
esac

if [ "$command" = start ]; then
    mkdir -p "$data" 2> /dev/null || failed "can't make the folder $data"
fi
[ -d "$data" ] || wrong "there is no cluster in $data: \"start\" makes one, --data DIR names another folder"
data=$(cd "$data" && pwd -P)

# The ports that the cluster in this folder was started with are its ports until it is stopped.
if [ -z "$ports_given" ] && [ -r "$data/ports" ]; then
    read -r kafka akka http < "$data/ports" || failed "$data/ports is damaged: delete it, and give --kafka, --akka and --http"
    http=${http:-8080}
fi
kafka_of() { echo $((kafka + $1 - 1)); }
akka_of() { echo $((akka + $1 - 1)); }
http_of() { echo $((http + $1 - 1)); }

# The process of a node, or nothing. A number that the system has given to another process meanwhile is none.
pid_of() {
    local pid
    pid=$(cat "$data/node-$1.pid" 2> /dev/null) || return 0
    case $(ps -ww -o args= -p "$pid" 2> /dev/null) in
        *" start --node $1 "*"--data $data/node-$1 "*) echo "$pid" ;;
    esac
}

in_use() { # PORT
    (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null
}

seeds() {
    echo "127.0.0.1:$(akka_of 1),127.0.0.1:$(akka_of 2),127.0.0.1:$(akka_of 3)"
}

# Everything that can be seen to be in the way, before anything is started.
check() { # NODE...
    local n
    for n in "$@"; do
        in_use "$(kafka_of "$n")" && failed "port $(kafka_of "$n") is in use, node $n needs it: --kafka PORT chooses others"
        in_use "$(akka_of "$n")" && failed "port $(akka_of "$n") is in use, node $n needs it: --akka PORT chooses others"
        in_use "$(http_of "$n")" && failed "port $(http_of "$n") is in use, node $n needs it: --http PORT chooses others"
    done
    return 0
}

launch() { # NODE
    local n=$1
    : > "$data/node-$n.out"
    # nohup and no input: it lives on when this script and its terminal are gone
    nohup "$sluice" start --node "$n" --kafka "127.0.0.1:$(kafka_of "$n")" --akka "127.0.0.1:$(akka_of "$n")" \
        --http "127.0.0.1:$(http_of "$n")" --seeds "$(seeds)" --voters 1,2,3 --data "$data/node-$n" --log-level info ${settings[@]+"${settings[@]}"} \
        < /dev/null > "$data/node-$n.out" 2>> "$data/node-$n.log" &
    echo $! > "$data/node-$n.pid"
    disown
}

await_ready() { # NODE...
    local n ready deadline=$((SECONDS + seconds))
    for n in "$@"; do
        until ready=$(grep -m 1 '^Sluice .* ready: ' "$data/node-$n.out"); do
            kill -0 "$(cat "$data/node-$n.pid")" 2> /dev/null || failed "node $n has ended: $(tail -n 1 "$data/node-$n.log") (all of it is in $data/node-$n.log)"
            ((SECONDS < deadline)) || failed "node $n does not serve after $seconds s; its log is $data/node-$n.log"
            sleep 0.1
        done
        echo "node $n: $ready"
    done
}

# Nodes that run know the ports of all.
same_ports() { # "" | RUNNING NODES
    if [ -n "$1" ] && [ "$kafka $akka $http" != "$(cat "$data/ports" 2> /dev/null)" ]; then
        failed "the ports can't change while nodes run (here:$1): stop them first"
    fi
}

start() { # NODE...
    check "$@"
    [ -x "$sluice" ] || failed "there is no launcher $sluice"
    "$sluice" --version > /dev/null || exit 1 # builds it if there is no build yet; says itself why it can't
    echo "$kafka $akka $http" > "$data/ports"
    local n
    for n in "$@"; do
        launch "$n"
    done
    await_ready "$@"
}

await_end() { # NODE PID
    local deadline=$((SECONDS + seconds))
    while [ "$(pid_of "$1")" = "$2" ]; do
        ((SECONDS < deadline)) || failed "node $1 (process $2) still runs $seconds s after SIGTERM; \"kill $1\" ends it"
        sleep 0.1
    done
}

case $command in
    start)
        missing=() running=
        for n in 1 2 3; do
            if [ -n "$(pid_of $n)" ]; then
                running="$running $n"
            else
                missing+=("$n")
            fi
        done
        ((${#missing[@]} > 0)) || failed "all three nodes run already; \"status\" shows where"
        same_ports "$running"
        start "${missing[@]}"
        echo "bootstrap: 127.0.0.1:$(kafka_of 1),127.0.0.1:$(kafka_of 2),127.0.0.1:$(kafka_of 3)"
        ;;
    stop)
        pids=()
        for n in 1 2 3; do
            pids[n]=$(pid_of $n)
            [ -z "${pids[n]}" ] || kill -TERM "${pids[n]}" 2> /dev/null || true
        done
        [ -n "${pids[1]}${pids[2]}${pids[3]}" ] || failed "no node runs (data in $data)"
        for n in 1 2 3; do
            if [ -n "${pids[n]}" ]; then
                await_end $n "${pids[n]}"
                rm -f "$data/node-$n.pid"
                echo "node $n: stopped"
            fi
        done
        ;;
    kill)
        pid=$(pid_of "$node")
        [ -n "$pid" ] || failed "node $node does not run"
        kill -KILL "$pid"
        await_end "$node" "$pid"
        rm -f "$data/node-$node.pid"
        echo "node $node: killed"
        ;;
    restart)
        pid=$(pid_of "$node")
        others=
        for n in 1 2 3; do
            [ "$n" = "$node" ] || [ -z "$(pid_of $n)" ] || others="$others $n"
        done
        same_ports "$others"
        if [ -n "$pid" ]; then
            kill -TERM "$pid" 2> /dev/null || true
            await_end "$node" "$pid"
            echo "node $node: stopped"
        fi
        start "$node"
        ;;
    status)
        well=0
        for n in 1 2 3; do
            pid=$(pid_of $n)
            if [ -z "$pid" ]; then
                state='does not run' well=1
            elif grep -q '^Sluice .* ready: ' "$data/node-$n.out"; then
                state="runs (process $pid), kafka=127.0.0.1:$(kafka_of $n) http=127.0.0.1:$(http_of $n) akka=127.0.0.1:$(akka_of $n)"
            else
                state="starts (process $pid)"
            fi
            if [ -n "$pid" ]; then
                health=$("$root/deploy/src/dist/bin/sluice-health" --data "$data/node-$n") || well=1
                state="$state, $health"
            fi
            echo "node $n: $state"
        done
        exit $well
        ;;
esac
