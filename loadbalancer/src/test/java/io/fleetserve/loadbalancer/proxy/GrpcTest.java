package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fleetserve.api.spec.ReplicaProtocol;
import io.fleetserve.api.wire.ReplicaEndpoint;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Calls of a real gRPC client to a real gRPC server through the load balancer.
final class GrpcTest {
  private static final MethodDescriptor<String, String> UNARY = method("Unary", MethodType.UNARY);
  private static final MethodDescriptor<String, String> STREAM =
      method("Stream", MethodType.SERVER_STREAMING);
  private static final MethodDescriptor<String, String> CHAT =
      method("Chat", MethodType.BIDI_STREAMING);
  private static final Metadata.Key<String> REASON =
      Metadata.Key.of("x-reason", Metadata.ASCII_STRING_MARSHALLER);

  private final Bed bed = new Bed(Bed.withHeadTime(Duration.ofSeconds(30)));
  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private final Server server;
  private final ManagedChannel channel;

  private static MethodDescriptor<String, String> method(String name, MethodType type) {
    Text text = new Text();
    return MethodDescriptor.newBuilder(text, text)
        .setType(type)
        .setFullMethodName("test.Echo/" + name)
        .build();
  }

  /// Messages as they are.
  private static final class Text implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  GrpcTest() throws IOException {
    server =
        NettyServerBuilder.forPort(0)
            .addService(
                ServerServiceDefinition.builder("test.Echo")
                    .addMethod(UNARY, ServerCalls.asyncUnaryCall(this::unary))
                    .addMethod(STREAM, ServerCalls.asyncServerStreamingCall(this::stream))
                    .addMethod(CHAT, ServerCalls.asyncBidiStreamingCall(this::chat))
                    .build())
            .build()
            .start();
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", bed.port)
            .overrideAuthority("svc")
            .usePlaintext()
            .build();
    bed.routeTo(
        List.of(
            new ReplicaEndpoint(
                1, 1, 1, "127.0.0.1", server.getPort(), null, false, ReplicaProtocol.H2C)));
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    bed.close();
    server.shutdownNow();
  }

  private void unary(String request, StreamObserver<String> out) {
    switch (request) {
      case "fail" -> {
        Metadata trailers = new Metadata();
        trailers.put(REASON, "because");
        out.onError(Status.FAILED_PRECONDITION.withDescription("not now").asException(trailers));
      }
      case "hang" -> {
        Context.current().addListener(context -> cancelled.countDown(), Runnable::run);
        arrived.countDown();
      }
      default -> {
        out.onNext("echo " + request);
        out.onCompleted();
      }
    }
  }

  private void stream(String request, StreamObserver<String> out) {
    for (int i = 0; i < Integer.parseInt(request); i++) {
      out.onNext("message " + i + " " + "x".repeat(1000));
    }
    out.onCompleted();
  }

  private StreamObserver<String> chat(StreamObserver<String> out) {
    return new StreamObserver<>() {
      @Override
      public void onNext(String value) {
        out.onNext("re: " + value);
      }

      @Override
      public void onError(Throwable t) {
        cancelled.countDown();
      }

      @Override
      public void onCompleted() {
        out.onNext("bye");
        out.onCompleted();
      }
    };
  }

  private String call(String request) {
    return ClientCalls.blockingUnaryCall(channel, UNARY, CallOptions.DEFAULT, request);
  }

  @Test
  void unaryCalls() {
    for (int i = 0; i < 20; i++) {
      assertThat(call("m" + i)).isEqualTo("echo m" + i);
    }
    assertThat(call("y".repeat(300_000))).hasSize(300_005);
  }

  @Test
  void statusAndTrailersOfAFailedCall() {
    StatusRuntimeException error =
        catchThrowableOfType(StatusRuntimeException.class, () -> call("fail"));

    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(error.getStatus().getDescription()).isEqualTo("not now");
    assertThat(Status.trailersFromThrowable(error))
        .satisfies(trailers -> assertThat(trailers.get(REASON)).isEqualTo("because"));
  }

  @Test
  void streamsOfTheServer() {
    List<String> all = new ArrayList<>();

    ClientCalls.blockingServerStreamingCall(channel, STREAM, CallOptions.DEFAULT, "2000")
        .forEachRemaining(all::add);

    assertThat(all).hasSize(2000);
    assertThat(all.getLast()).startsWith("message 1999 ");
  }

  @Test
  void streamsInBothDirections() throws InterruptedException {
    BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    CountDownLatch completed = new CountDownLatch(1);
    StreamObserver<String> requests =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(CHAT, CallOptions.DEFAULT),
            new StreamObserver<>() {
              @Override
              public void onNext(String value) {
                answers.add(value);
              }

              @Override
              public void onError(Throwable t) {
                answers.add(t.toString());
              }

              @Override
              public void onCompleted() {
                completed.countDown();
              }
            });

    for (int i = 0; i < 10; i++) {
      requests.onNext("hello " + i);
      assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo("re: hello " + i);
    }
    requests.onCompleted();

    assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo("bye");
    assertThat(completed.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aCallThatIsCancelledIsCancelledAtTheServer() throws InterruptedException {
    BlockingQueue<Status.Code> ends = new LinkedBlockingQueue<>();
    ClientCall<String, String> call = channel.newCall(UNARY, CallOptions.DEFAULT);
    ClientCalls.asyncUnaryCall(
        call,
        "hang",
        new StreamObserver<>() {
          @Override
          public void onNext(String value) {}

          @Override
          public void onError(Throwable t) {
            ends.add(Status.fromThrowable(t).getCode());
          }

          @Override
          public void onCompleted() {}
        });
    assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();

    call.cancel("enough", null);

    assertThat(ends.poll(10, TimeUnit.SECONDS)).isEqualTo(Status.Code.CANCELLED);
    assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
  }

  /// The gRPC specification's mapping of HTTP status codes: 503 is UNAVAILABLE.
  @Test
  void ourOwnRefusalsAreStatusCodesOfGrpc() {
    bed.rule(rule -> rule.hold(10_000, 0)).routeTo(List.of());

    StatusRuntimeException error =
        catchThrowableOfType(StatusRuntimeException.class, () -> call("x"));

    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(error.getStatus().getDescription()).startsWith("No replica is ready");
  }
}
