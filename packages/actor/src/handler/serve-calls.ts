import { serializeError, type SerializedError } from "@polyloom/wire";
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { type AnswerOptions, answerWith } from "./answer.ts";
import { type CallChannel, CallLoop, type WAKE } from "./call-loop.ts";
import { loadHandler } from "./load.ts";

/** What a handler's thread needs to begin. */
export interface ThreadData extends CallChannel, AnswerOptions {
  readonly handler: string;
  /** Where a relative module is looked for. */
  readonly folder: string;
  readonly concurrency: number;
}

/** What a handler's thread says: that it is ready or cannot be, that there are replies, or a reply that is large. */
export type ThreadMessage =
  | "ready"
  | { readonly failed: SerializedError }
  | typeof WAKE
  | readonly [id: number, reply: Uint8Array];

/** Loads the handler and answers calls until the thread is ended; does nothing on the main thread. */
export async function serveCalls(): Promise<void> {
  if (isMainThread || parentPort === null) return;
  const port = parentPort;
  const data = workerData as ThreadData;
  const send = (message: ThreadMessage): void => port.postMessage(message);
  try {
    const handler = await loadHandler(data.handler, data.folder);
    const loop = new CallLoop(data, port, answerWith(handler, data), data.concurrency);
    port.on("message", loop.drain);
    send("ready");
    loop.drain();
  } catch (error) {
    send({ failed: serializeError(error) });
  }
}
