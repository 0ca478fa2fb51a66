#!/usr/bin/env bash
# Installs the clients of the matrix (profile `clients`): Debian packages, npm modules, and Kafka's own clients and tools from Maven.
# Usage: system-tests/install-clients.sh [DIR]     DIR (default system-tests/target/clients) gets what is not a Debian package
# Needs apt (as root), npm and Maven. Anything that can't be installed fails the script: the matrix has no optional client.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=${1:-$here/target/clients}
mkdir -p "$dir"; dir=$(cd "$dir" && pwd)

# Debian 12: kcat 1.7.1, python3-kafka 2.0.2, python3-confluent-kafka 1.7.0, and the codecs that python3-kafka loads when they are there
packages=(kcat python3-kafka python3-confluent-kafka python3-snappy python3-lz4 python3-zstandard)
command -v npm >/dev/null || packages+=(npm)
installed() { dpkg-query -W -f '${Status}\n' "${packages[@]}" 2>/dev/null | grep -c 'install ok installed' || true; }
if [ "$(installed)" -ne ${#packages[@]} ]; then
  as_root=(); [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}"
fi

# a folder is complete when its marker is there, so a second call costs nothing
once() { # FOLDER COMMAND..
  local folder=$1; shift
  [ -f "$folder/.complete" ] && return
  rm -rf "$folder"; mkdir -p "$folder"
  "$@"
  touch "$folder/.complete"
}
jars() { # FOLDER POM KAFKA_VERSION
  mvn -q -B -ntp -f "$2" org.apache.maven.plugins:maven-dependency-plugin:3.10.0:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$1" -Dkafka.version="$3"
}
once "$dir/kafka-clients-4.3.1" jars "$dir/kafka-clients-4.3.1" "$here/clients/kafka-java/pom.xml" 4.3.1
once "$dir/kafka-clients-4.4.0" jars "$dir/kafka-clients-4.4.0" "$here/clients/kafka-java/pom.xml" 4.4.0
for v in 4.3.1 4.4.0; do # the program is compiled against the very version that it runs with
  javac -cp "$dir/kafka-clients-$v/*" -d "$dir/kafka-clients-$v/classes" "$here/clients/kafka-java/KafkaJavaClient.java"
done
once "$dir/kafka-tools-4.3.1" jars "$dir/kafka-tools-4.3.1" "$here/clients/kafka-tools/pom.xml" 4.3.1
node_modules() { # NAME
  cp "$here/clients/$1"/{package.json,package-lock.json,.npmrc} "$dir/$1/"
  (cd "$dir/$1" && npm ci --silent)
}
once "$dir/kafkajs" node_modules kafkajs
once "$dir/ws" node_modules ws

echo "clients in $dir:"
kcat -V | grep Version
/usr/bin/python3 -c 'import kafka, confluent_kafka as c; print("python3-kafka", kafka.__version__); print("python3-confluent-kafka", c.version()[0], "librdkafka", c.libversion()[0])'
node -p '"kafkajs " + require(process.argv[1] + "/kafkajs/node_modules/kafkajs/package.json").version' "$dir"
node -p '"ws " + require(process.argv[1] + "/ws/node_modules/ws/package.json").version' "$dir"
for d in kafka-clients-4.3.1 kafka-clients-4.4.0 kafka-tools-4.3.1; do echo "$d: $(find "$dir/$d" -name '*.jar' | wc -l) jars"; done
