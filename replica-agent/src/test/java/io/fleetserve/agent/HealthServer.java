package io.fleetserve.agent;

import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A server that speaks gRPC and nothing else, on `PORT`. Asked for its health it says what stands
/// in the file `status`, a number, and SERVING without it; for services other than `known` it fails
/// with NOT_FOUND. With files `CERT` and `KEY` it speaks TLS.
final class HealthServer {
  private HealthServer() {}

  /// The command that starts it.
  static String command() {
    return "exec %s -XX:TieredStopAtLevel=1 -XX:+UseSerialGC --sun-misc-unsafe-memory-access=allow"
            .formatted(ProcessHandle.current().info().command().orElse("java"))
        + " -cp '%s' %s"
            .formatted(System.getProperty("java.class.path"), HealthServer.class.getName());
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    MethodDescriptor<byte[], byte[]> check =
        MethodDescriptor.newBuilder(new Octets(), new Octets())
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("grpc.health.v1.Health/Check")
            .build();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
            new InetSocketAddress(
                InetAddress.getLoopbackAddress(), Integer.parseInt(System.getenv("PORT"))));
    String certificate = System.getenv("CERT");
    String key = System.getenv("KEY");
    if (certificate != null && key != null) {
      builder.useTransportSecurity(new File(certificate), new File(key));
    }
    Server server =
        builder
            .addService(
                ServerServiceDefinition.builder("grpc.health.v1.Health")
                    .addMethod(check, ServerCalls.asyncUnaryCall(HealthServer::check))
                    .build())
            .build()
            .start();
    server.awaitTermination();
  }

  private static void check(byte[] request, StreamObserver<byte[]> answer) {
    String service =
        request.length == 0
            ? ""
            : new String(request, 2, request.length - 2, StandardCharsets.UTF_8);
    if (!service.isEmpty() && !service.equals("known")) {
      answer.onError(Status.NOT_FOUND.withDescription("no such service: ü").asException());
      return;
    }
    answer.onNext(new byte[] {8, status()});
    answer.onCompleted();
  }

  private static byte status() {
    File file = new File("status");
    try {
      return file.exists() ? Byte.parseByte(Files.readString(Path.of("status")).strip()) : 1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Messages as they are.
  private static final class Octets implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
