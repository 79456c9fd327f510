package io.sluice.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Keeps the packages of the server pointing one way. */
final class ArchitectureTest {
    private static final JavaClasses SERVER =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("io.sluice.server");

    @Test
    void shouldLetPackagesSeeOnlyLowerOnes() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("config")
                .definedBy("io.sluice.server.config")
                .layer("run")
                .definedBy("io.sluice.server.run")
                .layer("meter")
                .definedBy("io.sluice.server.meter")
                .layer("dispatch")
                .definedBy("io.sluice.server.dispatch")
                .layer("remoting")
                .definedBy("io.sluice.server.remoting")
                .layer("grpc")
                .definedBy("io.sluice.server.grpc")
                .layer("cli")
                .definedBy("io.sluice.server.cli")
                .layer("root")
                .definedBy("io.sluice.server")
                .whereLayer("config")
                .mayOnlyBeAccessedByLayers("dispatch", "cli", "root")
                .whereLayer("run")
                .mayOnlyBeAccessedByLayers("root")
                .whereLayer("meter")
                .mayOnlyBeAccessedByLayers("dispatch", "grpc", "root")
                .whereLayer("dispatch")
                .mayOnlyBeAccessedByLayers("remoting", "grpc", "root")
                .whereLayer("remoting")
                .mayOnlyBeAccessedByLayers("root")
                .whereLayer("grpc")
                .mayOnlyBeAccessedByLayers("root")
                .whereLayer("cli")
                .mayOnlyBeAccessedByLayers("root")
                .whereLayer("root")
                .mayNotBeAccessedByAnyLayer()
                .check(SERVER);
    }

    @Test
    void shouldTalkFromTheCommandLineOverTheWireOnly() {
        noClasses()
                .that()
                .resideInAPackage("io.sluice.server.cli")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.sluice.engine.broker", "io.sluice.engine.shard")
                .because("a command talks to a running server, whichever it is")
                .check(SERVER);
    }

    @Test
    void shouldKeepTheNetworkOutOfHandlers() {
        noClasses()
                .that()
                .resideInAPackage("io.sluice.server.dispatch")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty.channel..")
                .because("a handler serves every protocol: it sees requests and peers")
                .check(SERVER);
    }
}
