#!/usr/bin/env bash
# Builds the genuine llama-server of llama.cpp into examples/llama-server/target/llama-server: two npm
# packages hold its sources and its libraries (both MIT), g++ compiles what is missing. Takes a minute
# or two of two cores the first time, and nothing after. Needs npm, git, g++, make and an x86-64 Linux.
# The compiled program is kept in $XDG_CACHE_HOME (~/.cache)/fleetserve, so that a clean build finds it.
set -euo pipefail
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
version=3.22.1
llama=v0.5.0
target=$here/target/llama-server
inputs=$(cat "$here"/src/* | sha256sum | cut -c1-12)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/fleetserve/llama-server-$version-$inputs

fail() {
  echo "build.sh: $*" >&2
  exit 1
}

[ "$(uname -sm)" = "Linux x86_64" ] || fail "needs Linux on x86-64, this is $(uname -sm)"
mkdir -p "$cache"
exec 9> "$cache/lock"
flock 9 # two builds at once would share their folders

compile() {
  local tool
  for tool in npm git g++ gcc make nm; do
    command -v "$tool" > /dev/null || fail "$tool is missing"
  done
  cd "$cache"
  if [ ! -d "lib.$version" ] || [ ! -d "llama.cpp.$llama" ]; then
    echo "Fetching node-llama-cpp $version ..." >&2
    rm -rf fetched lib.new sources.new
    mkdir -p fetched lib.new
    npm pack --silent --pack-destination fetched "node-llama-cpp@$version" "@node-llama-cpp/linux-x64@$version" \
      > /dev/null || fail "npm cannot fetch node-llama-cpp@$version: is a registry reachable?"
    tar -xzf "fetched/node-llama-cpp-linux-x64-$version.tgz" -C fetched package/bins/linux-x64
    mv fetched/package/bins/linux-x64/*.so lib.new/
    tar -xzf "fetched/node-llama-cpp-$version.tgz" -C fetched package/llama/gitRelease.bundle
    git -c advice.detachedHead=false clone --quiet fetched/package/llama/gitRelease.bundle sources.new
    rm -rf "lib.$version" "llama.cpp.$llama" fetched sources.new/.git
    mv lib.new "lib.$version"
    mv sources.new "llama.cpp.$llama"
  fi
  echo "Compiling llama-server $llama, two minutes or so ..." >&2
  make --silent -j2 -f "$here/src/Makefile" SOURCES="llama.cpp.$llama" LIBRARIES="lib.$version" \
    STANDINS="$here/src" llama-server || fail "llama-server does not compile; see above"
  rm -rf objects "llama.cpp.$llama"
}

[ -x "$cache/llama-server" ] || (compile)
rm -rf "$target"
mkdir -p "$target"
cp "$cache/llama-server" "$cache/lib.$version"/*.so "$target/"
cp "$here/../tiny-llm/model/tiny-llm-Q8_0.gguf" "$target/"
"$target/llama-server" --version > /dev/null 2>&1 ||
  fail "llama-server does not start here: $("$target/llama-server" --version 2>&1 | head -n 1)"
echo "Built ${target#"$PWD"/}/llama-server"
