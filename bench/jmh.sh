#!/usr/bin/env bash
# Runs the JMH benchmarks of the storage engine; arguments are JMH's (a regular expression of names, -p codec=LZ4, -prof gc ...).
#   bench/jmh.sh                 all of them, about five minutes
#   bench/jmh.sh AppendBenchmark
set -euo pipefail
cd "$(dirname "$0")/.."
mvn -q -B -ntp -pl bench -am -DskipTests test-compile org.apache.maven.plugins:maven-dependency-plugin:build-classpath \
    -Dmdep.outputFile=target/jmh.classpath -Dmdep.includeScope=runtime
exec java -cp "bench/target/classes:$(cat bench/target/jmh.classpath)" org.openjdk.jmh.Main "${@:-io.sluice.bench.jmh}"
