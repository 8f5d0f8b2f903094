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
    /// A replica's own token, which the handler checks.
    AGENT
  }

  /// Serves one request on its own virtual thread; may block.
  public interface Handler {
    void handle(Exchange exchange) throws Exception;
  }
}
