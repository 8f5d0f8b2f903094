package io.fleetserve.controller.store;

import io.fleetserve.controller.placement.Block;
import io.fleetserve.controller.placement.Blocks;
import java.util.List;
import org.jdbi.v3.core.Handle;
import tools.jackson.core.JacksonException;

/// Table `blocks`. Stateless.
final class BlockRows {
  private BlockRows() {}

  static Blocks all(Handle handle) {
    List<String> bodies =
        handle.createQuery("SELECT body FROM blocks ORDER BY number").mapTo(String.class).list();
    try {
      return new Blocks(
          bodies.stream().map(body -> Rows.JSON.readValue(body, Block.class)).toList());
    } catch (JacksonException ignoredUnreadable) {
      // Without them a provider is asked once more.
      return Blocks.NONE;
    }
  }

  static int replace(Handle handle, Blocks blocks) {
    handle.execute("DELETE FROM blocks");
    int number = 0;
    for (Block block : blocks.all()) {
      handle
          .createUpdate("INSERT INTO blocks (number, body) VALUES (:number, :body)")
          .bind("number", number++)
          .bind("body", Rows.JSON.writeValueAsString(block))
          .execute();
    }
    return number;
  }
}
