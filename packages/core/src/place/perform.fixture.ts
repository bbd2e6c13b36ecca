import { z } from "zod";
import { defineNode } from "../define/node.ts";

const value = z.object({ value: z.unknown() });

/** Gives what it was given, and tells of it: at once, or after a turn. */
export const echo = defineNode({
  name: "echo",
  input: z.object({ value: z.unknown(), later: z.boolean().default(false) }),
  output: value,
  run: ({ value: given, later }, { progress, logger, state, ...about }) => {
    progress(1, 2, "half");
    logger.info({ given }, "echoes");
    state["runs"] = Number(state["runs"] ?? 0) + 1;
    const output = { value: given, about };
    if (!later) return output;
    return Promise.resolve().then(() => output);
  },
});

/** Throws an error that has properties of its own. */
export const broken = defineNode({
  name: "broken",
  input: value,
  output: value,
  run: () => {
    throw Object.assign(new RangeError("no good"), { code: "E_GOOD" });
  },
});

/** Waits for its signal, and gives the reason. */
export const listen = defineNode({
  name: "listen",
  input: z.object({}),
  output: value,
  run: (_input, { signal }) =>
    new Promise<{ value: unknown }>((resolve) =>
      signal.addEventListener("abort", () => resolve({ value: String(signal.reason) })),
    ),
});

/** Goes on telling after its end. */
export const talkative = defineNode({
  name: "talkative",
  input: z.object({ wait: z.custom<() => Promise<void>>() }),
  output: z.object({}),
  run: ({ wait }, { progress, logger }) => {
    void wait().then(() => {
      progress(9);
      logger.info("too late");
    });
    return {};
  },
});
