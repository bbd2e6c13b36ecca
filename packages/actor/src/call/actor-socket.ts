import { encodeFrame, FrameParser, PolyloomError } from "@polyloom/wire";
import { connect, type Socket } from "node:net";
import type { ActorClientOptions } from "./actor-client.ts";

type Waiting = PromiseWithResolvers<unknown>;

/** One connection: replies come in the order of calls. */
export class ActorSocket {
  readonly #path: string;
  readonly #socket: Socket;
  readonly #parser: FrameParser;
  readonly #waiting: Waiting[] = [];

  private constructor(path: string, socket: Socket, { maxReplyBytes }: ActorClientOptions) {
    this.#path = path;
    this.#socket = socket;
    this.#parser = new FrameParser(maxReplyBytes === undefined ? {} : { maxBytes: maxReplyBytes });
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("end", () => this.#break(new Error("the actor closed the connection")));
    socket.on("error", (error) => this.#break(error));
    socket.on("close", () => this.#break(new Error("the connection was closed")));
  }

  static connect(path: string, options: ActorClientOptions): Promise<ActorSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      const fail = (cause: Error): void => reject(unreachable(path, cause));
      socket.once("error", fail);
      socket.once("connect", () => {
        socket.off("error", fail);
        resolve(new ActorSocket(path, socket, options));
      });
    });
  }

  get isUsable(): boolean {
    return this.#socket.writable;
  }

  call(json: string): Promise<unknown> {
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.push(waiting);
    this.#socket.write(encodeFrame(Buffer.from(json)));
    return waiting.promise;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.closed) return resolve();
      this.#socket.once("close", () => resolve());
      this.#socket.destroy();
    });
  }

  #take(chunk: Uint8Array): void {
    try {
      for (const body of this.#parser.push(chunk)) settle(this.#waiting.shift(), body);
    } catch (error) {
      this.#break(error as Error);
    }
  }

  #break(cause: Error): void {
    this.#socket.destroy();
    const error = cause instanceof PolyloomError ? cause : unreachable(this.#path, cause);
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
  }
}

function settle(waiting: Waiting | undefined, body: Uint8Array): void {
  if (waiting === undefined) return; // a refusal that nobody asked for, such as of one connection too many
  const reply = parse(body);
  if (reply?.status === "ok") waiting.resolve(reply.result);
  else if (typeof reply?.error === "string") waiting.reject(failed(reply.error, reply.message, reply.type));
  else waiting.reject(new PolyloomError("decode_failed", "The actor's reply is neither a result nor an error."));
}

interface PlainReply {
  readonly status?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
  readonly message?: unknown;
  readonly type?: unknown;
}

function parse(body: Uint8Array): PlainReply | undefined {
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()) as PlainReply;
  } catch {
    return undefined;
  }
}

function failed(error: string, message: unknown, type: unknown): PolyloomError {
  const details = { error, ...(typeof type === "string" && { type }) };
  return new PolyloomError("actor_failed", `The actor answered ${error}: ${String(message)}`, { details });
}

function unreachable(path: string, cause: Error): PolyloomError {
  return new PolyloomError("actor_unreachable", `The actor at ${path} cannot be reached: ${cause.message}.`, {
    cause,
    details: { path },
  });
}
