package io.fleetserve.provider.docker;

import io.fleetserve.provider.ErrorTable;
import io.fleetserve.provider.ErrorTable.Rule;
import io.fleetserve.provider.ProviderError.Category;
import java.util.List;

/// Why an engine cannot be spoken to, with what the user does about it. Pure.
final class EngineAway {
  private static final ErrorTable TABLE =
      new ErrorTable(
          List.of(
              fix(
                  "tls.ca of providers.docker has to be the authority of the engine's certificate",
                  "unable to find valid certification path",
                  "path does not chain",
                  "signature check failed"),
              fix(
                  "providers.docker.host has to be a name of the engine's certificate",
                  "no subject alternative",
                  "no name matching"),
              fix(
                  "renew the certificate that is over",
                  "validity check failed",
                  "certificate_expired"),
              fix(
                  "tls.cert and tls.key of providers.docker have to be of the authority that the"
                      + " engine trusts",
                  "bad_certificate",
                  "certificate_required",
                  "unknown_ca",
                  "certificate_unknown"),
              fix(
                  "the engine wants TLS: give ca, cert and key in providers.docker.tls",
                  "http request to an https server"),
              fix(
                  "no TLS is spoken there: check the port in providers.docker.host",
                  "unrecognized ssl message"),
              fix(
                  "add the host's key, once it is checked, to known_hosts or to the file of"
                      + " providers.docker.ssh.known_hosts",
                  "host key verification failed",
                  "remote host identification has changed"),
              fix(
                  "the host does not accept the key: check the user in providers.docker.host and"
                      + " providers.docker.ssh.identity",
                  "permission denied (",
                  "too many authentication failures"),
              fix(
                  "the user has no rights on the engine's socket: add it to the socket's group,"
                      + " docker as a rule",
                  "permission denied"),
              fix(
                  "the host needs the program docker in the PATH of commands over ssh",
                  "docker: command not found",
                  "docker: not found",
                  "unknown command: docker"),
              fix(
                  "check the host in providers.docker.host",
                  "could not resolve",
                  "the name is unknown"),
              fix(
                  "start the engine there, or correct providers.docker.host",
                  "connection refused",
                  "no such file or directory",
                  "cannot connect to the docker daemon",
                  "is the docker daemon running"),
              fix(
                  "check network and firewall between here and the engine",
                  "timed out",
                  "no route to host",
                  "network is unreachable",
                  "no answer from")));

  private EngineAway() {}

  private static Rule fix(String fix, String... words) {
    return new Rule(Category.TRANSIENT, fix, List.of(words));
  }

  /// One line.
  ///
  /// @param engine its address, as the settings say it
  /// @param said what went wrong, in the words of the JDK, of `ssh`, or of the engine
  static String explain(String engine, String said) {
    String line = ErrorTable.oneLine(said, " ");
    String text = "the engine at " + engine + " does not answer: " + line;
    return TABLE.rule(line).map(rule -> rule.explain(text)).orElse(text);
  }
}
