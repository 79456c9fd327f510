package io.sluice.server.config;

/** A value as a person wrote it, and where: "flag --bind", "sluice.yaml line 3", "default". */
record Given(String text, String source) {}
