package io.sluice.server.config;

/** A host name or address and a port. */
public record HostPort(String host, int port) {

    /**
     * Reads {@code host}, {@code host:port} or {@code [ipv6]:port}.
     *
     * @throws IllegalArgumentException if the text has none of these forms
     */
    public static HostPort parse(String text, int defaultPort) {
        int bracket = text.lastIndexOf(']');
        int colon = text.lastIndexOf(':');
        boolean bareIpv6 = bracket < 0 && colon != text.indexOf(':');
        boolean withPort = colon > bracket && !bareIpv6;
        String host = withPort ? text.substring(0, colon) : text;
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        if (host.isBlank() || !host.equals(host.strip())) {
            throw new IllegalArgumentException("no host in '" + text + "'");
        }
        return new HostPort(host, withPort ? Scalars.port(text.substring(colon + 1)) : defaultPort);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
