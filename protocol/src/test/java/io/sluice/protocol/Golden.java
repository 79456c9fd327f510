package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Frames that official clients and a real broker have exchanged; see golden/README.md. */
final class Golden {
    static final List<String> JSON =
            List.of("client-4.9.8-json.frames", "client-5.5.0-json.frames");
    static final List<String> BINARY =
            List.of("client-4.9.8-binary.frames", "client-5.5.0-binary.frames");
    static final List<String> SEND_V1 =
            List.of("client-4.9.8-send-v1.frames", "client-5.5.0-send-v1.frames");

    private Golden() {}

    /** One frame as it was on the wire. */
    record Captured(ByteBuf bytes, Header header) {
        static Captured of(String hex) {
            ByteBuf bytes = Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));
            return new Captured(bytes, Header.decode(bytes, 0));
        }

        String body() {
            return bytes.toString(
                    header.bodyIndex(), header.bodySizeBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A request and, unless it was one-way, its answer. */
    record Exchange(Captured request, @Nullable Captured answer) {
        Captured answered() {
            return Objects.requireNonNull(answer);
        }
    }

    static List<String> files() {
        List<String> files = new ArrayList<>(JSON);
        files.addAll(BINARY);
        files.addAll(SEND_V1);
        return files;
    }

    static List<Exchange> exchanges(String file) {
        List<Exchange> exchanges = new ArrayList<>();
        Captured request = null;
        for (String line : lines(file)) {
            String[] parts = line.split(" ");
            Captured frame = Captured.of(parts[2]);
            if (parts[0].endsWith("-oneway")) {
                exchanges.add(new Exchange(frame, null));
            } else if (request == null) {
                request = frame;
            } else {
                exchanges.add(new Exchange(request, frame));
                request = null;
            }
        }
        return exchanges;
    }

    /** The exchanges of one request code. */
    static List<Exchange> exchanges(String file, int code) {
        return exchanges(file).stream().filter(e -> e.request().header().code() == code).toList();
    }

    /** The first exchange of one request code that ended like this. */
    static Exchange exchange(String file, int code, int responseCode) {
        return exchanges(file, code).stream()
                .filter(e -> e.answer() != null && e.answer().header().code() == responseCode)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + code + " in " + file));
    }

    private static List<String> lines(String file) {
        try (InputStream in = Golden.class.getResourceAsStream("/golden/" + file);
                BufferedReader reader =
                        new BufferedReader(
                                new InputStreamReader(
                                        Objects.requireNonNull(in, file),
                                        StandardCharsets.US_ASCII))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
