import type { Attempt, Observer } from "./observer.ts";

/** Calls a function for one attempt, inside whatever observers put around it. */
export type Around = <T>(attempt: Attempt, invoke: () => T) => T;

/** What observers put around attempts, the first outermost; `undefined` where none puts anything. */
export function composeAround(observers: readonly Observer[], onError: (error: unknown) => void): Around | undefined {
  const layers = observers.filter((observer) => observer.around !== undefined);
  if (layers.length === 0) return undefined;
  return (attempt, invoke) =>
    layers.reduceRight((inner, observer) => () => once(observer, attempt, inner, onError), invoke)();
}

/** An observer that throws, or forgets to call, never changes what a node gives (E7). */
function once<T>(observer: Observer, attempt: Attempt, invoke: () => T, onError: (error: unknown) => void): T {
  let called: { readonly value: T } | undefined;
  const call = (): T => (called ??= { value: invoke() }).value;
  try {
    observer.around!(attempt, call);
  } catch (error) {
    onError(error);
  }
  return call();
}
