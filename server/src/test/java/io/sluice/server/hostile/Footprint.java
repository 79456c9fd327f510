package io.sluice.server.hostile;

import io.sluice.protocol.FrameWriter;
import io.sluice.protocol.GetConsumeStatsHeader;
import io.sluice.protocol.GetConsumerListByGroupHeader;
import io.sluice.protocol.GetMaxOffsetHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.server.remoting.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Everything that a request may leave behind: what the server says that there is, and what is in
 * its files.
 */
final class Footprint {
    private final Wire wire;
    private final Path directory;
    private final Map<String, String> checksums = new HashMap<>();

    Footprint(Wire wire, Path directory) {
        this.wire = wire;
        this.directory = directory;
    }

    /** What there is now. */
    Map<String, String> take() throws IOException {
        TreeMap<String, String> all = new TreeMap<>();
        all.put("topics", ask(RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER, out -> out));
        all.put("groups", ask(RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG, out -> out));
        var members = new GetConsumerListByGroupHeader(Mutations.GROUP);
        all.put("members", ask(RequestCode.GET_CONSUMER_LIST_BY_GROUP, members::encode));
        var stats = new GetConsumeStatsHeader(Mutations.GROUP, null);
        all.put("offsets", ask(RequestCode.GET_CONSUME_STATS, stats::encode));
        for (int queue = 0; queue < Mutations.QUEUES; queue++) {
            var end = new GetMaxOffsetHeader(Mutations.TOPIC, queue, true, null);
            all.put("end of queue " + queue, ask(RequestCode.GET_MAX_OFFSET, end::encode));
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Footprint::counts).toList()) {
                all.put("file " + directory.relativize(file), checksum(file));
            }
        }
        return all;
    }

    /** Spare files are zeroes that the server makes ahead, when it has time. */
    private static boolean counts(Path file) {
        return Files.isRegularFile(file) && !file.toString().contains(".spare");
    }

    private String checksum(Path file) throws IOException {
        String written = file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file);
        String known = checksums.get(written);
        if (known == null) {
            CRC32C crc = new CRC32C();
            crc.update(Files.readAllBytes(file));
            known = Files.size(file) + " bytes, checksum " + crc.getValue();
            checksums.put(written, known);
        }
        return known;
    }

    private String ask(int code, UnaryOperator<FrameWriter> of) throws IOException {
        Wire.Reply reply = wire.call(code, of);
        String body = new String(reply.body(), StandardCharsets.UTF_8);
        return reply.code() + " " + reply.header().fields() + " " + body;
    }

    /** What differs, for a person to read. */
    static List<String> difference(Map<String, String> before, Map<String, String> after) {
        TreeMap<String, String> names = new TreeMap<>(before);
        names.putAll(after);
        return names.keySet().stream()
                .filter(name -> !before.getOrDefault(name, "").equals(after.getOrDefault(name, "")))
                .map(name -> name + ": " + before.get(name) + " -> " + after.get(name))
                .toList();
    }
}
