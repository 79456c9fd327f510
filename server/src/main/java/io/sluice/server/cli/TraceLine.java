package io.sluice.server.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One step of a message as a client has traced it. Traces travel as text: fields separated by 0x01,
 * ended by 0x02, the first of which says what it is (see RocketMQ's {@code TraceDataEncoder}):
 *
 * <pre>
 *   Pub        time region group topic id tags keys storeHost size costMs type offsetId success
 *   SubBefore  time region group request id retry keys
 *   SubAfter   request id costMs success keys code time group
 *   Recall     time region group topic id success
 * </pre>
 *
 * @param costMs how long it took; -1 if the client does not say
 */
record TraceLine(long atMs, String step, String group, String result, long costMs) {
    private static final String ENDS = "\u0002";
    private static final String SEPARATES = "\u0001";
    private static final long UNKNOWN = -1;

    /** The steps of the message {@code id}, an id or a key, in one message of traces. */
    static List<TraceLine> decode(String text, String id) {
        List<TraceLine> lines = new ArrayList<>();
        for (String context : text.split(ENDS)) {
            String[] fields = context.split(SEPARATES, -1);
            try {
                add(fields, id, lines);
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                lines.add(new TraceLine(0, "?", "", "a trace that cannot be read", UNKNOWN));
            }
        }
        return lines;
    }

    private static void add(String[] fields, String id, List<TraceLine> to) {
        switch (fields[0]) {
            case "Pub" -> {
                if (isOf(id, fields[5], fields[7])) {
                    long costMs = Long.parseLong(fields[10]);
                    String result = result(fields[13]);
                    to.add(new TraceLine(time(fields[1]), "sent", fields[3], result, costMs));
                }
            }
            case "SubBefore" -> {
                if (isOf(id, fields[5], fields[7])) {
                    String attempt = fields[6].equals("0") ? "first attempt" : "retry " + fields[6];
                    to.add(new TraceLine(time(fields[1]), "received", fields[3], attempt, UNKNOWN));
                }
            }
            case "SubAfter" -> {
                if (isOf(id, fields[2], fields[5])) {
                    boolean timed = fields.length > 8;
                    to.add(
                            new TraceLine(
                                    timed ? time(fields[7]) : 0,
                                    "consumed",
                                    timed ? fields[8] : "",
                                    result(fields[4]),
                                    Long.parseLong(fields[3])));
                }
            }
            case "Recall" -> {
                if (isOf(id, fields[5], "")) {
                    String result = result(fields[6]);
                    to.add(new TraceLine(time(fields[1]), "recalled", fields[3], result, UNKNOWN));
                }
            }
            default -> {} // what newer clients trace
        }
    }

    private static boolean isOf(String id, String messageId, String keys) {
        return messageId.equals(id) || List.of(keys.split(" ")).contains(id);
    }

    private static long time(String field) {
        return Long.parseLong(field);
    }

    private static String result(String field) {
        return Boolean.parseBoolean(field) ? "ok" : "failed";
    }

    /** In the order of time. */
    static Table table(List<TraceLine> lines) {
        Table table = Output.table("time", "step", "group", "result", "costMs");
        lines.stream()
                .sorted(Comparator.comparingLong(TraceLine::atMs))
                .forEach(line ->
                        table.row(
                                line.atMs == 0 ? "" : Instant.ofEpochMilli(line.atMs).toString(),
                                line.step,
                                line.group,
                                line.result,
                                line.costMs < 0 ? Unknown.UNKNOWN : (Object) line.costMs));
        return table;
    }
}
