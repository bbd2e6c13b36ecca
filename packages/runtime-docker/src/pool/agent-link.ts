import type { End } from "@polyloom/core/place";
import { decode, encode, type ErrorCode } from "@polyloom/wire";
import type { Line } from "../line/frame-line.ts";
import type { Command, Message, Notice, Word } from "../line/message.ts";
import { type Door, newToken } from "./door.ts";
import { Heartbeat } from "./heartbeat.ts";

/** What says which line is which. */
export interface Tokens {
  readonly agent: string;
  readonly worker: string;
}

/** How a worker ended by itself. */
export type WorkerEnd = Extract<Notice, { kind: "ended" }>;

/** What is told of an agent and its worker. */
export interface LinkListener {
  /** Both are there, for the first time or again. */
  ready(): void;
  heard(word: Word): void;
  /** All that it said before was told. */
  workerEnded(end: WorkerEnd): void;
  /** There is no use in the container any more. */
  failed(code: ErrorCode, text: string, cause?: unknown): void;
}

/** The two lines to a container, what is said on them, and whether somebody is there. */
export class AgentLink {
  readonly #door: Door;
  readonly #listener: LinkListener;
  readonly #maxBytes: number;
  readonly #heartbeat: Heartbeat;
  #control: Line | undefined;
  #worker: Line | undefined;
  #token: string;
  /** Whether the worker's line is one of its own, and open: what it said last may still be on its way. */
  #hasOwnLine = false;
  #end: WorkerEnd | undefined;
  #lastWords: NodeJS.Timeout | undefined;

  /** Expects both lines at the door; times are in milliseconds. */
  constructor(
    door: Door,
    tokens: Tokens,
    listener: LinkListener,
    limits: { maxBytes: number; unresponsiveMs: number },
  ) {
    this.#door = door;
    this.#listener = listener;
    this.#maxBytes = limits.maxBytes;
    this.#token = tokens.worker;
    this.#heartbeat = new Heartbeat(limits.unresponsiveMs, {
      ping: () => this.#command({ kind: "ping" }),
      silent: () => listener.failed("container_unresponsive", `did not answer for ${limits.unresponsiveMs} ms`),
    });
    door.expect(tokens.agent, (line) => this.#takeControl(line));
    door.expect(tokens.worker, (line) => this.#takeWorker(line));
  }

  /** Sends a message to the worker; throws what keeps it from being encoded. */
  send(message: Message): void {
    this.#worker?.send(encode(message, { maxBytes: this.#maxBytes }));
  }

  /** From now on, until {@link rest}, the agent has to answer. */
  watch(): void {
    this.#heartbeat.start();
  }

  rest(): void {
    this.#heartbeat.stop();
  }

  /** Has the worker ended, whatever it does, and waits for another one. */
  replaceWorker(): void {
    clearTimeout(this.#lastWords);
    this.#worker?.close();
    this.#worker = undefined;
    this.#hasOwnLine = false;
    this.#token = newToken();
    this.#door.expect(this.#token, (line) => this.#takeWorker(line));
    this.#command({ kind: "start", token: this.#token });
  }

  close(): void {
    this.#heartbeat.end();
    clearTimeout(this.#lastWords);
    this.#door.close();
  }

  #takeControl(line: Line): void {
    this.#control = line;
    line.listen(
      (body) => this.#guarded(() => this.#notice(decode(body) as Notice)),
      (error) => this.#closed(error),
    );
    if (this.#worker !== undefined) this.#listener.ready();
  }

  #takeWorker(line: Line): void {
    this.#worker = line;
    this.#hasOwnLine = this.#door.socket !== undefined;
    this.#end = undefined;
    line.listen(
      (body) => this.#guarded(() => this.#hear(decode(body) as Word)),
      (error) => {
        if (this.#worker === line) this.#workerClosed(error);
      },
    );
    if (this.#control !== undefined) this.#listener.ready();
  }

  #notice(notice: Notice): void {
    if (notice.kind === "pong") this.#heartbeat.heard();
    else if (notice.kind === "ended") this.#workerEnded(notice);
    else throw new TypeError("an unknown word");
  }

  #hear(word: Word): void {
    if (!WORDS.has(word.kind) || (word.kind === "end" && !ENDS.has(word.end.kind)))
      throw new TypeError("an unknown word");
    this.#listener.heard(word);
  }

  /** A container can say anything: what makes no sense ends it, and harms nobody here. */
  #guarded(hear: () => void): void {
    try {
      hear();
    } catch (cause) {
      this.#listener.failed("container_failed", "said what nobody understands", cause);
    }
  }

  #workerClosed(error: Error | undefined): void {
    this.#hasOwnLine = false;
    if (error === undefined && this.#end !== undefined) this.#workerEnded(this.#end);
    else this.#closed(error);
  }

  #workerEnded(end: WorkerEnd): void {
    if (end.token !== this.#token) return;
    if (this.#hasOwnLine) this.#end = end;
    else this.#listener.workerEnded(end);
  }

  /** One line is closed: the agent's last word, or the end of the container, says more. */
  #closed(error: Error | undefined): void {
    if (error !== undefined) return this.#listener.failed("container_failed", "broke the rules of its line", error);
    clearTimeout(this.#lastWords);
    this.#lastWords = setTimeout(
      () => this.#listener.failed("container_failed", "closed its line, and went on"),
      LAST_WORDS_MS,
    );
  }

  #command(command: Command): void {
    this.#control?.send(encode(command));
  }
}

/** How long to wait for the rest, once one of the lines is closed. */
const LAST_WORDS_MS = 1_000;

const WORDS: ReadonlySet<unknown> = new Set<Word["kind"]>(["report", "end", "late"]);
const ENDS: ReadonlySet<unknown> = new Set<End["kind"]>(["completed", "threw", "refused"]);
