package io.sluice.engine.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A directory of a real file system. */
final class FileDirectoryTest {
    @TempDir private Path path;

    @Test
    void shouldSayWhoHoldsADirectoryThatIsInUse() throws IOException {
        try (FileDirectory held = FileDirectory.open(path, FileDirectory.Durability.AUTO)) {
            IOException e =
                    assertThrows(
                            IOException.class,
                            () -> FileDirectory.open(path, FileDirectory.Durability.AUTO));
            assertTrue(e.toString().contains("in use by this process"), e.toString());
            assertEquals(List.of(), held.list());
        }
        FileDirectory.open(path, FileDirectory.Durability.AUTO).close();
    }

    @Test
    void shouldSayWhichProcessHoldsADirectory() throws IOException, InterruptedException {
        Process holder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Holder.class.getName(),
                                path.toString())
                        .start();
        try {
            assertEquals('!', holder.getInputStream().read());
            IOException e =
                    assertThrows(
                            IOException.class,
                            () -> FileDirectory.open(path, FileDirectory.Durability.AUTO));
            assertTrue(e.toString().contains("in use by process " + holder.pid()), e.toString());
        } finally {
            holder.destroyForcibly().waitFor();
        }
        FileDirectory.open(path, FileDirectory.Durability.AUTO).close();
    }

    /** Another process that opens a directory, says so, and waits for the end of its input. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            try (FileDirectory held =
                    FileDirectory.open(Path.of(arguments[0]), FileDirectory.Durability.AUTO)) {
                System.out.print(held.list().isEmpty() ? '!' : '?');
                System.out.flush();
                while (System.in.read() >= 0) {
                    // Nothing is sent; the end of the input is the end of the test.
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepWhatWasWritten(FileDirectory.Durability durability) throws IOException {
        try (FileDirectory directory = FileDirectory.open(path, durability)) {
            int size = directory.alignmentBytes();
            ByteBuffer bytes =
                    ByteBuffer.allocateDirect(2 * size).alignedSlice(size).slice(0, size);
            bytes.putLong(0, 42);
            try (SegmentFile file = directory.open("a", SegmentFile.Directory.Mode.DURABLE)) {
                file.write(bytes, size);
                assertEquals(2L * size, file.sizeBytes());
            }
            directory.rename("a", "b");
            directory.sync();
            assertEquals(List.of("b"), directory.list());
            try (SegmentFile file = directory.open("b", SegmentFile.Directory.Mode.READ)) {
                ByteBuffer read = ByteBuffer.allocate(2 * size);
                assertEquals(size, file.read(read, size));
                assertEquals(42, read.getLong(0));
            }
            directory.delete("b");
            directory.delete("b");
            assertEquals(List.of(), directory.list());
        }
    }
}
