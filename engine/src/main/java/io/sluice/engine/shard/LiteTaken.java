package io.sluice.engine.shard;

/** A client that does not get the messages of a lite topic, though it may think so. */
public record LiteTaken(String clientId, String name) {}
