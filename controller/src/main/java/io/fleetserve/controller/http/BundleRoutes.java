package io.fleetserve.controller.http;

import io.fleetserve.api.wire.AgentBundleView;
import io.fleetserve.controller.http.Route.Access;
import io.fleetserve.controller.problem.Problems;
import io.fleetserve.controller.run.Controller;
import io.fleetserve.provider.AgentBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// The agent for machines without Java, for those that fetch it themselves.
final class BundleRoutes {
  private final Controller controller;

  BundleRoutes(Controller controller) {
    this.controller = controller;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/agent/bundles", Access.FETCH, this::list),
        new Route("GET", "/agent/bundles/{architecture}", Access.FETCH, this::fetch));
  }

  private void list(Exchange exchange) throws IOException {
    List<AgentBundleView> all = new ArrayList<>();
    for (AgentBundle bundle : controller.bundles()) {
      all.add(
          new AgentBundleView(bundle.architecture(), bundle.sha256(), Files.size(bundle.file())));
    }
    exchange.json(200, all);
  }

  private void fetch(Exchange exchange) throws IOException {
    String wanted = exchange.path("architecture");
    AgentBundle bundle =
        controller.bundles().stream()
            .filter(each -> each.architecture().equals(wanted))
            .findFirst()
            .orElseThrow(() ->
                Problems.noSuchBundle(
                    wanted, controller.bundles().stream().map(AgentBundle::architecture).toList()));
    exchange.file(bundle.file(), "application/gzip", HexFormat.of().parseHex(bundle.sha256()));
  }
}
