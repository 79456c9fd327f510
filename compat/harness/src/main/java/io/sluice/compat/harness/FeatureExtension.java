package io.sluice.compat.harness;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.TestWatcher;
import org.junit.platform.commons.support.AnnotationSupport;

/** Notes how the tests of each {@link Feature} ended. */
final class FeatureExtension implements TestWatcher {
    private static final Namespace NAMESPACE = Namespace.create(FeatureExtension.class);

    @Override
    public void testSuccessful(ExtensionContext test) {
        note(test, Verdict.PASSED);
    }

    @Override
    public void testFailed(ExtensionContext test, @Nullable Throwable cause) {
        note(test, Verdict.FAILED);
    }

    @Override
    public void testAborted(ExtensionContext test, @Nullable Throwable cause) {
        note(test, Verdict.SKIPPED);
    }

    @Override
    public void testDisabled(ExtensionContext test, Optional<String> reason) {
        note(test, Verdict.SKIPPED);
    }

    private static void note(ExtensionContext test, Verdict verdict) {
        Feature feature =
                AnnotationSupport.findAnnotation(test.getElement(), Feature.class)
                        .or(() -> ofClass(test))
                        .orElseThrow();
        // Its store is closed when all tests of this JVM are over.
        test.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(Verdicts.class, key -> new Verdicts(), Verdicts.class)
                .note(feature.value(), verdict);
    }

    private static Optional<Feature> ofClass(ExtensionContext test) {
        return AnnotationSupport.findAnnotation(test.getRequiredTestClass(), Feature.class);
    }
}
