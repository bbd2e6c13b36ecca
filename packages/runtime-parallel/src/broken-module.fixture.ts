import { defineNode } from "@polyloom/core";
import { isMainThread } from "node:worker_threads";
import { z } from "zod";

/** A node whose module loads here and nowhere else. */
export const homeOnly = defineNode({ name: "homeOnly", input: z.object({}), output: z.object({}), run: () => ({}) });

if (!isMainThread) throw new TypeError("this module needs the main thread");
