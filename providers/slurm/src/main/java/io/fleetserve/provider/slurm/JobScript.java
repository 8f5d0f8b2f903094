package io.fleetserve.provider.slurm;

import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.api.wire.AgentBoot.ReplicaTask;
import io.fleetserve.api.wire.Json;
import io.fleetserve.provider.transport.ShellQuote;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/// The batch script of a replica: bash, on the first node of the job. Pure.
///
/// ```
/// first node    folder, boot file -> agent -> setup, run (rank 0, serves)
/// other nodes   srun -> setup, run (rank 1, 2, ...)
/// end           the agent's end, a signal, or the failure of another node ends all
/// ```
///
/// What only the job itself knows (its nodes' addresses, its folder) is filled in there. The script
/// holds secrets; Slurm shows it to its owner and to administrators alone.
///
/// @param agent how it gets onto the first node
/// @param base folder on the nodes for replicas' folders
/// @param nodes of the replica
record JobScript(NodeAgent agent, String base, int nodes) {
  private static final String HOST = "__FLEETSERVE_HOST__";
  private static final String IPS = "__FLEETSERVE_NODE_IPS__";
  private static final String FOLDER = "__FLEETSERVE_FOLDER__";

  /// @param controllerUrl where the agent finds the controller
  String text(AgentBoot boot, String controllerUrl) {
    AgentBoot filled = filled(boot, controllerUrl);
    String json = Json.MAPPER.writeValueAsString(filled);
    return HEAD
        + "base="
        + ShellQuote.quote(base)
        + "\nattempt="
        + ShellQuote.quote(boot.attemptId())
        + "\n"
        + FOLDERS
        + agent.script(filled)
        + (nodes > 1 ? ADDRESSES : ADDRESS)
        + "boot=$(base64 -d <<'BOOT'\n"
        + encoded(json)
        + "BOOT\n)\n"
        + fill(HOST, "host")
        + fill(IPS, "ips")
        + fill(FOLDER, "folder")
        + "printf '%s' \"$boot\" >\"$folder/boot.json\"\nunset boot\numask \"$mask\"\n"
        + "\"${agent[@]}\" \"$folder/boot.json\" &\nagent_pid=$!\n"
        + (nodes > 1 ? others(boot) : "")
        + WAIT;
  }

  private AgentBoot filled(AgentBoot boot, String controllerUrl) {
    ReplicaTask task = boot.task();
    return boot.at(controllerUrl, FOLDER, task.inside(HOST, task.port(), ranks("0")));
  }

  private Map<String, String> ranks(String rank) {
    return Map.of(
        "SKYPILOT_NODE_RANK", rank,
        "SKYPILOT_NODE_IPS", IPS,
        "SKYPILOT_NUM_NODES", Integer.toString(nodes));
  }

  /// Quoted, so that nothing in the value is looked into.
  private static String fill(String mark, String variable) {
    return "boot=${boot//" + mark + "/\"$" + variable + "\"}\n";
  }

  private static String encoded(String text) {
    return Base64.getMimeEncoder(100, "\n".getBytes(StandardCharsets.US_ASCII))
            .encodeToString(text.getBytes(StandardCharsets.UTF_8))
        + "\n";
  }

