package io.fleetserve.agent;

import io.fleetserve.api.process.ReplicaProcesses;
import io.fleetserve.api.wire.AgentBoot;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The environment of `setup` and `run`: some of the machine's, then the replica's own, then what
/// only the agent knows. Pure.
///
/// The agent's environment comes from whichever shell first started the controller, so it is not
/// passed on as it is: other people's credentials must not leak into servers.
final class ServerEnvironment {
  private static final Set<String> PASSED =
      Set.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "SHELL",
          "LANG",
          "LANGUAGE",
          "TZ",
          "TMPDIR",
          "JAVA_HOME",
          "JAVA25_HOME",
          "LD_LIBRARY_PATH",
          "LIBRARY_PATH",
          "HF_HOME",
          "TRITON_CACHE_DIR",
          "VIRTUAL_ENV",
          "SSL_CERT_FILE",
          "SSL_CERT_DIR",
          "http_proxy",
          "https_proxy",
          "no_proxy",
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "NO_PROXY");

  private static final String[] PASSED_PREFIXES = {
    "LC_", "XDG_", "CUDA_", "NVIDIA_", "ROCM_", "HIP_", "NCCL_", "CONDA_", "PYENV_"
  };

  private ServerEnvironment() {}

  static Map<String, String> of(Map<String, String> machine, AgentBoot boot, int port) {
    Map<String, String> environment = new TreeMap<>();
    for (Map.Entry<String, String> entry : machine.entrySet()) {
      if (passed(entry.getKey())) {
        environment.put(entry.getKey(), entry.getValue());
      }
    }
    environment.putAll(boot.task().env());
    environment.put("PORT", Integer.toString(port));
    environment.put(ReplicaProcesses.ATTEMPT, boot.attemptId());
    environment.put(ReplicaProcesses.INSTALLATION, boot.installationId());
    String place = machine.get(ReplicaProcesses.PLACE);
    if (place != null) {
      environment.put(ReplicaProcesses.PLACE, place);
    }
    return environment;
  }

  private static boolean passed(String name) {
    if (PASSED.contains(name)) {
      return true;
    }
    for (String prefix : PASSED_PREFIXES) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }
}
