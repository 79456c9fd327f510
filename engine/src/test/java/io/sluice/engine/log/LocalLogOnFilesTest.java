package io.sluice.engine.log;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** {@link LocalLog} over a real file system, with O_DIRECT where that can do it. */
final class LocalLogOnFilesTest extends LogContractTest {
    @TempDir private static Path parent;
    private static int number;

    private @Nullable FileDirectory directory;

    @Override
    protected Log openLog() throws IOException {
        if (directory == null) {
            directory =
                    FileDirectory.open(
                            parent.resolve("log" + number++), FileDirectory.Durability.AUTO);
        }
        return new LocalLog(
                directory,
                new LocalLogConfig(7, 64 << 10, 8 << 10, 32 << 10, 0),
                time,
                time.executor(),
                time.executor(),
                time.executor());
    }

    @AfterEach
    void release() throws IOException {
        requireNonNull(directory).close();
    }
}
