package io.sluice.faults.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/**
 * The ioctl by which ext4 stops at once, as if the machine had lost power: {@code
 * EXT4_IOC_SHUTDOWN}, called through the C library. From then on every call to that file system
 * fails with EIO, and what it had not written to its device never gets there.
 */
@SuppressWarnings("restricted") // there is no other way to a system call
enum Shutdown {
    /** Freezes the file system first: all that was written is kept, so this is an orderly stop. */
    ALL_FLUSHED(0),
    /** Metadata in the journal is brought to the device, data of files is not. */
    LOG_FLUSHED(1),
    /** Nothing more reaches the device. */
    NOTHING_FLUSHED(2);

    /** {@code _IOR('X', 125, __u32)}. */
    private static final long EXT4_IOC_SHUTDOWN = 0x8004587dL;

    private static final int O_RDONLY = 0;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle OPEN =
            call("open", 2, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    private static final MethodHandle IOCTL =
            call(
                    "ioctl",
                    2,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS);
    private static final MethodHandle CLOSE =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("close"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private final int flag;

    Shutdown(int flag) {
        this.flag = flag;
    }

    /** Mostly the worst one. {@code dice} is from 0 to 9. */
    static Shutdown of(int dice) {
        return switch (dice) {
            case 0 -> ALL_FLUSHED;
            case 1 -> LOG_FLUSHED;
            default -> NOTHING_FLUSHED;
        };
    }

    /**
     * Does it to the file system mounted at {@code mountPoint}.
     *
     * @throws IOException if the kernel refuses; the message has its error number
     */
    void of(Path mountPoint) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment path = arena.allocateFrom(mountPoint.toString());
            int file = (int) OPEN.invokeExact(state, path, O_RDONLY);
            check("open", file, state);
            try {
                MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_INT, flag);
                int result = (int) IOCTL.invokeExact(state, file, EXT4_IOC_SHUTDOWN, value);
                check("EXT4_IOC_SHUTDOWN", result, state);
            } finally {
                int _ = (int) CLOSE.invokeExact(file);
            }
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException("calling the C library failed", e);
        }
    }

    private static void check(String what, int result, MemorySegment state) throws IOException {
        if (result < 0) {
            throw new IOException(what + " failed with errno " + (int) ERRNO.get(state, 0L));
        }
    }

    private static MethodHandle call(
            String name, int firstVariadic, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.firstVariadicArg(firstVariadic),
                Linker.Option.captureCallState("errno"));
    }
}
