import type { Readable } from "node:stream";

import { jsonLines } from "./json-lines.ts";

/** What an engine tells of one container. */
export type ContainerEvent =
  | { readonly kind: "die"; readonly exitCode: number }
  | { readonly kind: "kill"; readonly signal: number }
  | { readonly kind: "oom" }
  | { readonly kind: "destroy" }
  /** The engine, or the connection to it, is gone. */
  | { readonly kind: "lost" };

/** Gets what an engine tells of the container that it watches. */
export type ContainerListener = (event: ContainerEvent) => void;

/** Opens the engine's stream of events; aborting the signal closes it. */
export type OpenFeed = (signal: AbortSignal) => Promise<Readable>;

interface Connection {
  readonly opened: Promise<void>;
  readonly abort: AbortController;
}

/**
 * The engine's events of this process's containers: one connection for all, open while any is watched. It tells of
 * an end that a pending wait would never tell of, because the feed ends with the engine.
 */
export class EventFeed {
  readonly #open: OpenFeed;
  readonly #listeners: Map<string, ContainerListener> = new Map();
  #users = 0;
  #connection: Connection | undefined;

  constructor(open: OpenFeed) {
    this.#open = open;
  }

  /** Holds the feed open until the function that it gives is called; settles when events flow. */
  async hold(): Promise<() => void> {
    this.#users++;
    this.#connection ??= this.#connect();
    const release = this.#releaser();
    try {
      await this.#connection.opened;
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Sends the events of a container to a listener, until the function that it gives is called. */
  watch(id: string, listener: ContainerListener): () => void {
    this.#listeners.set(id, listener);
    return () => void this.#listeners.delete(id);
  }

  #releaser(): () => void {
    let held = true;
    return () => {
      if (held && --this.#users === 0) this.#disconnect();
      held = false;
    };
  }

  #connect(): Connection {
    const abort = new AbortController();
    const opened = this.#open(abort.signal).then((stream) => void this.#read(stream, abort));
    return { opened, abort };
  }

  #disconnect(): void {
    this.#connection?.abort.abort();
    this.#connection = undefined;
  }

  async #read(stream: Readable, abort: AbortController): Promise<void> {
    try {
      for await (const line of jsonLines(stream)) this.#dispatch(line);
    } catch {
      // A connection that breaks ends the feed as well.
    }
    if (abort.signal.aborted) return;
    this.#connection = undefined;
    for (const listener of this.#listeners.values()) listener({ kind: "lost" });
  }

  #dispatch(line: Readonly<Record<string, unknown>>): void {
    const { Action: action, Actor: actor } = line as { Action?: string; Actor?: Actor };
    const listener = this.#listeners.get(actor?.ID ?? "");
    const event = listener && toEvent(action, actor?.Attributes ?? {});
    if (event) listener(event);
  }
}

interface Actor {
  readonly ID?: string;
  readonly Attributes?: Readonly<Record<string, string>>;
}

function toEvent(action: string | undefined, attributes: Readonly<Record<string, string>>): ContainerEvent | undefined {
  if (action === "die") return { kind: "die", exitCode: Number(attributes["exitCode"]) };
  if (action === "kill") return { kind: "kill", signal: Number(attributes["signal"]) };
  if (action === "oom" || action === "destroy") return { kind: action };
  return undefined;
}
