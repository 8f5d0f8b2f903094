package io.fleetserve.provider.slurm;

import io.fleetserve.api.pki.CertificateName;
import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.provider.AgentBundle;
import io.fleetserve.provider.host.BundleScripts;
import io.fleetserve.provider.transport.ShellQuote;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
  /// is the controller's own file where nodes see it, the home folder, or the controller itself.
  record Bundled(List<AgentBundle> bundles) implements NodeAgent {
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
      script.append("fetch_agent() {\n  for file in \"$1\" \"").append(SHARED);
      script.append("/$2.tar.gz\"; do\n    if [ -r \"$file\" ]; then cat \"$file\"; return; fi\n");
      script.append("  done\n").append(download(boot)).append("}\n");
      script.append("case $(uname -m) in\n");
      bundles.forEach(bundle -> script.append(one(bundle)));
      script.append("*) echo \"there is no agent for $(uname -m)\"; exit 72 ;;\nesac\n");
      return script.toString();
    }

    private static String one(AgentBundle bundle) {
      BundleScripts scripts = new BundleScripts("\"$agents\"");
      return bundle.architecture()
          + ")\nif ! "
          + scripts.isThere(bundle)
          + "; then\n  fetch_agent "
          + ShellQuote.quote(bundle.file().toString())
          + " "
          + bundle.sha256()
          + " | (\n"
          + scripts.install(bundle)
          + ") || { echo \"no agent on ${SLURMD_NODENAME:-this node}\"; exit 72; }\nfi\n"
          + "agent=("
          + scripts.program(bundle, "fleetserve-agent")
          + ") ;;\n";
    }

    /// The controller shows a certificate with a name of its own, whatever its address. The token
    /// goes over standard input.
    private static String download(AgentBoot boot) {
      URI controller = URI.create(boot.controllerUrl());
      @Nullable String authority = boot.authority();
      if (authority == null || !"https".equals(controller.getScheme())) {
        return "  echo 'the agent is neither in the controller'\\''s folder nor in $HOME here' >&2\n";
      }
      int port = controller.getPort() > 0 ? controller.getPort() : 443;
      return "  printf 'header = \"Authorization: Bearer %s\"\\n' "
          + ShellQuote.quote(boot.token())
          + " |\n    curl -sS --fail --retry 3 -K - --cacert \"$folder/authority.pem\""
          + " --connect-to "
          + ShellQuote.quote("::" + controller.getHost() + ":" + port)
          + " \"https://"
          + CertificateName.CONTROLLER_HOST
          + "/api/v1/agent/bundles/$(uname -m)\"\n";
    }
  }
}
