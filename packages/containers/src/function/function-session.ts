import { encode, encodeFrame } from "@polyloom/wire";

import type { ContainerEngine } from "../engine/container-engine.ts";
import type { ContainerSpec } from "../engine/container-spec.ts";
import type { EngineContainer } from "../engine/engine-container.ts";
import type { Job, Message } from "../runner/job.ts";
import { MessageSplitter } from "./message-splitter.ts";

/** How a call came out, as its container says. */
export type Outcome = Extract<Message, { kind: "result" | "error" | "missing" }>;

/** A function that runs in a container of its own. */
export interface FunctionSession {
  readonly container: EngineContainer;
  /** Settles when the container has ended; undefined where it ended before it had said anything. Rejects for bytes that are no message. */
  readonly outcome: Promise<Outcome | undefined>;
  /** Settles when something listens on the port; never where nothing does. */
  readonly listening: Promise<"ready" | "loopback">;
}

const MAX_RESULT_BYTES = 64 * 1024 * 1024;

/** Starts a container for one job, and gives it the job; ends it when the signal aborts. */
export async function startSession(
  engine: ContainerEngine,
  spec: ContainerSpec,
  job: Job,
  options: { readonly maxResultBytes?: number; readonly signal?: AbortSignal },
): Promise<FunctionSession> {
  options.signal?.throwIfAborted();
  const container = await engine.create({ ...spec, command: ["stdin"], stdin: true, stdout: "stream" });
  const abort = (): void => void container.kill();
  options.signal?.addEventListener("abort", abort, { once: true });
  void container.ended.then(() => options.signal?.removeEventListener("abort", abort));
  await container.start();
  const listening = Promise.withResolvers<"ready" | "loopback">();
  const reading = readMessages(container, job.token, options.maxResultBytes ?? MAX_RESULT_BYTES, listening.resolve);
  container.stdin.write(encodeFrame(encode(job)));
  const outcome = conclude(container, reading);
  // Whoever waits for the port alone may never look at it.
  outcome.catch(() => {});
  return { container, outcome, listening: listening.promise };
}

async function conclude(
  container: EngineContainer,
  reading: Promise<Outcome | undefined>,
): Promise<Outcome | undefined> {
  try {
    return await reading;
  } catch (error) {
    await container.kill();
    throw error;
  } finally {
    await container.ended;
  }
}

async function readMessages(
  container: EngineContainer,
  token: string,
  maxBytes: number,
  onListening: (kind: "ready" | "loopback") => void,
): Promise<Outcome | undefined> {
  let outcome: Outcome | undefined;
  const onLog = (chunk: Buffer): void => container.log("stdout", chunk);
  const onMessage = (message: Message): void => {
    if (message.kind === "ready" || message.kind === "loopback") onListening(message.kind);
    else outcome ??= message;
  };
  const splitter = new MessageSplitter({ token, maxBytes, onLog, onMessage });
  for await (const chunk of container.stdout) splitter.push(chunk as Buffer);
  splitter.end();
  return outcome;
}
