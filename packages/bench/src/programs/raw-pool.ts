import { Piscina } from "piscina";

/** A pool as one would write it by hand, of so many threads. */
export function rawPool(threads: number): Piscina {
  return new Piscina({
    filename: new URL("./raw-worker.ts", import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: 1,
    atomics: "disabled",
  });
}
