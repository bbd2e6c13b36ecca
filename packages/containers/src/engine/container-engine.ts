import type { Readable } from "node:stream";

import { hasCode, PolyloomError } from "@polyloom/wire";
import Dockerode from "dockerode";

import { type EngineAddress, engineAddress } from "./address.ts";
import { type ContainerSpec, resolveSpec } from "./container-spec.ts";
import { type ContainerHost, EngineContainer } from "./engine-container.ts";
import { EventFeed } from "./event-feed.ts";
import { type EngineFacts, engineFacts } from "./facts.ts";
import { isGone, OWNER_LABEL, ownerOf } from "./owner.ts";
import { request, type RequestContext } from "./request.ts";

/** Which engine, and how long to wait for its answers. */
export interface EngineOptions {
  /** As in `DOCKER_HOST`, which counts unless set; then the first default socket that exists. */
  readonly host?: string;
  /** The longest wait for the answer to one request; 60,000 unless set. */
  readonly timeoutMs?: number;
}

/** What an engine knows of an image. */
export interface ImageFacts {
  readonly id: string;
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly architecture: string;
  readonly operatingSystem: string;
  readonly env: readonly string[];
  readonly sizeBytes: number;
}

const TIMEOUT_MS = 60_000;
const PING_MS = 5_000;

/** A container engine that speaks Docker's API, and the containers that this process has on it. */
export class ContainerEngine implements AsyncDisposable {
  readonly address: EngineAddress;
  readonly facts: EngineFacts;
  /** This process, as the label of its containers names it. */
  readonly owner: string;
  /** Dockerode, for requests that this class does not wrap; its errors are not coded. */
  readonly docker: Dockerode;

  readonly #timeoutMs: number;
  readonly #containers: Set<EngineContainer> = new Set();
  readonly #host: ContainerHost;

  /** Connects; throws engine_unavailable, engine_forbidden, engine_lost or engine_refused, and says which engine. */
  static async connect(options: EngineOptions = {}): Promise<ContainerEngine> {
    const address = engineAddress(options.host);
    const docker = new Dockerode(address.options);
    const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    const context = { address, doing: "connect to the container engine", timeoutMs };
    const [version, info] = await request(context, () => Promise.all([docker.version(), docker.info()]));
    return new ContainerEngine(address, docker, engineFacts(version, info), timeoutMs);
  }

  private constructor(address: EngineAddress, docker: Dockerode, facts: EngineFacts, timeoutMs: number) {
    this.address = address;
    this.docker = docker;
    this.facts = facts;
    this.owner = ownerOf();
    this.#timeoutMs = timeoutMs;
    this.#host = {
      feed: new EventFeed((signal) => this.#openFeed(signal)),
      request: (doing, send, codes) => this.request(doing, send, codes),
      isAlive: () => this.isAlive(),
    };
  }

  /** Whether the engine is on this host, so that folders and sockets can be mounted. */
  get isLocal(): boolean {
    return this.address.socketPath !== undefined;
  }

  /** Containers of this process that have not ended. */
  get containers(): readonly EngineContainer[] {
    return [...this.#containers];
  }

  /** Makes one request by `docker`, and throws what fails as a coded error with what it was about. */
  async request<T>(doing: string, send: () => Promise<T>, codes?: RequestContext["codes"]): Promise<T> {
    const context = { address: this.address, doing, timeoutMs: this.#timeoutMs };
    return await request(codes === undefined ? context : { ...context, codes }, send);
  }

  /** Whether the engine answers, within 5 seconds. */
  async isAlive(): Promise<boolean> {
    try {
      await request({ address: this.address, doing: "ping", timeoutMs: PING_MS }, () => this.docker.ping());
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Looks an image up by name or id, in one request; undefined where the engine does not have it. Throws
   * container_options_invalid for what is no name.
   */
  async findImage(reference: string): Promise<ImageFacts | undefined> {
    if (!/^[\w.:/@-]+$/.test(reference)) throw noImageName(reference);
    const inspect = (): Promise<Dockerode.ImageInspectInfo> => this.docker.getImage(reference).inspect();
    try {
      return imageFacts(await this.request(`look for the image ${reference}`, inspect, { 404: "image_missing" }));
    } catch (error) {
      if (hasCode(error, "image_missing")) return undefined;
      throw error;
    }
  }

  /**
   * Creates a container with every default of secureDefaults; throws what that throws, image_missing, and
   * engine_refused. It removes itself when it ends, or when this process does and stdin is open.
   */
  async create(spec: ContainerSpec): Promise<EngineContainer> {
    const { request: options, limits } = resolveSpec(spec, this.facts, this.owner, this.address.socketPath);
    const releaseFeed = await this.request("follow the engine's events", () => this.#host.feed.hold());
    try {
      const create = (): Promise<Dockerode.Container> => this.docker.createContainer(options);
      const handle = await this.request(`create a container of ${spec.image}`, create, { 404: "image_missing" });
      const container = new EngineContainer({
        handle,
        spec,
        limits,
        host: this.#host,
        release: () => {
          this.#containers.delete(container);
          releaseFeed();
        },
      });
      this.#containers.add(container);
      return container;
    } catch (error) {
      releaseFeed();
      throw error;
    }
  }

  /** Removes containers whose owner was a process of this host that is gone; gives their ids. */
  async sweep(): Promise<readonly string[]> {
    const filters = { label: [OWNER_LABEL] };
    const list = (): Promise<Dockerode.ContainerInfo[]> => this.docker.listContainers({ all: true, filters });
    const all = await this.request("list containers", list);
    const orphans = all.filter(({ Labels: labels }) => isGone(labels[OWNER_LABEL]!)).map(({ Id: id }) => id);
    await Promise.all(orphans.map((id) => this.#remove(id)));
    return orphans;
  }

  /** Removes every container of this process that has not ended. */
  async close(): Promise<void> {
    await Promise.all(this.containers.map((container) => container.discard()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #remove(id: string): Promise<void> {
    try {
      await this.request("remove a container", () => this.docker.getContainer(id).remove({ force: true, v: true }));
    } catch (error) {
      // Somebody else was faster.
      if (!hasCode(error, "engine_refused")) throw error;
    }
  }

  async #openFeed(abortSignal: AbortSignal): Promise<Readable> {
    const filters = { type: ["container"], label: [`${OWNER_LABEL}`] };
    return (await this.docker.getEvents({ filters, abortSignal } as Dockerode.GetEventsOptions)) as Readable;
  }
}

/** Refuses an image that the engine does not have; throws image_missing. */
export function imageMissing(reference: string): PolyloomError {
  const message = `The engine does not have the image ${reference}.`;
  return new PolyloomError("image_missing", message, { details: { image: reference } });
}

function noImageName(reference: string): PolyloomError {
  const message = `${JSON.stringify(reference)} is not the name of an image.`;
  return new PolyloomError("container_options_invalid", message, { details: { image: reference } });
}

function imageFacts(info: Dockerode.ImageInspectInfo): ImageFacts {
  return {
    id: info.Id,
    tags: info.RepoTags ?? [],
    labels: info.Config?.Labels ?? {},
    architecture: info.Architecture,
    operatingSystem: info.Os,
    env: info.Config?.Env ?? [],
    sizeBytes: info.Size,
  };
}
