package io.sluice.engine.schedule;

import io.sluice.engine.log.Footer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A footer in memory, of which only the timers are kept. */
final class MemoryFooter implements Footer, Footer.Output {
    private final ByteArrayOutputStream timers = new ByteArrayOutputStream();
    private byte[] bytes = {};
    boolean failing;

    static MemoryFooter of(RunWriter writer) {
        MemoryFooter footer = new MemoryFooter();
        try {
            writer.writeTo(footer);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return footer;
    }

    long entries() {
        return timers.size() / RunFormat.ENTRY_SIZE_BYTES;
    }

    @Override
    public void section(Section section) {
        if (section != Section.TIMERS || timers.size() > 0) {
            throw new AssertionError(section);
        }
    }

    @Override
    public void write(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            timers.write(bytes.get());
        }
    }

    private byte[] bytes() {
        if (bytes.length != timers.size()) {
            bytes = timers.toByteArray();
        }
        return bytes;
    }

    @Override
    public long sizeBytes(Section section) {
        return timers.size();
    }

    @Override
    public ByteBuffer read(Section section, long offset, int sizeBytes) throws IOException {
        if (failing) {
            throw new IOException("told to fail");
        }
        return ByteBuffer.wrap(bytes(), (int) offset, sizeBytes).slice().asReadOnlyBuffer();
    }
}
