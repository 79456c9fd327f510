package io.sluice.engine.log;

/** {@link LocalLog} over files in memory. */
final class LocalLogInMemoryTest extends LogContractTest {
    private final MemoryDirectory directory = new MemoryDirectory(512);

    @Override
    protected Log openLog() {
        return new LocalLog(
                directory,
                new LocalLogConfig(7, 64 << 10, 8 << 10, 32 << 10, 0),
                time,
                time.executor(),
                time.executor(),
                time.executor());
    }
}
