package io.fleetserve.loadbalancer.admin;

/// Every metric of the load balancer's own, as docs/load-balancer.md lists them.
enum Family {
  GENERATION("generation", "Endpoint generation in effect; -1 before the first."),
  CONTROLLER_CONNECTED("controller_connected", "1 while the endpoint stream is open."),
  CLIENT_CONNECTIONS("client_connections", "Client connections now."),
  CLIENT_CONNECTIONS_OPENED("client_connections_opened", "Client connections accepted."),
  ACCEPT_PAUSES("accept_pauses", "Times that accepting paused at a limit."),
  CLIENT_CONNECTIONS_REFUSED(
      "client_connections_refused", "Client connections closed at once, over their limit."),
  TUNNELS("tunnels", "Connections that agents have dialled, now."),
  TUNNEL_AGENTS("tunnel_agents", "Agents that have dialled one, now."),
  CONTROLLER_PASSAGES(
      "controller_passages", "Connections of agents that are passed on to the controller, now."),
  CONTROLLER_PASSAGES_REFUSED(
      "controller_passages_refused",
      "Connections of agents for the controller that were not passed on."),
  HEADS_REFUSED("heads_refused", "Requests refused before they belonged to a service."),
  ACCESS_LOG_DROPPED("access_log_dropped_bytes", "Bytes of the access log that were lost."),
  EVENT_LOOP_LAG("event_loop_lag_seconds", "How late the clock of an event loop ticked."),
  DIRECT_MEMORY("direct_memory_bytes", "Memory of network buffers."),

  REQUESTS("requests", "Requests accepted or refused for the service."),
  RESPONSES("responses", "Requests that ended, by class of their status; none: without any."),
  COMPLETED("requests_completed", "Answers that were complete."),
  FAILED("requests_failed", "Requests that no replica answered completely."),
  REJECTED("requests_rejected", "Requests answered with 503 by the load balancer itself."),
  RETRIED("requests_retried", "Attempts beyond the first."),
  HELD("requests_held", "Requests that wait for a replica now."),
  IN_FLIGHT("requests_in_flight", "Requests at replicas now."),
  TOKENS("tokens", "Tokens that answers told of, where the service goes by them."),
  BYTES_IN("request_body_bytes", "Bytes of bodies from clients."),
  BYTES_OUT("response_body_bytes", "Bytes of bodies to clients."),
  LATENCY("latency_seconds", "From a request's head to the end of its answer."),
  FIRST_BYTE("first_byte_seconds", "From a request's head to the head of its answer."),
  LISTENING("listening", "1 while the service's port is open."),

  REPLICA_IN_FLIGHT("replica_in_flight", "Requests at the replica now."),
  REPLICA_EJECTED("replica_ejected", "1 while the replica is out of the choice."),
  REPLICA_ATTEMPTS("replica_attempts", "Requests sent to the replica."),
  REPLICA_COMPLETED("replica_completed", "Answers of the replica that were complete."),
  REPLICA_FAILED("replica_failed", "Requests that failed at the replica."),
  REPLICA_LATENCY("replica_latency_seconds", "From sending to the end of the answer."),
  REPLICA_FIRST_BYTE("replica_first_byte_seconds", "From sending to the head of the answer.");

  private final String suffix;
  private final String help;

  Family(String suffix, String help) {
    this.suffix = suffix;
    this.help = help;
  }

  /// Name without the endings of its type (`_total`, `_bucket` ...).
  String metricName() {
    return "fleetserve_lb_" + suffix;
  }

  String help() {
    return help;
  }
}
