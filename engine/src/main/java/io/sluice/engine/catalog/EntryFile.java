package io.sluice.engine.catalog;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a {@link FileMetadataStore}'s file: a header, then entries, oldest first; of several
 * entries of a key the last one counts. Big-endian.
 *
 * <pre>
 *   header                                entry
 *    0  8  magic "SLUICEMD"                0  4  magic
 *    8  4  format, 1                       4  4  crc32c of bytes 8 to the end of the entry
 *   12  4  crc32c of bytes 16 to 32        8  4  size of the whole entry in bytes
 *   16  8  durable size of the file       12  2  size of the key in bytes
 *   24  8  last version given             14  1  kind: 1 put, 2 remove, 3 mark
 *                                         15  1  0
 *                                         16  8  version
 *                                         24  8  durable-up-to
 *                                         32     key in UTF-8, value
 * </pre>
 *
 * <p>Everything below the header's durable size was on stable storage when the file got its name;
 * everything below an entry's durable-up-to when the entry was written. So a bad entry below any of
 * these was durable once and is corruption; a bad entry above all of them is a torn tail that
 * nobody was told of. Example: two groups were written, [A B] and [C D], and B no longer matches
 * its checksum. C says durable-up-to = end of B: B had been acknowledged. Were C and D not there,
 * nothing could tell a torn B from a damaged one, and B is cut. So marks, which change nothing,
 * follow a group within a second: damage goes unseen in what was written in the last second alone.
 */
final class EntryFile {
    static final int HEADER_SIZE_BYTES = 32;
    static final int ENTRY_HEADER_SIZE_BYTES = 32;
    static final byte PUT = 1;
    static final byte REMOVE = 2;
    static final byte MARK = 3;

    private static final long MAGIC = 0x534C554943454D44L;
    private static final int FORMAT = 1;
    private static final int ENTRY_MAGIC = 0x454E5452;
    private static final int ENTRY_SIZE_BYTES_MAX =
            ENTRY_HEADER_SIZE_BYTES
                    + MetadataStore.KEY_SIZE_BYTES_MAX
                    + MetadataStore.VALUE_SIZE_BYTES_MAX;

    private EntryFile() {}

    /** The header's fields. */
    record Header(long durableSizeBytes, long lastVersion) {}

    /** One change, or a mark; {@code value} is empty for a removal, zeroes in a mark. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Entry(
            byte kind, String key, byte[] value, long version, long durableUpTo, int sizeBytes) {}

    static int entrySizeBytes(int keySizeBytes, int valueSizeBytes) {
        return ENTRY_HEADER_SIZE_BYTES + keySizeBytes + valueSizeBytes;
    }

    static void writeHeader(ByteBuffer to, Header header) {
        int start = to.position();
        to.putLong(MAGIC).putInt(FORMAT).putInt(0);
        to.putLong(header.durableSizeBytes()).putLong(header.lastVersion());
        to.putInt(start + 12, checksum(to, start + 16, start + HEADER_SIZE_BYTES));
    }

    /** The header; null if it is not one. */
    static @Nullable Header readHeader(ByteBuffer from) {
        boolean valid =
                from.limit() >= HEADER_SIZE_BYTES
                        && from.getLong(0) == MAGIC
                        && from.getInt(8) == FORMAT
                        && from.getInt(12) == checksum(from, 16, HEADER_SIZE_BYTES);
        return valid ? new Header(from.getLong(16), from.getLong(24)) : null;
    }

    static void writeEntry(
            ByteBuffer to, byte kind, byte[] key, byte[] value, long version, long durableUpTo) {
        int start = to.position();
        to.putInt(ENTRY_MAGIC).putInt(0);
        to.putInt(entrySizeBytes(key.length, value.length));
        to.putShort((short) key.length).put(kind).put((byte) 0);
        to.putLong(version).putLong(durableUpTo);
        to.put(key).put(value);
        to.putInt(start + 4, checksum(to, start + 8, to.position()));
    }

    /** The entry that begins at {@code at}; null if none does. */
    static @Nullable Entry readEntry(ByteBuffer from, int at) {
        if (from.limit() - at < ENTRY_HEADER_SIZE_BYTES || from.getInt(at) != ENTRY_MAGIC) {
            return null;
        }
        int sizeBytes = from.getInt(at + 8);
        int keySizeBytes = from.getShort(at + 12);
        boolean plausible =
                keySizeBytes > 0
                        && sizeBytes >= ENTRY_HEADER_SIZE_BYTES + keySizeBytes
                        && sizeBytes <= Math.min(ENTRY_SIZE_BYTES_MAX, from.limit() - at);
        if (!plausible || from.getInt(at + 4) != checksum(from, at + 8, at + sizeBytes)) {
            return null;
        }
        byte[] key = new byte[keySizeBytes];
        from.get(at + ENTRY_HEADER_SIZE_BYTES, key);
        byte[] value = new byte[sizeBytes - ENTRY_HEADER_SIZE_BYTES - keySizeBytes];
        from.get(at + ENTRY_HEADER_SIZE_BYTES + keySizeBytes, value);
        return new Entry(
                from.get(at + 14),
                new String(key, StandardCharsets.UTF_8),
                value,
                from.getLong(at + 16),
                from.getLong(at + 24),
                sizeBytes);
    }

    /** Up to where entries at or after {@code from} say the file was durable; 0 if none does. */
    static long durableUpToAfter(ByteBuffer bytes, int from) {
        long durableUpTo = 0;
        for (int at = from; at <= bytes.limit() - ENTRY_HEADER_SIZE_BYTES; at++) {
            Entry entry = readEntry(bytes, at);
            if (entry != null) {
                durableUpTo = Math.max(durableUpTo, entry.durableUpTo());
            }
        }
        return durableUpTo;
    }

    private static int checksum(ByteBuffer bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().limit(to).position(from));
        return (int) crc.getValue();
    }
}
