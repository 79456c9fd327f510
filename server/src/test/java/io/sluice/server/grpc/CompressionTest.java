package io.sluice.server.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;

class CompressionTest {
    private static final byte[] PLAIN = "a body ".repeat(1000).getBytes(StandardCharsets.UTF_8);

    private static ByteString zlib(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream zip = new DeflaterOutputStream(out)) {
            zip.write(plain);
        }
        return ByteString.copyFrom(out.toByteArray());
    }

    private static ByteString gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream zip = new GZIPOutputStream(out)) {
            zip.write(plain);
        }
        return ByteString.copyFrom(out.toByteArray());
    }

    @Test
    void shouldPutZlibIntoGzip() throws IOException {
        for (byte[] plain : List.of(PLAIN, new byte[0], new byte[] {1})) {
            byte[] out = new Compression().toGzip(zlib(plain)).toByteArray();
            assertArrayEquals(
                    plain, new GZIPInputStream(new ByteArrayInputStream(out)).readAllBytes());
        }
    }

    @Test
    void shouldPutGzipIntoZlib() throws IOException {
        for (byte[] plain : List.of(PLAIN, new byte[0], new byte[] {1})) {
            byte[] out = new Compression().toZlib(gzip(plain)).toByteArray();
            assertArrayEquals(
                    plain, new InflaterInputStream(new ByteArrayInputStream(out)).readAllBytes());
        }
    }

    @Test
    void shouldLeaveWhatIsSomethingElse() throws IOException {
        ByteString zlib = zlib(PLAIN);
        for (ByteString other :
                List.of(
                        ByteString.EMPTY,
                        ByteString.copyFromUtf8("x"),
                        ByteString.copyFrom(new byte[] {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD}),
                        zlib.substring(0, zlib.size() / 2),
                        zlib.substring(0, 2).concat(ByteString.copyFromUtf8("damaged")))) {
            assertSame(other, new Compression().toGzip(other));
            assertSame(other, new Compression().toZlib(other));
        }
    }

    @Test
    void shouldLookAtABoundedNumberOfBytes() throws IOException {
        ByteString large = zlib(new byte[3 << 20]);
        Compression compression = new Compression();
        assertEquals(GZIPInputStream.GZIP_MAGIC & 0xFF, compression.toGzip(large).byteAt(0));
        assertEquals(GZIPInputStream.GZIP_MAGIC & 0xFF, compression.toGzip(large).byteAt(0));
        assertSame(large, compression.toGzip(large));
    }
}
