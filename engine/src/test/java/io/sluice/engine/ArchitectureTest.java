package io.sluice.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keeps the packages of the engine pointing one way, and the engine deterministic. */
final class ArchitectureTest {
    /** Lowest first: a package sees those before it. */
    private static final List<String> PACKAGES =
            List.of(
                    "time",
                    "message",
                    "filter",
                    "log",
                    "catalog",
                    "queue",
                    "group",
                    "schedule",
                    "shard",
                    "broker");

    private static final JavaClasses ENGINE =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("io.sluice.engine");

    @Test
    void shouldLetPackagesSeeOnlyLowerOnes() {
        var layers = layeredArchitecture().consideringOnlyDependenciesInLayers();
        for (String name : PACKAGES) {
            layers = layers.layer(name).definedBy("io.sluice.engine." + name);
        }
        for (int i = 0; i < PACKAGES.size(); i++) {
            String[] higher = PACKAGES.subList(i + 1, PACKAGES.size()).toArray(new String[0]);
            layers =
                    higher.length == 0
                            ? layers.whereLayer(PACKAGES.get(i)).mayNotBeAccessedByAnyLayer()
                            : layers.whereLayer(PACKAGES.get(i)).mayOnlyBeAccessedByLayers(higher);
        }
        layers.check(ENGINE);
    }

    @Test
    void shouldSeeNothingButTheJdkAndTheLogFacade() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.sluice.engine..",
                        "java..",
                        "com.sun.nio.file",
                        "org.slf4j",
                        "org.jspecify.annotations")
                .because("a simulator runs the engine alone")
                .check(ENGINE);
    }

    @Test
    void shouldTakeTimeThreadsAndChanceFromOutside() {
        noClasses()
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.concurrent.Executors")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.UUID")
                .because("the same seed must give the same history: use Clock, Executor, Random")
                .check(ENGINE);
    }

    @Test
    void shouldTouchFilesOnlyInTheLogPackage() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.sluice.engine.log")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.nio.file..", "java.nio.channels..")
                .because("a log may lie on other machines: use Log or SegmentFile")
                .check(ENGINE);
    }
}
