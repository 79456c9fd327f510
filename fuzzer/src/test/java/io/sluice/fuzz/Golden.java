package io.sluice.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Frames that official clients and a real broker have exchanged, as seeds. */
public final class Golden {
    private static final List<String> FILES =
            List.of(
                    "client-4.9.8-json.frames",
                    "client-5.5.0-json.frames",
                    "client-4.9.8-binary.frames",
                    "client-5.5.0-binary.frames",
                    "client-4.9.8-send-v1.frames",
                    "client-5.5.0-send-v1.frames");
    private static final int PREFIX_BYTES = 8;

    private Golden() {}

    /** Whole frames. */
    public static List<byte[]> frames() {
        List<byte[]> frames = new ArrayList<>();
        for (String file : FILES) {
            try (InputStream in = Golden.class.getResourceAsStream("/golden/" + file)) {
                if (in == null) {
                    throw new AssertionError("no golden file " + file);
                }
                new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                        .lines()
                        .map(line -> HexFormat.of().parseHex(line.split(" ", -1)[2]))
                        .forEach(frames::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return frames;
    }

    /** The header of a frame, after a byte that says how it is written. */
    public static byte[] header(byte[] frame) {
        byte[] header = Arrays.copyOfRange(frame, PREFIX_BYTES - 1, bodyAt(frame));
        header[0] = frame[PREFIX_BYTES / 2];
        return header;
    }

    /** The body of a frame. */
    public static byte[] body(byte[] frame) {
        return Arrays.copyOfRange(frame, bodyAt(frame), frame.length);
    }

    private static int bodyAt(byte[] frame) {
        return PREFIX_BYTES + (ByteBuffer.wrap(frame).getInt(Integer.BYTES) & 0xFFFFFF);
    }
}
