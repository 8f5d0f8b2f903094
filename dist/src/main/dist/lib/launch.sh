# Sourced by the launch scripts, which set $dist before. Finds a JDK and starts a program of this distribution.
# Only shell built-ins on the usual path: no process is started before the JVM (a replica's start waits for it).

is_jdk25() { # home: true if it holds a java of version 25 or newer
  [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
  while IFS= read -r line; do
    case $line in JAVA_VERSION=*)
      line=${line#*\"}; line=${line%%[!0-9]*}
      [ "${line:-0}" -ge 25 ]; return ;;
    esac
  done < "$1/release"
  return 1
}

find_java() { # sets java; the order is JAVA25_HOME, JAVA_HOME, PATH, /usr/lib/jvm
  for home in "${JAVA25_HOME:-}" "${JAVA_HOME:-}"; do
    if [ -n "$home" ] && is_jdk25 "$home"; then java=$home/bin/java; return; fi
  done
  home=$(command -v java) && home=$(readlink -f "$home") && home=${home%/bin/java}
  for home in "$home" /usr/lib/jvm/*; do
    if [ -n "$home" ] && is_jdk25 "$home"; then java=$home/bin/java; return; fi
  done
  echo "Fleetserve needs a JDK 25 or newer, and none was found in JAVA25_HOME, JAVA_HOME, PATH or /usr/lib/jvm." >&2
  echo "Install Temurin 25 (https://adoptium.net), or set JAVA_HOME to an unpacked one." >&2
  exit 1
}

prepare() { # program: sets java, classpath, cache; exports JAVA25_HOME so that the programs started by this one need no search
  find_java
  export JAVA25_HOME="${java%/bin/java}"
  read -r jars < "$dist/lib/$1.classpath"
  classpath=
  for jar in $jars; do classpath=$classpath:$dist/lib/$jar; done
  classpath=${classpath#:}
  if [ -n "${FLEETSERVE_AOT_TRAIN:-}" ] && [ -f "$FLEETSERVE_AOT_TRAIN/$1.train" ]; then
    cache=-XX:AOTCacheOutput=$FLEETSERVE_AOT_TRAIN/$1.aot # the build is making the cache of this program
  elif [ -f "$dist/lib/$1.aot" ]; then
    cache=-XX:AOTCache=$dist/lib/$1.aot # one that does not fit the JVM or the jars is ignored
  else
    cache=-Xshare:auto
  fi
}

launch() { # program main-class arguments...
  prepare "$1"
  program=$1 main=$2
  shift 2
  exec "$java" "@$dist/lib/$program.args" "$cache" -cp "$classpath" "$main" "$@"
}
