package io.sluice.protocol;

/**
 * {@link RequestCode#GET_KVLIST_BY_NAMESPACE}: all entries of one part of the name service's table.
 *
 * @param namespace which part
 */
public record GetKVListByNamespaceHeader(String namespace) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static GetKVListByNamespaceHeader decode(Header header) {
        return new GetKVListByNamespaceHeader(header.text("namespace"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("namespace", namespace);
    }
}
