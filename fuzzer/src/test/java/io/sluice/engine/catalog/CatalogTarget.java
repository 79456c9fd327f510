package io.sluice.engine.catalog;

import static io.sluice.fuzz.Target.require;

import io.sluice.fuzz.Disk;
import io.sluice.fuzz.Target;
import io.sluice.fuzz.Turns;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** The catalog's file: a byte whose bit 0 says that its checksums are put right, then the file. */
public final class CatalogTarget implements Target {
    private static final int REPAIR = 1;

    @Override
    public @Nullable Check take(byte[] input) {
        byte[] file = input.length == 0 ? input : Arrays.copyOfRange(input, 1, input.length);
        if (input.length > 0 && (input[0] & REPAIR) != 0) {
            repair(ByteBuffer.wrap(file));
        }
        Disk disk = new Disk(1);
        disk.put(FileMetadataStore.FILE, file);
        Turns turns = new Turns();
        try {
            Catalog catalog = Catalog.open(new FileMetadataStore(disk, turns), turns, turns);
            return () -> {
                Catalog again = Catalog.open(new FileMetadataStore(disk, turns), turns, turns);
                require(catalog.topics().equals(again.topics()), "the same topics again");
                require(catalog.groups().equals(again.groups()), "the same groups again");
            };
        } catch (IOException refused) {
            require(refused.getMessage() != null, "a refusal says why");
            return null;
        }
    }

    private static void repair(ByteBuffer file) {
        if (file.limit() < EntryFile.HEADER_SIZE_BYTES) {
            return;
        }
        file.putInt(12, checksum(file, 16, EntryFile.HEADER_SIZE_BYTES));
        int at = EntryFile.HEADER_SIZE_BYTES;
        while (at + EntryFile.ENTRY_HEADER_SIZE_BYTES <= file.limit()) {
            int size = file.getInt(at + 8);
            if (size < EntryFile.ENTRY_HEADER_SIZE_BYTES || size > file.limit() - at) {
                return;
            }
            file.putInt(at + 4, checksum(file, at + 8, at + size));
            at += size;
        }
    }

    private static int checksum(ByteBuffer bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().limit(to).position(from));
        return (int) crc.getValue();
    }

    /** A text's length is two bytes, and room for so much is made before it is read. */
    @Override
    public long allocatedBaseMax() {
        return 512 << 10;
    }

    @Override
    public List<byte[]> seeds() throws IOException {
        Disk disk = new Disk(1);
        Turns turns = new Turns();
        FileMetadataStore store = new FileMetadataStore(disk, turns);
        Catalog catalog = Catalog.open(store, turns, turns);
        byte[] empty = disk.content(FileMetadataStore.FILE);
        var _ = catalog.createTopic("first", TopicSettings.of(4));
        var _ = catalog.createGroup("group", GroupSettings.DEFAULT);
        turns.run();
        var _ = catalog.createTopic("second", TopicSettings.of(1));
        var _ = catalog.deleteTopic("first");
        turns.run();
        byte[] full = disk.content(FileMetadataStore.FILE);
        return List.of(after(0, empty), after(REPAIR, full), after(0, full));
    }

    private static byte[] after(int first, byte[] file) {
        byte[] seed = new byte[file.length + 1];
        seed[0] = (byte) first;
        System.arraycopy(file, 0, seed, 1, file.length);
        return seed;
    }
}
