package io.sluice.faults.disk;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that takes room on a disk away and gives it back. */
final class Ballast {
    private static final int CHUNK_BYTES = 1 << 20;
    private static final int BLOCK_BYTES = 4096;

    private final Path file;

    Ballast(Path file) {
        this.file = file;
    }

    /** Grows or shrinks until {@code freeBytes} are free on its disk. */
    void leave(long freeBytes) throws IOException {
        FileStore store = Files.getFileStore(file.toAbsolutePath().getParent());
        try (RandomAccessFile ballast = new RandomAccessFile(file.toFile(), "rw")) {
            long more = store.getUsableSpace() - freeBytes;
            long size = Math.max(0, ballast.length() + more);
            if (size < ballast.length()) {
                ballast.setLength(size);
            } else {
                var _ = Tool.run("fallocate", "-l", Long.toString(size), file.toString());
            }
        }
    }

    /** Takes the room up to the last block. */
    void takeAll() throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND)) {
            write(channel, CHUNK_BYTES);
            write(channel, BLOCK_BYTES);
            channel.force(true);
        }
    }

    private static void write(FileChannel channel, int chunkBytes) {
        try {
            while (true) {
                ByteBuffer zeroes = ByteBuffer.allocate(chunkBytes);
                while (zeroes.hasRemaining()) {
                    var _ = channel.write(zeroes);
                }
            }
        } catch (IOException e) {
            return; // There is no room for another chunk, which is what was wanted.
        }
    }

    /** Gives all of it back. */
    void drop() throws IOException {
        Files.deleteIfExists(file);
    }
}
