package io.fleetserve.loadbalancer.admin;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.loadbalancer.http.HeadScanner;
import io.fleetserve.loadbalancer.http.MalformedMessage;
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
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers GET requests on the admin port, one per connection. Not counted as client connections,
/// so it answers when the data plane is full. Pages are made on a thread of their own, because they
/// ask the event loops.
public final class AdminServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

  private final ExecutorService pages =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("admin").factory());
  private final Map<String, Page> byPath;
  private final ServerBootstrap server;
  private final int wanted;
  private volatile @Nullable Channel channel;
  private boolean failing;
  private boolean closed;

  /// Makes the answer to a request.
  @FunctionalInterface
  public interface Page {
    Content make();
  }

  /// An answer.
  ///
  /// @param type media type
  public record Content(int status, String type, String text) {}

  /// Opens the port on loopback. If it cannot be opened, each [#open] tries again: nothing that is
  /// served depends on it.
  ///
  /// @param port 0: any free one
  public AdminServer(Transport transport, int port, Map<String, Page> byPath) {
    this.byPath = Map.copyOf(byPath);
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
    open();
  }

  /// Opens the port if it is not open. Waits for the kernel, so not to be called on an event loop.
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

  @Override
  public synchronized void close() {
    closed = true;
    Channel open = channel;
    if (open != null) {
      Channels.close(open);
    }
    pages.shutdownNow();
  }

  private Content answer(RequestHead head) {
    String path = head.path(256);
    Page page = byPath.get(path);
    if (page == null) {
      return new Content(404, "text/plain", "Pages: " + String.join(" ", byPath.keySet()) + "\n");
    }
    return page.make();
  }

  /// Confined to the event loop of its channel.
  private final class Handler extends ChannelInboundHandlerAdapter {
    private final HeadScanner scanner = HeadScanner.ofRequests();
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
        RequestHead head = new RequestHead();
        head.parse(bytes, length);
        if (!head.method().equals("GET")) {
          throw new MalformedMessage(405, "only GET");
        }
        answered = true;
        pages.execute(() -> send(ctx, page(head)));
      } catch (MalformedMessage e) {
        answered = true;
        send(ctx, new Content(e.status(), "text/plain", e.reason() + "\n"));
      }
    }

    private Content page(RequestHead head) {
      try {
        return answer(head);
      } catch (RuntimeException e) {
        return new Content(500, "text/plain", e + "\n");
      }
    }

    private void send(ChannelHandlerContext ctx, Content content) {
      byte[] body = content.text().getBytes(StandardCharsets.UTF_8);
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
