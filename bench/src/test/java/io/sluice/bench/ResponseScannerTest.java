package io.sluice.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ResponseScannerTest {
    private final List<String> answers = new ArrayList<>();
    private final ResponseScanner scanner = new ResponseScanner();
    private final ByteBuffer in = ByteBuffer.allocateDirect(4096);

    @Test
    void shouldFindEveryResponseWhereverTheStreamIsCut() {
        byte[] stream =
                concat(
                        Responses.ok(1_000_000_001),
                        Responses.frame("{\"opaque\":7,\"flag\":1,\"code\":2}", 100),
                        Responses.ok(1_000_000_002));
        List<String> expected = List.of("1000000001:0", "7:2", "1000000002:0");
        for (int cut = 0; cut <= stream.length; cut++) {
            answers.clear();
            feed(stream, 0, cut);
            feed(stream, cut, stream.length);
            assertEquals(expected, answers, "cut at " + cut);
        }
    }

    @Test
    void shouldFindEveryResponseInReadsOfRandomSize() {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            stream.writeBytes(Responses.ok(1_000_000_000 + i));
            expected.add(1_000_000_000 + i + ":0");
        }
        byte[] bytes = stream.toByteArray();
        Random random = new Random(42);
        for (int from = 0; from < bytes.length; ) {
            int to = Math.min(bytes.length, from + 1 + random.nextInt(900));
            feed(bytes, from, to);
            from = to;
        }
        assertEquals(expected, answers);
    }

    @Test
    void shouldNotTakeTextForTheCode() {
        String header =
                """
                {"extFields":{"code":"13"},"remark":"the \\"code\\":9 and \\"opaque\\":8",\
                "code":-1,"opaque":5}\
                """;
        feed(Responses.frame(header, 0));
        assertEquals(List.of("5:-1"), answers);
    }

    @Test
    void shouldRefuseAResponseWithoutOpaque() {
        assertThrows(IllegalStateException.class, () -> feed(Responses.frame("{\"code\":0}", 0)));
    }

    @Test
    void shouldRefuseABinaryHeader() {
        byte[] binary = Responses.ok(1);
        binary[4] = 1;
        assertThrows(IllegalStateException.class, () -> feed(binary));
    }

    @Test
    void shouldRefuseAResponseThatCanNeverFit() {
        byte[] huge = Responses.frame("{\"code\":0,\"opaque\":1}", 8192);
        assertThrows(IllegalStateException.class, () -> feed(huge, 0, 2000));
    }

    private void feed(byte[] bytes) {
        feed(bytes, 0, bytes.length);
    }

    private void feed(byte[] bytes, int from, int to) {
        in.put(bytes, from, to - from);
        in.flip();
        scanner.scan(in, (opaque, code) -> answers.add(opaque + ":" + code));
        in.compact();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
