package io.fleetserve.provider.ssh;

import io.fleetserve.provider.AgentBundle;

/// The agent on a host: `~/.fleetserve/agents/<sha256>/`, copied once for all replicas. Scripts for
/// `sh`. Pure.
final class Bundles {
  private static final String AGENTS = "\"$HOME/.fleetserve/agents\"";

  private Bundles() {}

  private static String folder(AgentBundle bundle) {
    return AGENTS + "/" + bundle.sha256();
  }

  static String program(AgentBundle bundle, String name) {
    return folder(bundle) + "/bin/" + name;
  }

  /// Prints `yes` or `no`.
  static String isInstalled(AgentBundle bundle) {
    return "if [ -f " + folder(bundle) + "/complete ]; then echo yes; else echo no; fi\n";
  }

  /// Reads the archive from stdin, checks it, unpacks it beside its place and moves it there in one
  /// step: whoever comes second, or was cut off, does no harm. Also removes other bundles that no
  /// process runs from.
  static String install(AgentBundle bundle) {
    return """
    umask 077
    mkdir -p %1$s && cd %1$s || exit 1
    part=%2$s.part.$$
    trap 'rm -rf "$part"' EXIT
    mkdir "$part" && cat > "$part/bundle.tar.gz" || { echo "no space or no right to write in $HOME/.fleetserve" >&2; exit 1; }
    sum=$(sha256sum "$part/bundle.tar.gz") || exit 1
    [ "${sum%%%% *}" = %2$s ] || { echo "the agent's copy is damaged: its SHA-256 is not %2$s" >&2; exit 1; }
    tar -xzf "$part/bundle.tar.gz" -C "$part" || { echo "the agent could not be unpacked in $HOME/.fleetserve" >&2; exit 1; }
    rm -f "$part/bundle.tar.gz"
    : > "$part/complete"
    [ -f %2$s/complete ] || { rm -rf %2$s; mv "$part" %2$s 2>/dev/null || [ -f %2$s/complete ]; } || exit 1
    for old in *; do
      case $old in %2$s|*.part.*) continue ;; esac
      used=
      for program in /proc/[0-9]*/exe; do
        case $(readlink "$program" 2>/dev/null) in */"$old"/runtime/*) used=1; break ;; esac
      done
      [ -n "$used" ] || rm -rf "$old"
    done
    exit 0
    """
        .formatted(AGENTS, bundle.sha256());
  }
}
