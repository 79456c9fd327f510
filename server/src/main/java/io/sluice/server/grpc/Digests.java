package io.sluice.server.grpc;

import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.Digest;
import com.google.protobuf.ByteString;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.CRC32;

/** What a client says that a body adds up to, so that a damaged one is not stored. */
final class Digests {
    private Digests() {}

    /**
     * Compares a body with its digest, if it has one.
     *
     * @throws CallFault if they differ
     */
    static void check(Digest said, ByteString body) {
        String found =
                switch (said.getType()) {
                    case CRC32 -> crc(body);
                    case MD5 -> digest("MD5", body);
                    case SHA1 -> digest("SHA-1", body);
                    case DIGEST_TYPE_UNSPECIFIED, UNRECOGNIZED -> said.getChecksum();
                };
        if (!found.equalsIgnoreCase(said.getChecksum())) {
            throw new CallFault(
                    Code.MESSAGE_CORRUPTED,
                    "the body does not have the %s digest that came with it: send it again"
                            .formatted(said.getType()));
        }
    }

    /** CRC32 as clients write it: upper-case digits, without leading zeroes. */
    private static String crc(ByteString body) {
        CRC32 crc = new CRC32();
        body.asReadOnlyByteBufferList().forEach(crc::update);
        return Long.toHexString(crc.getValue()).toUpperCase(Locale.ROOT);
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