  /// The other nodes get their script over standard input, since it holds secrets too.
  private String others(AgentBoot boot) {
    ReplicaTask task = boot.task();
    StringBuilder script = new StringBuilder();
    script.append("umask 077\nwork=$(mktemp -d)\ntrap 'rm -rf \"$work\"' EXIT\ncd \"$work\"\n");
    Map<String, String> env = new TreeMap<>(task.env());
    env.keySet().removeAll(ranks("").keySet());
    env.forEach((name, value) -> {
      if (name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
        script
            .append("export ")
            .append(name)
            .append('=')
            .append(ShellQuote.quote(value))
            .append('\n');
      }
    });
    script.append("export SKYPILOT_NODE_RANK=$((SLURM_PROCID + 1))\n");
    script.append("export SKYPILOT_NUM_NODES=").append(nodes).append('\n');
    script.append("export SKYPILOT_NODE_IPS=$'").append(IPS).append("'\n");
    String workdir = task.workdir();
    if (workdir != null) {
      script.append("cp -r -- ").append(ShellQuote.quote(workdir + "/.")).append(" .\n");
    }
    String setup = task.setup();
    if (setup != null) {
      script.append("(\n").append(setup).append("\n) </dev/null || exit\n");
    }
    script.append("(\n").append(task.run()).append("\n) </dev/null\n");
    return "others=$(base64 -d <<'OTHERS'\n"
        + encoded(script.toString())
        + "OTHERS\n)\n"
        + fill(IPS, "ips").replace("boot=${boot", "others=${others")
        + OTHERS;
  }

  private static final String HEAD =
      """
      #!/bin/bash
      # A replica of Fleetserve. Started once: a job that Slurm runs again has been replaced meanwhile.
      if [ "${SLURM_RESTART_COUNT:-0}" -gt 0 ]; then
        echo "requeued; its replica has been replaced"
        exit 0
      fi
      mask=$(umask)
      umask 077
      """;

  /// Folders of jobs that were killed at once are removed by the next one on the node.
  private static final String FOLDERS =
      """
      own=$base/fleetserve-$(id -u)
      mine=$own/${SLURMD_NODENAME:-node}
      folder=$mine/$attempt
      mkdir -p "$own" && [ -O "$own" ] && mkdir -p "$mine" || { echo "$own cannot be used"; exit 73; }
      for old in "$mine"/*/; do
        [ -s "$old/pid" ] && ! kill -0 "$(cat "$old/pid")" 2>/dev/null && rm -rf "$old"
      done
      mkdir "$folder" || exit 73
      echo $$ >"$folder/pid"
      mkdir "$folder/work"
      agent_pid= others_pid=
      leave() { rm -rf "$folder"; }
      trap leave EXIT
      trap 'kill -TERM $agent_pid $others_pid 2>/dev/null' TERM
      trap : USR1 USR2 HUP
      """;

  private static final String ADDRESS =
      """
      host=$(hostname -i) || host=$(hostname)
      host=${host%% *}
      ips=$host
      """;

  private static final String ADDRESSES =
      """
      ips=$(srun --export=ALL --label --ntasks="$SLURM_JOB_NUM_NODES" --ntasks-per-node=1 hostname -i |
        sort -n | sed 's/^[0-9]*: *//; s/ .*//') || exit 74
      host=${ips%%$'\\n'*}
      ips=${ips//$'\\n'/\\\\n}
      """;

  /// The first node is the script's own, and the failure of one task ends all of them.
  private static final String OTHERS =
      """
      printf '%s\\n' "$others" | srun --export=ALL --nodes=$((SLURM_JOB_NUM_NODES - 1)) --relative=1 \\
        --ntasks=$((SLURM_JOB_NUM_NODES - 1)) --ntasks-per-node=1 --kill-on-bad-exit=1 bash -s &
      others_pid=$!
      unset others
      """;

  private static final String WAIT =
      """
      code=0
      while kill -0 "$agent_pid" 2>/dev/null; do
        if [ -n "$others_pid" ] && ! kill -0 "$others_pid" 2>/dev/null; then
          wait "$others_pid"; others_code=$?; others_pid=
          if [ "$others_code" -ne 0 ]; then
            echo "another node of the replica failed with exit code $others_code"
            kill -TERM "$agent_pid"; wait "$agent_pid"
            exit "$others_code"
          fi
        fi
        wait -n; code=$?
      done
      wait "$agent_pid"; last=$?
      [ "$last" -eq 127 ] || code=$last
      [ -z "$others_pid" ] || kill -TERM "$others_pid" 2>/dev/null
      exit "$code"
      """;
}
