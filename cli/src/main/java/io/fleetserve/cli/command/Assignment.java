package io.fleetserve.cli.command;

import io.fleetserve.cli.client.CommandFailure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `NAME=VALUE` arguments. `NAME` alone takes the value of the caller's environment.
final class Assignment {
  private Assignment() {}

  static boolean isName(String text) {
    return text.matches("[A-Za-z_][A-Za-z0-9_]*");
  }

  /// The values by name.
  ///
  /// @param option for messages, for example `--env`; they never hold a value
  static Map<String, String> read(
      String option, List<String> arguments, Map<String, String> environment) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument : argument.substring(0, equals);
      if (!isName(name)) {
        throw CommandFailure.wrong(
            List.of(
                option
                    + ": expected NAME=VALUE with a name of letters, digits and _, not starting"
                    + " with a digit"));
      }
      String value = equals < 0 ? environment.get(name) : argument.substring(equals + 1);
      if (value == null) {
        throw CommandFailure.wrong(
            List.of(
                "%s %s: no value given, and none in the environment (expected: %s %s=VALUE)"
                    .formatted(option, name, option, name)));
      }
      values.put(name, value);
    }
    return values;
  }
}
