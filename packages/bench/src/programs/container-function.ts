import { container } from "@polyloom/containers";

/** A function that has next to nothing to do. */
export const increment = container((value: number) => value + 1, { name: "bench-increment", onProgress: () => {} });
