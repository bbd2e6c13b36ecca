import { PolyloomError } from "@polyloom/wire";

import type { ContainerEnd } from "../engine/container-end.ts";
import type { Message } from "../runner/job.ts";
import { silentEnd, thrownError } from "./call-error.ts";
import type { FunctionSession } from "./function-session.ts";

/** A function that listens on a port, in a container. */
export interface ContainerServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:49153`. */
  readonly url: string;
  /** On this host. */
  readonly port: number;
  readonly containerId: string;
  /** Settles when the container has ended, in whatever way. */
  readonly ended: Promise<ContainerEnd>;
  /** What it has logged so far: the beginning and the end. */
  logs(): string;
  /** Stops it with SIGTERM, and kills it after a few seconds. */
  close(): Promise<void>;
}

type DescribeMissing = (message: Extract<Message, { kind: "missing" }>) => Promise<PolyloomError>;

/** Waits until something listens on the port; ends the container and throws where that does not come. */
export async function serverOf(
  session: FunctionSession,
  containerPort: number,
  readyTimeoutMs: number,
  describeMissing: DescribeMissing,
): Promise<ContainerServer> {
  const { container } = session;
  try {
    await untilListening(session, containerPort, readyTimeoutMs, describeMissing);
    const port = await container.hostPort(containerPort);
    const close = async (): Promise<void> => void (await container.stop());
    return {
      url: `http://127.0.0.1:${port}`,
      port,
      containerId: container.id,
      ended: container.ended,
      logs: () => container.logs.toString(),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await container.discard();
    throw error;
  }
}

async function untilListening(
  session: FunctionSession,
  port: number,
  timeoutMs: number,
  describeMissing: DescribeMissing,
): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<"late">();
  const timer = setTimeout(() => resolve("late"), timeoutMs);
  const first = await Promise.race([session.listening, late, session.outcome.then(() => "ended" as const)]);
  clearTimeout(timer);
  if (first === "ready") return;
  if (first === "ended") throw await endedEarly(session, port, describeMissing);
  throw notReady(session, port, first, timeoutMs);
}

async function endedEarly(
  { outcome, container }: FunctionSession,
  port: number,
  describeMissing: DescribeMissing,
): Promise<unknown> {
  const message = await outcome;
  if (message?.kind === "error") return thrownError(message, container);
  if (message === undefined) return await silentEnd(container);
  if (message.kind === "missing") return await describeMissing(message);
  const text = `The function came to its end, and does not listen on port ${port}.`;
  return new PolyloomError("container_failed", text, { details: { containerId: container.id, port } });
}

function notReady(
  { container }: FunctionSession,
  port: number,
  why: "loopback" | "late",
  timeoutMs: number,
): PolyloomError {
  const text =
    why === "loopback"
      ? `The function listens on port ${port} of the loopback alone, which no one outside of its container reaches. Let it listen on 0.0.0.0.`
      : `Nothing listens on port ${port} after ${timeoutMs} ms.`;
  const details = { containerId: container.id, port, timeoutMs, logs: container.logs.lastLines(20) };
  return new PolyloomError("container_unresponsive", text, { details });
}
