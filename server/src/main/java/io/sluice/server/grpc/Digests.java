package io.sluice.server.grpc;

import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.Digest;
import apache.rocketmq.v2.DigestType;
import com.google.protobuf.ByteString;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32;

/** What a client says that a body adds up to, so that a damaged one is not stored. */
final class Digests {
    private Digests() {}

    /**
     * What a consumer compares. MD5, as from RocketMQ's proxy: it is the one that all clients write
     * alike; CRC32 is hexadecimal in Java and decimal in Node.js.
     */
    static Digest of(ByteString body) {
        return Digest.newBuilder().setType(DigestType.MD5).setChecksum(digest("MD5", body)).build();
    }

    /**
     * Compares a body with its digest, if it has one.
     *
     * @throws CallFault if they differ
     */
    static void check(Digest said, ByteString body) {
        String checksum = said.getChecksum();
        boolean intact =
                switch (said.getType()) {
                    case CRC32 ->
                            Long.toHexString(crc(body)).equalsIgnoreCase(checksum)
                                    || Long.toString(crc(body)).equals(checksum);
                    case MD5 -> digest("MD5", body).equalsIgnoreCase(checksum);
                    case SHA1 -> digest("SHA-1", body).equalsIgnoreCase(checksum);
                    case DIGEST_TYPE_UNSPECIFIED, UNRECOGNIZED -> true;
                };
        if (!intact) {
            throw new CallFault(
                    Code.MESSAGE_CORRUPTED,
                    "the body does not have the %s digest that came with it: send it again"
                            .formatted(said.getType()));
        }
    }

    private static long crc(ByteString body) {
        CRC32 crc = new CRC32();
        body.asReadOnlyByteBufferList().forEach(crc::update);
        return crc.getValue();
    }

    private static String digest(String algorithm, ByteString body) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            body.asReadOnlyByteBufferList().forEach(digest::update);
            return HexFormat.of().withUpperCase().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has MD5 and SHA-1", e);
        }
    }
}
