package io.fleetserve.provider.slurm;

import io.fleetserve.api.pki.CertificateName;
import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.provider.AgentBundle;
import io.fleetserve.provider.host.BundleScripts;
import io.fleetserve.provider.transport.ShellQuote;
import java.net.URI;
import java.util.List;

/// How the agent gets onto a node of a job: bash that sets the array `agent` to its command line,
/// or ends the script. Pure.
sealed interface NodeAgent {
  /// Where archives are put on a login node, whose home folder nodes share as a rule.
  String SHARED = "$HOME/.fleetserve/agents";

  /// The bash.
  ///
  /// @param boot as the agent will be started
  String script(AgentBoot boot);

  /// A program that is there.
  record Command(List<String> words) implements NodeAgent {
    public Command {
      words = List.copyOf(words);
    }

    @Override
    public String script(AgentBoot boot) {
      return "agent=(" + String.join(" ", words.stream().map(ShellQuote::quote).toList()) + ")\n";
    }
  }

  /// The bundle of the node's architecture: unpacked there once, from wherever it can be had, which
  /// is the controller's own file where nodes see it, the home folder, or the controller itself. A
  /// copy that is damaged, or was cut off, is never unpacked; then it is fetched from the
  /// controller anew, some times.
  record Bundled(List<AgentBundle> bundles) implements NodeAgent {
    /// The file's path and its SHA-256; `whole`, `unpack` and `fetch` are told before. The
    /// controller is asked for as long as a load balancer on the way to it may take to start.
    private static final String INSTALL =
        """
        install_agent() {
          whole && return
          for file in "$1" "<shared>/$2.tar.gz"; do
            if [ -r "$file" ] && unpack <"$file"; then return; fi
          done
          for pause in 1 2 4 8 15 15 0; do
            fetch >"$folder/agent.tar.gz" && unpack <"$folder/agent.tar.gz"
            rm -f "$folder/agent.tar.gz"
            whole && return
            sleep $pause
          done
          echo "no agent on ${SLURMD_NODENAME:-this node}"
          exit 72
        }
        """
            .replace("<shared>", SHARED);

    private static final String NOWHERE =
        """
        fetch() {
          echo 'no whole copy of the agent is in the controller'\\''s folder or in $HOME here' >&2
          exit 72
        }
        """;

    public Bundled {
      bundles = List.copyOf(bundles);
    }

    @Override
    public String script(AgentBoot boot) {
      StringBuilder script = new StringBuilder();
      script.append("agents=$own/agents\n");
      if (boot.authority() != null) {
        script
            .append("cat >\"$folder/authority.pem\" <<'PEM'\n")
            .append(boot.authority().strip())
            .append("\nPEM\n");
      }
      boolean remote = boot.authority() != null && boot.controllerUrl().startsWith("https:");
      script.append(remote ? download(boot) : NOWHERE).append(INSTALL);
      script.append("case $(uname -m) in\n");
      bundles.forEach(bundle -> script.append(one(bundle)));
      script.append("*) echo \"there is no agent for $(uname -m)\"; exit 72 ;;\nesac\n");
      return script.toString();
    }

    private static String one(AgentBundle bundle) {
      BundleScripts scripts = new BundleScripts("\"$agents\"");
      return bundle.architecture()
          + ")\nwhole() { "
          + scripts.isThere(bundle)
          + "; }\nunpack() (\n"
          + scripts.install(bundle)
          + ")\ninstall_agent "
          + ShellQuote.quote(bundle.file().toString())
          + " "
          + bundle.sha256()
          + "\nagent=("
          + scripts.program(bundle, "fleetserve-agent")
          + ") ;;\n";
    }

    /// The controller shows a certificate with a name of its own, whatever its address. The token
    /// goes over standard input.
    private static String download(AgentBoot boot) {
      URI controller = URI.create(boot.controllerUrl());
      int port = controller.getPort() > 0 ? controller.getPort() : 443;
      return "fetch() {\n  printf 'header = \"Authorization: Bearer %s\"\\n' "
          + ShellQuote.quote(boot.token())
          + " |\n    curl -sS --fail -K - --cacert \"$folder/authority.pem\" --noproxy '*'"
          + " --connect-timeout 20 --speed-limit 1 --speed-time 60 --connect-to "
          + ShellQuote.quote("::" + controller.getHost() + ":" + port)
          + " \"https://"
          + CertificateName.CONTROLLER_HOST
          + "/api/v1/agent/bundles/$(uname -m)\"\n}\n";
    }
  }
}
