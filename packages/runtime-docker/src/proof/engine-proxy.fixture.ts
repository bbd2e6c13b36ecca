import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Another way to an engine, which can be taken away: over a socket, or over the network as to another host. */
export class EngineProxy {
  readonly #target: string;
  readonly #folder: string = mkdtempSync(join(tmpdir(), "engine-"));
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();

  /** Listens before the engine whose socket is `target`. */
  static async listen(target: string, over: "socket" | "network"): Promise<EngineProxy> {
    const proxy = new EngineProxy(target, over);
    await once(proxy.#server, "listening");
    return proxy;
  }

  private constructor(target: string, over: "socket" | "network") {
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#join(socket));
    if (over === "socket") this.#server.listen(join(this.#folder, "docker.sock"));
    else this.#server.listen(0, "127.0.0.1");
  }

  /** As `DOCKER_HOST` says it. */
  get url(): string {
    const address = this.#server.address() as AddressInfo | string;
    return typeof address === "string" ? `unix://${address}` : `tcp://${address.address}:${address.port}`;
  }

  /** Ends every connection, and takes no more. */
  async cut(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #join(socket: Socket): void {
    const engine = connect({ path: this.#target, allowHalfOpen: true });
    for (const each of [socket, engine]) {
      this.#sockets.add(each);
      each.on("error", () => undefined);
    }
    socket.pipe(engine);
    engine.pipe(socket);
  }
}
