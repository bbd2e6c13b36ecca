import { createServer, type Server, type Socket } from "node:net";
import { extname } from "node:path";
import { type ActorOptions, type Settings, settingsOf } from "../options.ts";
import { Connection } from "./connection.ts";
import { HandlerThread } from "./handler-thread.ts";
import { clearSocketPath, removeReadyFile, setSocketMode, writeReadyFile } from "./socket-file.ts";

/** An actor that listens. */
export interface ActorServer extends AsyncDisposable {
  readonly socketPath: string;
  /** Settles when the actor has closed; rejects if that was because its handler cannot be started again. */
  readonly closed: Promise<void>;
  /** Takes no more messages, answers those that came as far as the time allows, removes the socket and ends the handler's thread. */
  close(): Promise<void>;
}

// Beside this file, with its ending: .ts from sources, .js once compiled.
const THREAD = new URL(`../handler/thread${extname(import.meta.url)}`, import.meta.url);

/**
 * Starts an actor: loads the handler in a thread, then listens on the socket.
 * @throws PolyloomError `handler_invalid`, `invalid_option` or `socket_occupied`
 */
export function serveActor(options: ActorOptions): Promise<ActorServer> {
  return startActor(options, THREAD);
}

/** {@link serveActor} with the module that runs in the handler's thread. */
export async function startActor(options: ActorOptions, threadFile: URL): Promise<ActorServer> {
  const settings = settingsOf(options);
  const thread = await HandlerThread.start(settings, threadFile);
  try {
    const server = new Actor(settings, thread);
    await server.listen();
    return server;
  } catch (error) {
    await thread.close();
    throw error;
  }
}

class Actor implements ActorServer {
  readonly closed: Promise<void>;
  readonly #settings: Settings;
  readonly #thread: HandlerThread;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  readonly #closing = Promise.withResolvers<void>();
  #isClosing = false;

  constructor(settings: Settings, thread: HandlerThread) {
    this.#settings = settings;
    this.#thread = thread;
    this.closed = this.#closing.promise;
    // Whoever does not look at it is told by close().
    this.closed.catch(() => {});
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#connect(socket));
    thread.onRoom = () => this.#connections.forEach((connection) => connection.pump());
    thread.onBroken = (error) => void this.#shutDown(error);
  }

  get socketPath(): string {
    return this.#settings.socketPath;
  }

  async listen(): Promise<void> {
    const { socketPath, socketMode } = this.#settings;
    await clearSocketPath(socketPath);
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(socketPath, resolve);
    });
    await setSocketMode(socketPath, socketMode);
    await writeReadyFile(socketPath);
  }

  close(): Promise<void> {
    void this.#shutDown();
    return this.closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #connect(socket: Socket): void {
    const connection = new Connection(socket, this.#thread, this.#settings);
    this.#connections.add(connection);
    socket.once("close", () => this.#connections.delete(connection));
    const { maxConnections } = this.#settings;
    if (this.#connections.size > maxConnections)
      connection.refuse("connection_error", `There are ${maxConnections} connections, which is the most.`);
    else if (this.#isClosing) connection.stop();
  }

  async #shutDown(...failure: [] | [error: unknown]): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    try {
      await removeReadyFile(this.#settings.socketPath);
      await this.#drain();
      await this.#thread.close();
      if (failure.length > 0) throw failure[0];
      this.#closing.resolve();
    } catch (error) {
      this.#closing.reject(error);
    }
  }

  /** Lets every connection end, and drops those that have not when the time is over. */
  async #drain(): Promise<void> {
    const drained = new Promise((resolve) => this.#server.close(resolve));
    for (const connection of this.#connections) connection.stop();
    const drop = (): void => this.#connections.forEach((connection) => connection.drop());
    const timer = setTimeout(drop, this.#settings.shutdownMs);
    await drained;
    clearTimeout(timer);
  }
}
