/** The main job of Sluice, shown with the official RocketMQ client against a server of its own. */
@NullMarked
package io.sluice.demo;

import org.jspecify.annotations.NullMarked;
