# Sourced by the launch scripts of the bundle, which set $bundle before. Only shell built-ins: no process is started before the JVM.

launch() { # program main-class arguments...
  read -r jars < "$bundle/lib/$1.classpath"
  classpath=
  for jar in $jars; do classpath=$classpath:$bundle/lib/$jar; done
  cache=-Xshare:auto
  [ ! -f "$bundle/lib/$1.aot" ] || cache=-XX:AOTCache=$bundle/lib/$1.aot # one that does not fit is ignored
  program=$1 main=$2
  shift 2
  exec "$bundle/runtime/bin/java" "@$bundle/lib/$program.args" "$cache" -cp "${classpath#:}" "$main" "$@"
}
