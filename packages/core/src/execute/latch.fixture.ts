/** A promise that a test settles when it likes. */
export interface Latch<T> extends PromiseLike<T> {
  open(value: T): void;
  fail(error: unknown): void;
}

/** Makes a latch. */
export function latch<T = void>(): Latch<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  promise.catch(() => undefined);
  return { open: resolve, fail: reject, then: promise.then.bind(promise) };
}
