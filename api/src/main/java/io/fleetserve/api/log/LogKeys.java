package io.fleetserve.api.log;

/// Field names of structured log lines; the only ones in use.
public final class LogKeys {
  public static final String SERVICE = "service";
  public static final String VERSION = "version";
  public static final String REPLICA = "replica";
  public static final String GENERATION = "generation";
  public static final String PROVIDER = "provider";
  public static final String ZONE = "zone";
  public static final String ATTEMPT = "attempt";
  public static final String LOAD_BALANCER = "loadBalancer";
  public static final String REQUEST_ID = "requestId";
  public static final String REASON = "reason";
  public static final String PATH = "path";
  public static final String PORT = "port";
  public static final String PID = "pid";
  public static final String COUNT = "count";
  public static final String MILLIS = "millis";

  private LogKeys() {}
}
