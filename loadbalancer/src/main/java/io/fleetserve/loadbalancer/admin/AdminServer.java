package io.fleetserve.loadbalancer.admin;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.api.wire.Json;
import io.fleetserve.loadbalancer.http.HeadLimits;
import io.fleetserve.loadbalancer.http.HeadScanner;
import io.fleetserve.loadbalancer.http.MalformedMessage;
import io.fleetserve.loadbalancer.http.Octets;
import io.fleetserve.loadbalancer.http.RequestHead;
import io.fleetserve.loadbalancer.lane.Buffers;
import io.fleetserve.loadbalancer.lane.Channels;
import io.fleetserve.loadbalancer.lane.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers requests on the admin port, one per connection: GET for pages, POST with the load
/// balancer's token for actions. Not counted as client connections, so it answers when the data
/// plane is full. Pages are made on a thread of their own, because they ask the event loops.
public final class AdminServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

  private static final byte[] ACCEPT = Octets.ascii("accept");
  private static final byte[] AUTHORIZATION = Octets.ascii("authorization");

  private final ExecutorService pages =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("admin").factory());
  private final Map<String, Page> byPath;
  private final Map<String, Page> actions;
  private final Supplier<String> token;
  private final ServerBootstrap server;
  private int wanted;
  private volatile @Nullable Channel channel;
  private boolean failing;
  private boolean closed;

  /// Makes the answer to a request.
  @FunctionalInterface
  public interface Page {
    Content make(Request request);
  }

  /// What was asked for.
  ///
  /// @param accept media types; empty for any
  public record Request(String path, String accept) {}

  /// An answer.
  ///
  /// @param type media type
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  public record Content(int status, String type, byte[] body) {
    /// Plain text.
    public static Content text(int status, String text) {
      return new Content(status, "text/plain", text.getBytes(StandardCharsets.UTF_8));
    }

    /// A record as JSON.
    public static Content json(Object value) {
      return new Content(200, "application/json", Json.MAPPER.writeValueAsBytes(value));
    }
  }

  /// Opens nothing yet: see [#open].
  ///
  /// @param port 0: any free one
  /// @param actions what a POST with the token does, by path
  /// @param token of the load balancer; empty when it cannot be read, and then nobody has it
  public AdminServer(
      Transport transport,
      int port,
      Map<String, Page> byPath,
      Map<String, Page> actions,
      Supplier<String> token) {
    this.byPath = Map.copyOf(byPath);
    this.actions = Map.copyOf(actions);
    this.token = token;
    wanted = port;
    server =
        new ServerBootstrap()
            .group(transport.group())
            .channel(transport.serverType())
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel child) {
                    child.pipeline().addLast(new Handler());
                  }
                });
  }

  /// Opens another port than the one that was asked for first, from the next [#open] on.
  public synchronized void want(int port) {
    wanted = port;
  }

  /// Opens the port on loopback if it is not open; if that fails, the next call tries again:
  /// nothing that is served depends on it. Waits for the kernel, so not to be called on an event
  /// loop.
  public synchronized void open() {
    if (channel != null || closed) {
      return;
    }
    ChannelFuture bound =
        server
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted))
            .awaitUninterruptibly();
    if (bound.isSuccess()) {
      channel = bound.channel();
      if (failing) {
        LOG.atInfo().addKeyValue(LogKeys.PORT, wanted).log("Admin port is open now");
      }
    } else if (!failing) {
      failing = true;
      LOG.atWarn()
          .addKeyValue(LogKeys.PORT, wanted)
          .addKeyValue(LogKeys.REASON, String.valueOf(bound.cause()))
          .log("Admin port cannot be opened, trying again each second");
    }
  }

  /// The port; 0 while it is not open.
  public int port() {
    Channel open = channel;
    return open != null && open.localAddress() instanceof InetSocketAddress inet
        ? inet.getPort()
        : 0;
  }

  /// Closes the port for good; what was asked before is still answered.
  public synchronized void leave() {
    closed = true;
    Channel open = channel;
    channel = null;
    if (open != null) {
      open.close().awaitUninterruptibly();
    }
  }

  @Override
  public void close() {
    leave();
    pages.shutdownNow();
  }

  private Content answer(RequestHead head) {
    String path = head.path(256);
    String accept = head.field(ACCEPT);
    Request request = new Request(path, accept == null ? "" : accept);
    if (head.method().equals("POST")) {
      Page action = actions.get(path);
      return action == null ? Content.text(404, "") : action.make(request);
    }
    Page page = byPath.get(path);
    if (page == null) {
      return Content.text(404, "Pages: " + String.join(" ", new TreeSet<>(byPath.keySet())) + "\n");
    }
    return page.make(request);
  }

  /// Confined to the event loop of its channel.
  private final class Handler extends ChannelInboundHandlerAdapter {
    private final HeadScanner scanner = HeadScanner.ofRequests(HeadLimits.DEFAULT);
    private @Nullable ByteBuf in;
    private boolean answered;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf data = Buffers.join(in, (ByteBuf) message, ctx.alloc());
      in = data;
      if (answered) {
        return;
      }
      try {
        int length = scanner.scan(data);
        if (length < 0) {
          return;
        }
        byte[] bytes = new byte[length + 64];
        data.readBytes(bytes, 0, length);
        RequestHead head = new RequestHead(HeadLimits.DEFAULT);
        head.parse(bytes, length);
        check(head);
        answered = true;
        pages.execute(() -> send(ctx, page(head)));
      } catch (MalformedMessage e) {
        answered = true;
        send(ctx, Content.text(e.status(), e.reason() + "\n"));
      }
    }

    private void check(RequestHead head) {
      if (head.method().equals("POST")) {
        String known = token.get();
        String given = head.field(AUTHORIZATION);
        if (known.isEmpty()
            || given == null
            || !MessageDigest.isEqual(
                ("Bearer " + known).getBytes(StandardCharsets.UTF_8),
                given.getBytes(StandardCharsets.UTF_8))) {
          throw new MalformedMessage(401, "only with the load balancer's token");
        }
      } else if (!head.method().equals("GET")) {
        throw new MalformedMessage(405, "only GET, or POST with a token");
      }
    }

    private Content page(RequestHead head) {
      try {
        return answer(head);
      } catch (RuntimeException e) {
        return Content.text(500, e + "\n");
      }
    }

    private void send(ChannelHandlerContext ctx, Content content) {
      byte[] body = content.body();
      String head =
          "HTTP/1.1 "
              + content.status()
              + " Answer\r\nContent-Type: "
              + content.type()
              + "\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Length: "
              + body.length
              + "\r\n\r\n";
      var sent =
          ctx.writeAndFlush(Unpooled.wrappedBuffer(head.getBytes(StandardCharsets.US_ASCII), body));
      sent.addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      ByteBuf left = in;
      in = null;
      if (left != null) {
        left.release();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      Channels.close(ctx.channel());
    }
  }
}
