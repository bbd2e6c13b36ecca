import { hostname } from "node:os";
import { threadId } from "node:worker_threads";
import { defineNode } from "@polyloom/core";
import { z } from "zod";

/** Adds one, and says where. */
export const addOne = defineNode({
  name: "addOne",
  input: z.object({ value: z.number() }),
  output: z.object({ value: z.number(), host: z.string(), thread: z.number() }),
  run: ({ value }) => ({ value: value + 1, host: hostname(), thread: threadId }),
});
