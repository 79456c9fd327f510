package io.sluice.compat.scenario;

import io.sluice.compat.harness.AgainstServer;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** Marks a class of scenarios: tests get a {@link Clients}, closed after them, and the server. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@AgainstServer
@ExtendWith(ClientsExtension.class)
@interface Scenario {}
