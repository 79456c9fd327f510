package io.sluice.protocol;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * What RocketMQ calls an offset message id: the broker that stored a message, and where. As text:
 * the address (4 bytes, or 16 of IPv6), the port (4 bytes) and the position (8 bytes) in upper-case
 * hexadecimal digits. It is not the id that clients print first: that is the property UNIQ_KEY.
 *
 * @param host the broker's address, resolved
 * @param position the message's position in the shard's log
 */
public record MessageId(InetSocketAddress host, long position) {
    private static final int IPV4_LENGTH = 32;
    private static final int IPV6_LENGTH = 56;
    private static final int PORT_LENGTH = 8;
    private static final int POSITION_LENGTH = 16;

    public MessageId {
        if (host.getAddress() == null) {
            throw new IllegalArgumentException("address " + host + " is not resolved");
        }
    }

    /**
     * Reads an id's text, in upper or lower case.
     *
     * @throws IllegalArgumentException if it is not 32 or 56 hexadecimal digits, or the port is
     *     none
     */
    public static MessageId parse(String text) {
        if (text.length() != IPV4_LENGTH && text.length() != IPV6_LENGTH) {
            throw new IllegalArgumentException(
                    "message id \""
                            + text
                            + "\" must have 32 or 56 hexadecimal digits: take it from a send result");
        }
        HexFormat hex = HexFormat.of();
        int portAt = text.length() - POSITION_LENGTH - PORT_LENGTH;
        byte[] ip = hex.parseHex(text, 0, portAt);
        int port = HexFormat.fromHexDigits(text, portAt, portAt + PORT_LENGTH);
        long position = HexFormat.fromHexDigitsToLong(text, portAt + PORT_LENGTH, text.length());
        return new MessageId(new InetSocketAddress(address(ip), port), position);
    }

    private static InetAddress address(byte[] ip) {
        try {
            return InetAddress.getByAddress(ip);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of 4 or 16 bytes is always one", e);
        }
    }

    /** How many digits it has as text. */
    int length() {
        return host.getAddress().getAddress().length == 4 ? IPV4_LENGTH : IPV6_LENGTH;
    }

    void write(ByteSink sink) {
        for (byte b : host.getAddress().getAddress()) {
            sink.hex(b, 2);
        }
        sink.hex(host.getPort(), PORT_LENGTH);
        sink.hex(position, POSITION_LENGTH);
    }

    /** The id's text. */
    @Override
    public String toString() {
        ByteSink sink = new ByteSink(IPV6_LENGTH);
        write(sink);
        return new String(sink.bytes, 0, sink.size, StandardCharsets.US_ASCII);
    }
}
