import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { EngineContainer, Mount } from "@polyloom/containers";
import { decode } from "@polyloom/wire";
import { Channels } from "../line/channels.ts";
import { FrameLine, type Line } from "../line/frame-line.ts";
import type { Hello } from "../line/message.ts";

/** How a container is spoken to: over a socket that this process listens on, or over its stdin and stdout. */
export type Transport = "socket" | "stdio";

/** Gets a line when it is there. */
export type TakeLine = (line: Line) => void;

/** What a container comes through: its lines, each told by a token that only it was given. */
export interface Door {
  /** Where the socket is in the container; absent without one. */
  readonly socket: string | undefined;
  readonly mounts: readonly Mount[];
  /** Takes the line that comes with a token; it has to be listened to at once. */
  expect(token: string, take: TakeLine): void;
  /** Called once the container was started. */
  open(container: EngineContainer): void;
  close(): void;
}

/** Something that nobody can guess. */
export function newToken(): string {
  return randomBytes(16).toString("base64url");
}

const FOLDER = "/polyloom";
const NAME = "s";
/** The agent, its worker, one that is ending and one that is starting. */
const MOST_CONNECTIONS = 4;
const HELLO_MS = 2_000;

/**
 * A door with a socket in a folder of its own, which the container gets read-only: it cannot put anything else in the
 * socket's place, and this process never connects to what a container offers.
 */
export class SocketDoor implements Door {
  readonly socket: string = `${FOLDER}/${NAME}`;
  readonly mounts: readonly Mount[];
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #server: Server;
  readonly #expected: Map<string, TakeLine> = new Map();
  readonly #lines: Set<Line> = new Set();

  /** Listens in `folder`, which is made and removed; gives the door when it does. */
  static async open(folder: string, maxBytes: number): Promise<SocketDoor> {
    const door = new SocketDoor(folder, maxBytes);
    await door.#listen();
    return door;
  }

  private constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.mounts = [{ source: folder, target: FOLDER }];
    this.#server = createServer((socket) => this.#greet(socket));
    this.#server.maxConnections = MOST_CONNECTIONS;
  }

  expect(token: string, take: TakeLine): void {
    this.#expected.set(token, take);
  }

  open(): void {
    // The container connects by itself.
  }

  close(): void {
    this.#server.close();
    for (const line of this.#lines) line.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #listen(): Promise<void> {
    mkdirSync(this.#folder);
    chmodSync(this.#folder, 0o755);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const path = join(this.#folder, NAME);
    this.#server.once("error", reject).listen(path, resolve);
    await promise;
    // The container's user is another one; the folder around is closed to everybody else.
    chmodSync(path, 0o666);
  }

  /** The first message on a connection has to be a token that is expected. */
  #greet(socket: Socket): void {
    const line = new FrameLine(socket, socket, this.#maxBytes);
    const timer = setTimeout(() => line.close(), HELLO_MS);
    let hearer: Hearer | undefined;
    const hello = (body: Uint8Array): void => {
      clearTimeout(timer);
      const take = takerOf(body, this.#expected);
      if (take === undefined) return line.close();
      take({
        send: (each) => line.send(each),
        listen: (onBody, onClose) => void (hearer = { onBody, onClose }),
        close: () => line.close(),
      });
    };
    this.#lines.add(line);
    line.listen(
      (body) => (hearer === undefined ? hello(body) : hearer.onBody(body)),
      (error) => {
        clearTimeout(timer);
        this.#lines.delete(line);
        hearer?.onClose(error);
      },
    );
  }
}

/** A door through the stdin and stdout of the container: for engines whose host is another one. */
export class StdioDoor implements Door {
  readonly socket: undefined;
  readonly mounts: readonly Mount[] = [];
  readonly #maxBytes: number;
  readonly #expected: Map<string, TakeLine> = new Map();
  #channels: Channels | undefined;

  /** No message that comes in may have more than `maxBytes`. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  expect(token: string, take: TakeLine): void {
    this.#expected.set(token, take);
  }

  open(container: EngineContainer): void {
    const channels = new Channels(new FrameLine(container.stdout, container.stdin, this.#maxBytes));
    this.#channels = channels;
    this.#greet(channels.channel("control"));
    this.#greet(channels.channel("worker"));
  }

  close(): void {
    this.#channels?.close();
  }

  /** Each worker says its token on the one channel that they all have. */
  #greet(line: Line): void {
    let hearer: Hearer | undefined;
    const hear = (body: Uint8Array): void => {
      const take = this.#expected.size === 0 ? undefined : takerOf(body, this.#expected);
      if (take === undefined) return hearer?.onBody(body);
      take({
        send: (each) => line.send(each),
        listen: (onBody, onClose) => void (hearer = { onBody, onClose }),
        close: () => void (hearer = undefined),
      });
    };
    line.listen(hear, (error) => hearer?.onClose(error));
  }
}

interface Hearer {
  readonly onBody: (body: Uint8Array) => void;
  readonly onClose: (error?: Error) => void;
}

/** Who waits for the token that a message says; each is said once. */
function takerOf(body: Uint8Array, expected: Map<string, TakeLine>): TakeLine | undefined {
  const token = tokenIn(body);
  const take = token === undefined ? undefined : expected.get(token);
  if (take !== undefined) expected.delete(token!);
  return take;
}

/** What a hello says; whatever else was sent is none. */
function tokenIn(body: Uint8Array): string | undefined {
  try {
    const { token } = decode(body) as Partial<Hello>;
    return typeof token === "string" ? token : undefined;
  } catch {
    return undefined;
  }
}
