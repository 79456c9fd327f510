/** What drivers of all clients share: how they tell what they have measured. */
package io.sluice.bench.driver;
