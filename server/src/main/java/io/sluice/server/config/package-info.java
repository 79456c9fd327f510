/** What a person can set: one table of settings, read from flags, environment and a YAML file. */
@NullMarked
package io.sluice.server.config;

import org.jspecify.annotations.NullMarked;
