package io.sluice.fuzz;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that reads bytes which somebody else made. {@link #take} hands it hostile ones, catches
 * what it is documented to throw, and nothing else: whatever comes out of it is a finding.
 */
public interface Target {
    /** What must hold of a value that was read, looked at outside of the measurement. */
    interface Check {
        void run() throws Exception;
    }

    /**
     * Lets {@code input} be read. Measured: time and memory count.
     *
     * @return what must hold of the result; null if the input was refused as documented
     */
    @Nullable Check take(byte[] input) throws Exception;

    /** Inputs to begin with. */
    List<byte[]> seeds() throws Exception;

    /** Bytes that may be allocated for each byte of input. */
    default long allocatedPerByteMax() {
        return 64;
    }

    /** Bytes that may be allocated whatever the input. */
    default long allocatedBaseMax() {
        return 64 << 10;
    }

    /** Fails unless {@code holds}. */
    static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
