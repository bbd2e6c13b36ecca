import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { PolyloomError } from "@polyloom/wire";
import type { DockerOptions } from "dockerode";

/** Where an engine listens. */
export interface EngineAddress {
  /** As `DOCKER_HOST` would say it, such as `unix:///var/run/docker.sock`. */
  readonly url: string;
  /** The socket's path, where the engine is on this host. */
  readonly socketPath?: string;
  /** What dockerode is created with. */
  readonly options: DockerOptions;
}

/**
 * The engine that `host` names, or `DOCKER_HOST`, or the first default socket that exists; throws
 * container_options_invalid for a form that is not known.
 */
export function engineAddress(host: string | undefined = process.env["DOCKER_HOST"]): EngineAddress {
  if (host === undefined || host === "") return socketAddress(defaultSocket());
  if (host.startsWith("unix://")) return socketAddress(host.slice("unix://".length) || defaultSocket());
  if (host.startsWith("/")) return socketAddress(host);
  return networkAddress(host);
}

// `host: undefined` keeps docker-modem from reading DOCKER_HOST by itself.
function socketAddress(socketPath: string): EngineAddress {
  return { url: `unix://${socketPath}`, socketPath, options: { host: undefined, socketPath } as DockerOptions };
}

function networkAddress(host: string): EngineAddress {
  // The keys and certificates of TLS and SSH are docker-modem's to find in the environment.
  if (host === process.env["DOCKER_HOST"]) return { url: host, options: {} };
  const match = /^(?:tcp|http|https):\/\/([^/:]+):(\d+)\/?$/.exec(host);
  if (!match) throw unknownForm(host);
  const protocol = host.startsWith("https") || match[2] === "2376" ? "https" : "http";
  return { url: host, options: { protocol, host: match[1]!, port: Number(match[2]) } };
}

function unknownForm(host: string): PolyloomError {
  const message = `The engine "${host}" is neither unix:///path nor tcp://host:port. Set DOCKER_HOST for any other.`;
  return new PolyloomError("container_options_invalid", message, { details: { host } });
}

function defaultSocket(): string {
  const runtime = process.env["XDG_RUNTIME_DIR"];
  const rootless = runtime === undefined ? [] : [join(runtime, "docker.sock")];
  const candidates = ["/var/run/docker.sock", ...rootless, join(homedir(), ".docker/run/docker.sock")];
  return candidates.find((path) => existsSync(path)) ?? candidates[0]!;
}
