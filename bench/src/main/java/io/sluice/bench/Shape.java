package io.sluice.bench;

/**
 * What a load looks like.
 *
 * @param bodyBytes size of each message's body
 * @param queues number of queues the messages are spread over, 1 to 10
 * @param connections number of connections
 * @param inFlight messages in flight on each connection, 1 to 1000
 */
record Shape(int bodyBytes, int queues, int connections, int inFlight) {
    Shape {
        if (bodyBytes < 0 || queues < 1 || connections < 1 || inFlight < 1 || inFlight > 1000) {
            throw new IllegalArgumentException(
                    "Out of range: "
                            + bodyBytes
                            + " bytes, "
                            + queues
                            + " queues, "
                            + connections
                            + " connections × "
                            + inFlight);
        }
    }
}
