import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Passes connections from 127.0.0.2 on to the same port of 127.0.0.1 and writes down the frames that
 * pass, of each kind only the first, one per line: who sent it, the request's code, the frame in
 * hexadecimal digits. An answer stands right below its request. Prints READY; ends when its input
 * ends.
 */
class Recorder {
    private static final int RESPONSE = 1;
    private static final int ONEWAY = 2;
    private static final Pattern CODE = Pattern.compile("\"code\":(\\d+)");
    private static final Pattern OPAQUE = Pattern.compile("\"opaque\":(\\d+)");
    private static final Pattern FLAG = Pattern.compile("\"flag\":(\\d+)");

    private final PrintStream out;
    private final Set<String> kinds = new HashSet<>();

    Recorder(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] args) throws Exception {
        try (PrintStream out = new PrintStream(args[0], StandardCharsets.US_ASCII)) {
            Recorder recorder = new Recorder(out);
            recorder.listen(Ports.NAMESRV);
            recorder.listen(Ports.BROKER);
            recorder.listen(Ports.VIP);
            System.out.println("READY");
            while (System.in.read() >= 0) {}
            synchronized (recorder) {
                out.flush();
                Runtime.getRuntime().halt(0);
            }
        }
    }

    private void listen(int port) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.2"), port));
        start(
                () -> {
                    while (true) {
                        Socket client = server.accept();
                        Socket broker = new Socket("127.0.0.1", port);
                        Map<Integer, byte[]> toServer = new ConcurrentHashMap<>();
                        Map<Integer, byte[]> toClient = new ConcurrentHashMap<>();
                        start(() -> pass("client", client, broker, toServer, toClient));
                        start(() -> pass("server", broker, client, toClient, toServer));
                    }
                });
    }

    /** Passes on one direction; the maps hold requests under way in it and against it. */
    private void pass(
            String who,
            Socket from,
            Socket to,
            Map<Integer, byte[]> asked,
            Map<Integer, byte[]> answered)
            throws IOException {
        try (from;
                to) {
            DataInputStream in = new DataInputStream(from.getInputStream());
            OutputStream sink = to.getOutputStream();
            while (true) {
                int length = in.readInt();
                byte[] frame = new byte[4 + length];
                ByteBuffer.wrap(frame).putInt(length);
                in.readFully(frame, 4, length);
                record(who, frame, asked, answered);
                sink.write(frame);
                sink.flush();
            }
        } catch (EOFException | java.net.SocketException e) {
            // one side has closed: so do we
        }
    }

    private synchronized void record(
            String who, byte[] frame, Map<Integer, byte[]> asked, Map<Integer, byte[]> answered) {
        int flag = field(frame, FLAG, 17);
        int opaque = field(frame, OPAQUE, 13);
        int code = code(frame);
        if ((flag & ONEWAY) != 0) {
            if (fresh(who + code, frame)) {
                write(who + "-oneway", code, frame);
            }
        } else if ((flag & RESPONSE) == 0) {
            asked.put(opaque, frame);
        } else {
            byte[] request = answered.remove(opaque);
            if (request != null && fresh(who + code(request) + "/" + code, request)) {
                write(who.equals("server") ? "client" : "server", code(request), request);
                write(who, code(request), frame);
            }
        }
    }

    /** Whether this is the first of its kind, and of that order of magnitude of its size. */
    private boolean fresh(String kind, byte[] request) {
        return kinds.add(kind + "/" + Integer.highestOneBit(request.length));
    }

    private void write(String who, int request, byte[] frame) {
        out.println(who + " " + request + " " + HexFormat.of().formatHex(frame));
    }

    private static int code(byte[] frame) {
        return isBinary(frame) ? ByteBuffer.wrap(frame).getShort(8) : field(frame, CODE, 8);
    }

    private static int field(byte[] frame, Pattern json, int at) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        int headerSize = bytes.getInt(4) & 0xFFFFFF;
        return isBinary(frame)
                ? bytes.getInt(at)
                : first(json, new String(frame, 8, headerSize, StandardCharsets.ISO_8859_1));
    }

    private static boolean isBinary(byte[] frame) {
        return frame[4] == 1;
    }

    private static int first(Pattern pattern, String json) {
        Matcher matcher = pattern.matcher(json);
        if (!matcher.find()) {
            throw new IllegalStateException(pattern + " is not in " + json);
        }
        return Integer.parseInt(matcher.group(1));
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void start(Task task) {
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                task.run();
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        });
        thread.setDaemon(true);
        thread.start();
    }
}
