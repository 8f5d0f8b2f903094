package io.fleetserve.examples.tinyllm;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The routes, for one connection. Confined to the connection's event loop.
///
/// One request is answered at a time. Another one that arrives meanwhile (HTTP pipelining) is
/// dropped and the connection ends after the current answer, as RFC 9112 section 9.3.2 allows: the
/// client asks it again. A client that leaves ends the work for it.
final class ApiHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final String PLAIN = "text/plain; version=0.0.4; charset=utf-8";

  private final CompletionService service;
  private final RequestReader reader;
  private final String alias;
  private final PrintStream log;
  private @Nullable CompletionJob job;
  private boolean answering;
  private volatile boolean pipelined;

  ApiHandler(CompletionService service, RequestReader reader, String alias, PrintStream log) {
    this.service = service;
    this.reader = reader;
    this.alias = alias;
    this.log = log;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    if (answering) {
      pipelined = true;
      return;
    }
    answering = true;
    String method = request.method().name();
    String path = path(request.uri());
    boolean readable = request.decoderResult().isSuccess();
    boolean keepAlive = readable && HttpUtil.isKeepAlive(request);
    long start = System.nanoTime();
    ChannelReply reply =
        new ChannelReply(
            context.channel(),
            () -> keepAlive && !pipelined && !service.draining(),
            status -> {
              answering = false;
              job = null;
              if (method.equals("POST") || (status >= 400 && !path.equals("/health"))) {
                log.printf(
                    "%s %s %d %d ms%n",
                    method, path, status, Duration.ofNanos(System.nanoTime() - start).toMillis());
              }
            });
    try {
      if (!readable) {
        throw ApiError.invalid("", "this is not HTTP/1.1");
      }
      route(method, path, request, reply);
    } catch (ApiError e) {
      reply.fail(e);
    }
  }

  private void route(String method, String path, FullHttpRequest request, ChannelReply reply) {
    List<String> models = List.of("/v1/models", "/v1/models/" + alias);
    switch (path) {
      case "/health", "/v1/health" -> {
        only("GET", method, path);
        if (!service.ready()) {
          throw ApiError.loading();
        }
        reply.whole(JsonMapper.shared().createObjectNode().put("status", "ok"));
      }
      case "/metrics" -> {
        only("GET", method, path);
        reply.send(200, PLAIN, service.metrics());
      }
      case "/v1/chat/completions" -> {
        only("POST", method, path);
        job = service.start(reader.chat(ByteBufUtil.getBytes(request.content())), reply);
      }
      case "/v1/completions" -> {
        only("POST", method, path);
        job = service.start(reader.text(ByteBufUtil.getBytes(request.content())), reply);
      }
      default -> {
        if (!models.contains(path)) {
          throw ApiError.notFound(path);
        }
        only("GET", method, path);
        reply.whole(path.equals(models.getFirst()) ? modelList() : model());
      }
    }
  }

  private static void only(String allowed, String method, String path) {
    if (!method.equals(allowed)) {
      throw ApiError.wrongMethod(method, path, allowed);
    }
  }

  private ObjectNode modelList() {
    ObjectNode body = JsonMapper.shared().createObjectNode().put("object", "list");
    body.putArray("data").add(model());
    return body;
  }

  private ObjectNode model() {
    return JsonMapper.shared()
        .createObjectNode()
        .put("id", alias)
        .put("object", "model")
        .put("created", 0)
        .put("owned_by", "fleetserve");
  }

  private static String path(String uri) {
    int query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (job != null) {
      service.cancel(job);
      job = null;
    }
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    ChannelFuture ignored = context.close(); // the connection broke: channelInactive ends the work
  }
}
