package io.fleetserve.controller.http;

/// One operation of the API.
///
/// @param method upper case
/// @param path below `/api/v1`, parameters in braces as in OpenAPI
public record Route(String method, String path, Access access, Handler handler) {
  /// Who may call.
  public enum Access {
    /// The token of the home folder.
    OPERATOR,
    /// The load balancers' token.
    LOAD_BALANCER,
    /// A replica's own token, on this machine, or its certificate; the handler checks them.
    AGENT,
    /// The one-time token of an attempt, which the handler checks.
    JOIN,
    /// The token of the home folder, or a one-time token that was not used yet.
    FETCH
  }

  /// Serves one request on its own virtual thread; may block.
  public interface Handler {
    void handle(Exchange exchange) throws Exception;
  }
}
