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

type Called<T> = { readonly value: T } | { readonly error: unknown };

/** An observer that throws, forgets to call, or calls twice, never changes what a node gives (E7). */
function once<T>(observer: Observer, attempt: Attempt, invoke: () => T, onError: (error: unknown) => void): T {
  let called: Called<T> | undefined;
  const call = (): T => {
    called ??= outcomeOf(invoke);
    if ("error" in called) throw called.error;
    return called.value;
  };
  try {
    observer.around!(attempt, call);
  } catch (error) {
    const own = called as Called<T> | undefined;
    if (own === undefined || !("error" in own) || own.error !== error) onError(error);
  }
  return call();
}

function outcomeOf<T>(invoke: () => T): Called<T> {
  try {
    return { value: invoke() };
  } catch (error) {
    return { error };
  }
}
