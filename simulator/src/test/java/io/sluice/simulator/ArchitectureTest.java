package io.sluice.simulator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keeps the packages of the simulator pointing one way, and histories free of real time. */
final class ArchitectureTest {
    /** Lowest first: a package sees those before it. */
    private static final List<String> PACKAGES =
            List.of("world", "plan", "model", "run", "shrink", "cli");

    private static final JavaClasses SIMULATOR =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("io.sluice.simulator");

    @Test
    void shouldLetPackagesSeeOnlyLowerOnes() {
        var layers = layeredArchitecture().consideringOnlyDependenciesInLayers();
        for (String name : PACKAGES) {
            layers = layers.layer(name).definedBy("io.sluice.simulator." + name);
        }
        for (int i = 0; i < PACKAGES.size(); i++) {
            String[] higher = PACKAGES.subList(i + 1, PACKAGES.size()).toArray(new String[0]);
            layers =
                    higher.length == 0
                            ? layers.whereLayer(PACKAGES.get(i)).mayNotBeAccessedByAnyLayer()
                            : layers.whereLayer(PACKAGES.get(i)).mayOnlyBeAccessedByLayers(higher);
        }
        layers.check(SIMULATOR);
    }

    @Test
    void shouldTakeTimeThreadsAndChanceFromTheWorld() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.sluice.simulator.shrink", "io.sluice.simulator.cli")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethod(System.class, "identityHashCode", Object.class)
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.Thread")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Random")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.concurrent.Executors")
                .because("the same seed must give the same history: use World, Threads, Dice")
                .check(SIMULATOR);
    }
}
