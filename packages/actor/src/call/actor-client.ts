import { PolyloomError } from "@polyloom/wire";
import { DEFAULT_SOCKET_PATH } from "../options.ts";
import { ActorSocket } from "./actor-socket.ts";

/** What bounds a client. */
export interface ActorClientOptions {
  /** The largest reply in bytes (64 MiB). */
  readonly maxReplyBytes?: number;
}

/** What bounds one call. */
export interface ActorCallOptions {
  /** Aborts the wait; the actor goes on. */
  readonly signal?: AbortSignal;
}

/** A connection to an actor that speaks payloads; opened again by the next call after it broke. */
export interface ActorClient extends AsyncDisposable {
  /**
   * Sends a payload, and gives the handler's result: a value, or the list of a fan-out. Any number of calls may be open.
   * @throws PolyloomError `actor_failed` with `details.error`, one of the nine kinds, and `details.type`; or
   *   `actor_unreachable`, `frame_too_large`, `decode_failed`, `not_transferable`
   */
  call(payload: unknown, options?: ActorCallOptions): Promise<unknown>;
  /** Closes the connection; calls that are open reject. */
  close(): Promise<void>;
}

/**
 * Connects to an actor's socket.
 * @throws PolyloomError `actor_unreachable`
 */
export async function connectActor(
  path: string = DEFAULT_SOCKET_PATH,
  options: ActorClientOptions = {},
): Promise<ActorClient> {
  const client = new Client(path, options);
  await client.open();
  return client;
}

class Client implements ActorClient {
  readonly #path: string;
  readonly #options: ActorClientOptions;
  #socket: Promise<ActorSocket> | undefined;
  #isClosed = false;

  constructor(path: string, options: ActorClientOptions) {
    this.#path = path;
    this.#options = options;
  }

  async open(): Promise<ActorSocket> {
    if (this.#isClosed) throw new PolyloomError("actor_unreachable", "The client was closed.");
    const socket = await (this.#socket ??= ActorSocket.connect(this.#path, this.#options).catch(this.#forget));
    if (socket.isUsable) return socket;
    this.#socket = undefined;
    return this.open();
  }

  async call(payload: unknown, { signal }: ActorCallOptions = {}): Promise<unknown> {
    const json = toJson(payload);
    const socket = await this.open();
    signal?.throwIfAborted();
    return withSignal(socket.call(json), signal);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const socket = await this.#socket?.catch(() => undefined);
    await socket?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly #forget = (error: unknown): never => {
    this.#socket = undefined;
    throw error;
  };
}

function toJson(payload: unknown): string {
  try {
    const json = JSON.stringify(payload ?? null) as string | undefined;
    if (json !== undefined) return json;
  } catch (cause) {
    throw new PolyloomError("not_transferable", `The payload cannot be written as JSON: ${String(cause)}`, { cause });
  }
  throw new PolyloomError("not_transferable", `The payload is a ${typeof payload}, which JSON cannot hold.`);
}

async function withSignal<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
