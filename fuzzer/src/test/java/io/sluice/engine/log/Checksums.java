package io.sluice.engine.log;

import io.sluice.fuzz.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Puts the checksums of a log's files right, so that damage gets past them. */
public final class Checksums {
    private static final int ALL_SIZES_AT = 48;

    private Checksums() {}

    /** Repairs every file of {@code disk}; {@code alignmentBytes} is that of the disk. */
    public static void repair(Disk disk, int alignmentBytes) throws IOException {
        int previous = 0;
        for (String name : disk.list()) {
            byte[] bytes = disk.content(name);
            if (name.endsWith(FileNames.FOOTER)) {
                repairFooter(ByteBuffer.wrap(bytes));
            } else if (name.endsWith(FileNames.SEGMENT)) {
                previous = repairSegment(ByteBuffer.wrap(bytes), alignmentBytes, previous);
            }
            disk.put(name, bytes);
        }
    }

    /** Batch after batch, each bound to the one before; returns the last one's checksum. */
    private static int repairSegment(ByteBuffer file, int alignmentBytes, int before) {
        int previous = before;
        int at = 0;
        while (at + BatchHeader.SIZE_BYTES <= file.limit()
                && file.getInt(at) == BatchHeader.MAGIC) {
            int length = file.getInt(at + 8);
            if (length < BatchHeader.SIZE_BYTES || length > file.limit() - at) {
                break;
            }
            file.putInt(at + 56, previous);
            previous = checksum(file, at + 8, at + length);
            file.putInt(at + 4, previous);
            at += Slabs.align(length, alignmentBytes);
        }
        return previous;
    }

    private static void repairFooter(ByteBuffer file) {
        if (file.limit() < FooterHeader.SIZE_BYTES) {
            return;
        }
        file.putInt(4, checksum(file, 8, FooterHeader.SIZE_BYTES));
        long stream = 0;
        for (int at = ALL_SIZES_AT; at < FooterHeader.SIZE_BYTES; at += Long.BYTES) {
            stream += Math.max(0, Math.min(file.limit(), file.getLong(at)));
        }
        int segment = file.getInt(12);
        int start = FooterHeader.SIZE_BYTES;
        for (int block = 0; stream > 0; block++) {
            int size = (int) Math.min(stream, FooterHeader.PAYLOAD_BYTES);
            if (start + size + Integer.BYTES > file.limit()) {
                return;
            }
            int checksum = FooterHeader.blockChecksum(segment, block, file.slice(start, size));
            file.putInt(start + size, checksum);
            start += FooterHeader.BLOCK_BYTES;
            stream -= size;
        }
    }

    private static int checksum(ByteBuffer bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().limit(to).position(from));
        return (int) crc.getValue();
    }
}
