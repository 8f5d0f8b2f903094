package io.fleetserve.benchmarks.load.backend;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/// Serves small answers, event streams and large bodies on several free ports, one event loop for
/// all. Prints the ports on one line, ends when its standard input ends.
///
/// Arguments: how many ports (each looks like a replica), then the address to listen on; 127.0.0.1
/// without.
public final class BackendMain {
  private BackendMain() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    var loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try {
      BackendServer server = new BackendServer(loops.next());
      InetAddress host = InetAddress.getByName(args.length < 2 ? "127.0.0.1" : args[1]);
      List<String> ports = new ArrayList<>();
      for (int i = 0; i < Integer.parseInt(args[0]); i++) {
        ports.add(String.valueOf(server.open(host)));
      }
      System.out.println(String.join(" ", ports));
      while (System.in.read() >= 0) {
        // Whatever the parent writes only says that it is alive.
      }
    } finally {
      loops.shutdownGracefully().sync();
    }
  }
}
