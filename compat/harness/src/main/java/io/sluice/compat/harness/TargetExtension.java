package io.sluice.compat.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestWatcher;

/** Hands the shared server to tests; see {@link AgainstServer}. */
final class TargetExtension implements ParameterResolver, TestWatcher {

    private static final int LINES_SHOWN = 40;

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == Target.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        return Target.shared();
    }

    @Override
    public void testFailed(ExtensionContext test, @Nullable Throwable cause) {
        Path log = Target.shared().log();
        System.err.println("The end of " + log + " after " + test.getDisplayName() + ":");
        try {
            List<String> lines = Files.readAllLines(log);
            lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size())
                    .forEach(line -> System.err.println("  | " + line));
        } catch (IOException e) {
            System.err.println("  cannot be read: " + e);
        }
    }
}
