/** The calls of a runtime that are under way: `close` waits for them, or tells them to stop. */
export class Calls {
  readonly #running: Map<AbortController, Promise<unknown>> = new Map();

  /** A call counts as running from here on, while its place gets ready as well. */
  start<T>(call: (stop: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new AbortController();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    // Before the call, whose first part runs at once: a node or an observer in it may already close the runtime.
    this.#running.set(stop, promise);
    const done = (): void => void this.#running.delete(stop);
    promise.then(done, done);
    call(stop.signal).then(resolve, reject);
    return promise;
  }

  cancel(reason: Error): void {
    for (const stop of this.#running.keys()) stop.abort(reason);
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#running.values());
  }
}
