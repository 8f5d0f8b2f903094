package io.fleetserve.provider.host;

import io.fleetserve.provider.AgentBundle;

/// How the agent's bundle gets into a folder of another machine, `<agents>/<sha256>/`, once for all
/// replicas there: scripts for `sh`. Pure.
///
/// @param agents the folder, as the shell is to read it: quoted where it needs to be
public record BundleScripts(String agents) {
  private String folder(AgentBundle bundle) {
    return agents + "/" + bundle.sha256();
  }

  /// Path of a program of the bundle.
  public String program(AgentBundle bundle, String name) {
    return folder(bundle) + "/bin/" + name;
  }

  /// A condition: the bundle is there and whole.
  public String isThere(AgentBundle bundle) {
    return "[ -f " + folder(bundle) + "/complete ]";
  }

  /// Reads the archive from stdin, checks it, unpacks it beside its place and moves it there in one
  /// step: whoever comes second, or was cut off, does no harm. What is in its place is removed only
  /// when that step has failed and it is not whole: another may have come first. Runs in the
  /// folder; to be put into a shell of its own, which it ends with 1 when something went wrong.
  public String install(AgentBundle bundle) {
    return """
    umask 077
    mkdir -p %1$s && cd %1$s || exit 1
    part=%2$s.part.$$.$(uname -n)
    trap 'rm -rf "$part"' EXIT
    mkdir "$part" && cat > "$part/bundle.tar.gz" || { echo "no space or no right to write in $PWD" >&2; exit 1; }
    sum=$(sha256sum "$part/bundle.tar.gz") || exit 1
    [ "${sum%%%% *}" = %2$s ] || { echo "the agent's copy is damaged: its SHA-256 is not %2$s" >&2; exit 1; }
    tar -xzf "$part/bundle.tar.gz" -C "$part" || { echo "the agent could not be unpacked in $PWD" >&2; exit 1; }
    rm -f "$part/bundle.tar.gz"
    : > "$part/complete"
    mv -T "$part" %2$s 2>/dev/null || [ -f %2$s/complete ] || { rm -rf %2$s; mv -T "$part" %2$s; } || exit 1
    """
        .formatted(agents, bundle.sha256());
  }

  /// After [#install], in the same shell: removes other bundles that no process of this machine
  /// runs from.
  public String removeOthers(AgentBundle bundle) {
    return """
    for old in *; do
      case $old in %s|*.part.*) continue ;; esac
      used=
      for program in /proc/[0-9]*/exe; do
        case $(readlink "$program" 2>/dev/null) in */"$old"/runtime/*) used=1; break ;; esac
      done
      [ -n "$used" ] || rm -rf "$old"
    done
    exit 0
    """
        .formatted(bundle.sha256());
  }
}
