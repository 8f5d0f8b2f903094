package io.fleetserve.benchmarks.load.subject;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Writes the configuration of HAProxy. Pure.
final class HaproxyConfig {
  private HaproxyConfig() {}

  static String text(ProxySettings settings) {
    List<Integer> backends = settings.backends();
    String servers =
        IntStream.range(0, backends.size())
            .mapToObj(i -> "  server replica%d 127.0.0.1:%d\n".formatted(i + 1, backends.get(i)))
            .collect(Collectors.joining());
    Certificate certificate = settings.certificate();
    return """
    global
      nbthread %d
      maxconn %d
      ulimit-n %d
      no strict-limits
    defaults
      mode http
      option http-keep-alive
      option http-no-delay
      option redispatch 1
      retries 2
      retry-on conn-failure empty-response
      http-reuse always
      timeout connect 1s
      timeout client 1h
      timeout server 1h
      timeout http-keep-alive 1h
    frontend clients
      bind 127.0.0.1:%d backlog 4096%s
      http-request set-header X-Forwarded-For %%[src]
      http-request set-header X-Forwarded-Proto http
      http-request set-header X-Forwarded-Host %%[req.hdr(host)]
      http-request set-header X-Request-Id %%[uuid()]
      http-request set-header Via "1.1 haproxy"
      default_backend replicas
    backend replicas
      balance leastconn
    %s\
    """
        .formatted(
            settings.loops(),
            ProxySettings.CONNECTIONS,
            ProxySettings.OPEN_FILES,
            settings.port(),
            certificate == null
                ? ""
                : " ssl crt %s ssl-min-ver TLSv1.3".formatted(certificate.both()),
            servers);
  }
}
