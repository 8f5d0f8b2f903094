package io.fleetserve.benchmarks.load.subject;

import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes the configuration of nginx. Pure.
final class NginxConfig {
  private NginxConfig() {}

  static String text(Path folder, ProxySettings settings) {
    String servers =
        settings.backends().stream()
            .map(port -> "    server 127.0.0.1:" + port + " max_fails=5 fail_timeout=10s;\n")
            .collect(Collectors.joining());
    boolean several = settings.loops() > 1;
    return """
    daemon off;
    pid %1$s/nginx.pid;
    error_log %1$s/error.log warn;
    worker_processes %2$d;
    worker_rlimit_nofile %3$d;
    events {
      use epoll;
      worker_connections %4$d;
    }
    http {
    %10$s\
      access_log off;
      server_tokens off;
      tcp_nodelay on;
      keepalive_timeout 3600s;
      keepalive_requests 1000000000;
      client_max_body_size 0;
      client_body_temp_path %1$s/body;
      proxy_temp_path %1$s/proxy;
      fastcgi_temp_path %1$s/fastcgi;
      uwsgi_temp_path %1$s/uwsgi;
      scgi_temp_path %1$s/scgi;
      upstream replicas {
    %5$s    least_conn;
    %6$s    keepalive 1024;
        keepalive_timeout 3600s;
        keepalive_requests 1000000000;
      }
      server {
        listen 127.0.0.1:%7$d%9$s backlog=4096%8$s;
        location / {
          proxy_pass http://replicas;
          proxy_http_version 1.1;
          proxy_buffering off;
          proxy_buffer_size 32k;
          proxy_buffers 8 32k;
          proxy_request_buffering off;
          proxy_next_upstream error timeout;
          proxy_next_upstream_tries 3;
          proxy_connect_timeout 1s;
          proxy_send_timeout 3600s;
          proxy_read_timeout 3600s;
          proxy_set_header Host $http_host;
          proxy_set_header Connection "";
          proxy_set_header X-Forwarded-For $remote_addr;
          proxy_set_header X-Forwarded-Proto $scheme;
          proxy_set_header X-Forwarded-Host $http_host;
          proxy_set_header X-Request-Id $request_id;
          proxy_set_header Via "1.1 nginx";
        }
      }
    }
    """
        .formatted(
            folder,
            settings.loops(),
            ProxySettings.OPEN_FILES,
            ProxySettings.CONNECTIONS,
            servers.indent(0),
            several ? "    zone replicas 256k;\n" : "",
            settings.port(),
            several ? " reuseport" : "",
            settings.certificate() == null ? "" : " ssl",
            tls(settings.certificate()));
  }

  private static String tls(@Nullable Certificate certificate) {
    return certificate == null
        ? ""
        : """
          ssl_certificate %s;
          ssl_certificate_key %s;
          ssl_protocols TLSv1.3;
        """
            .formatted(certificate.chain(), certificate.key());
  }
}
