package io.sluice.fuzz;

import io.sluice.engine.log.Footer;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;

/** A footer whose sections hold what somebody else wrote. */
public final class HostileFooter implements Footer {
    private final Map<Section, ByteBuffer> sections = new EnumMap<>(Section.class);

    /** Gives {@code section} these bytes. */
    public HostileFooter with(Section section, ByteBuffer bytes) {
        sections.put(section, bytes.slice().asReadOnlyBuffer());
        return this;
    }

    @Override
    public long sizeBytes(Section section) {
        ByteBuffer bytes = sections.get(section);
        return bytes == null ? 0 : bytes.capacity();
    }

    /** As {@link Footer#read} says: nobody may ask for what is not there. */
    @Override
    public ByteBuffer read(Section section, long offset, int sizeBytes) {
        if (offset < 0 || sizeBytes < 0 || offset + sizeBytes > sizeBytes(section)) {
            throw new IndexOutOfBoundsException(section + " " + offset + "+" + sizeBytes);
        }
        ByteBuffer bytes = sections.get(section);
        return bytes == null ? ByteBuffer.allocate(0) : bytes.slice((int) offset, sizeBytes);
    }
}
