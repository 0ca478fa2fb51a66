#!/usr/bin/env bash
# Gets what the measurements need into DIR (default bench/target): Kafka's measuring tools (tools/), Apache Kafka's server as the
# peer (kafka/), and the load programs of this module, compiled. Nothing of it is on the class path of a module.
# Usage: bench/setup.sh [DIR]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=${1:-$here/target}
mkdir -p "$dir"; dir=$(cd "$dir" && pwd)
jars() { # POM FOLDER
  [ -f "$2/.complete" ] && return
  mvn -q -B -ntp -f "$1" org.apache.maven.plugins:maven-dependency-plugin:3.10.0:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$2"
  touch "$2/.complete"
}
jars "$here/tools-pom.xml" "$dir/tools"
jars "$here/kafka-peer/pom.xml" "$dir/kafka"
mkdir -p "$dir/tools/classes"
javac --release 17 -cp "$dir/tools/*" -d "$dir/tools/classes" "$here"/src/main/java/io/sluice/bench/load/*.java
