import { defineNode } from "@polyloom/core";
import { z } from "zod";

// #region node
/** Fetches one URL; a status from 400 on is data, a connection that fails is an error. */
export const asyncHttpClient = defineNode({
  name: "AsyncHTTPClient",
  input: z.object({ url: z.url(), method: z.enum(["GET", "POST"]).default("GET"), body: z.string().optional() }),
  output: z.object({ status: z.int(), json: z.unknown() }),
  retry: { attempts: 3, delayMs: 50 },
  timeoutMs: 5_000,
  run: async ({ url, method, body }, { signal }) => {
    const response = await fetch(url, { method, signal, ...(body === undefined ? {} : { body }) });
    return { status: response.status, json: await response.json() };
  },
});
// #endregion node
