import { readFile } from "node:fs/promises";
import { defineNode, type NodeDefinition } from "@polyloom/core";
import { z } from "zod";

/** Settings of {@link cachedReader}. */
export interface CachedReaderSettings {
  readonly name: string;
  /** How long a text counts as fresh, in milliseconds. */
  readonly ttlMs: number;
  /** Milliseconds, never going back. Default: the time of the machine. */
  readonly now?: () => number;
}

// #region reader
/** Makes a node that reads a file, and gives the text it read before while that is fresh. */
export function cachedReader({
  name,
  ttlMs,
  now = () => performance.now(),
}: CachedReaderSettings): NodeDefinition<{ path: string }, { text: string; cached: boolean }> {
  const cache = new Map<string, { readonly text: string; readonly readAt: number }>();
  return defineNode({
    name,
    input: z.object({ path: z.string() }),
    output: z.object({ text: z.string(), cached: z.boolean() }),
    run: async ({ path }, { signal }) => {
      const known = cache.get(path);
      if (known !== undefined && now() - known.readAt < ttlMs) return { text: known.text, cached: true };
      const readAt = now();
      const text = await readFile(path, { encoding: "utf8", signal });
      cache.set(path, { text, readAt });
      return { text, cached: false };
    },
  });
}
// #endregion reader
