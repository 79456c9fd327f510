package io.sluice.engine.time;

/**
 * Where the engine's work runs. The engine starts no threads: it is handed one executor for each
 * role (a shard, a log's writer, background work, readers), and a simulator hands it simulated
 * ones.
 *
 * <p>Promises: tasks given to a serial executor run one at a time, in the order in which {@link
 * #execute} was called, and each sees what the earlier ones wrote. An executor for readers may be
 * concurrent; then only the last promise of {@link #execute} holds. A task that throws does not
 * stop the executor. Both methods are safe to call from any thread and never run the task inside
 * the call.
 */
public interface Executor extends java.util.concurrent.Executor {
    /** Runs {@code task} as soon as the tasks before it are done. */
    @Override
    void execute(Runnable task);

    /**
     * Runs {@code task} no earlier than {@code delayNanos} from now by {@link Clock#nanos()}. There
     * is no cancel: a task that is no longer wanted finds that out when it runs.
     *
     * @param delayNanos at least 0
     */
    void executeAfter(long delayNanos, Runnable task);
}
