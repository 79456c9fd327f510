package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** Temporary directories below the module's {@code target}. */
final class InBuildDirectory implements TempDirFactory {
    @Override
    public Path createTempDirectory(
            AnnotatedElementContext element, ExtensionContext extensionContext) throws IOException {
        Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
        return Files.createTempDirectory(target, "test");
    }
}
