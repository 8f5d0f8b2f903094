package io.fleetserve.dist;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who may depend on what, over all programs of the distribution, and the rules of style that a
/// compiler does not know.
final class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.fleetserve");

  private static final String[] DECISIONS = {
    "io.fleetserve.controller.model..",
    "io.fleetserve.controller.replica..",
    "io.fleetserve.controller.reconcile..",
    "io.fleetserve.controller.autoscale..",
    "io.fleetserve.controller.rollout..",
    "io.fleetserve.controller.placement..",
    "io.fleetserve.controller.decision..",
    "io.fleetserve.controller.load..",
    "io.fleetserve.controller.spot.."
  };

  @ParameterizedTest
  @CsvSource({
    "cli, controller, loadbalancer, agent, provider",
    "controller, cli, loadbalancer, agent, provider.local",
    "controller, cli, loadbalancer, agent, provider.ssh",
    "provider.ssh, cli, controller, agent, provider.local",
    "controller, cli, loadbalancer, provider.docker, provider.slurm",
    "provider.docker, provider.slurm, controller, agent, provider.local",
    "provider.slurm, provider.docker, controller, agent, provider.local",
    "loadbalancer, cli, controller, agent, provider",
    "agent, cli, controller, loadbalancer, provider",
    "provider, cli, controller, loadbalancer, testing",
    "api, cli, controller, loadbalancer, provider",
  })
  void programsMeetOnlyOnTheWire(String from, String a, String b, String c, String d) {
    check(
        noClasses()
            .that()
            .resideInAPackage(ours(from))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ours(a), ours(b), ours(c), ours(d)));
  }

  private static String ours(String name) {
    return "io.fleetserve." + name + "..";
  }

  @Test
  void controllerKnowsNoNetty() {
    check(noDependency("controller", "io.netty.."));
  }

  @Test
  void loadBalancerKnowsNoSqlAndNoHelidon() {
    check(noDependency("loadbalancer", "java.sql..", "org.jdbi..", "io.helidon.."));
  }

  @Test
  void agentAndCommandLineStaySmall() {
    check(noDependency("agent", "io.helidon..", "java.sql..", "org.jdbi..", "info.picocli.."));
    check(noDependency("cli", "io.helidon..", "java.sql..", "org.jdbi..", "io.netty.."));
  }

  private static ArchRule noDependency(String from, String... packages) {
    return noClasses()
        .that()
        .resideInAPackage(ours(from))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages);
  }

  @Test
  void onlyMainClassesReadTheEnvironmentAndEndTheProcess() {
    check(
        noClasses()
            .that()
            .haveNameNotMatching(".*Main(\\$.*)?")
            .and()
            .resideOutsideOfPackage(ours("dist"))
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class)
            .orShould()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class));
  }

  @Test
  void namesSayWhatAThingIs() {
    check(
        classes()
            .should()
            .haveNameNotMatching(".*\\.(\\w*(Manager|Helper|Utils?|Common|Impl)|Base[A-Z]\\w*)"));
  }

  @Test
  void packagesHaveNoCycles() {
    check(slices().matching("io.fleetserve.(**)").should().beFreeOfCycles());
  }

  @Test
  void decisionsArePure() {
    check(
        noClasses()
            .that(resideInAnyPackage(DECISIONS))
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class)
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "java.net..",
                "java.nio.file..",
                "java.sql..",
                ours("controller.store"),
                ours("controller.http"),
                ours("controller.run"),
                ours("controller.stream")));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(CLASSES);
  }
}
