import { realpathSync, statSync } from "node:fs";
import { isAbsolute, posix, sep } from "node:path";

import { PolyloomError } from "@polyloom/wire";
import type { MountSettings } from "dockerode";

/** A folder or file of the host, or a named volume, in a container. */
export interface Mount {
  /** An absolute path on the engine's host, or the name of a volume. */
  readonly source: string;
  /** An absolute path in the container. */
  readonly target: string;
  /** False unless set. */
  readonly writable?: boolean;
}

/** What of the engine's host no container may get. */
export interface ProtectedPaths {
  /** The engine's socket, where it is on this host. */
  readonly socketPath?: string;
  /** Where the engine keeps its data. */
  readonly dataRoot: string;
}

const SYSTEM = ["/proc", "/sys", "/etc", "/dev", "/boot"];
const SOCKETS = ["/var/run/docker.sock", "/run/docker.sock", "/run/containerd", "/run/podman"];
const VOLUME_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/**
 * Mounts as the engine takes them, sources with their links resolved; throws bind_refused for the engine's socket
 * and data, the root and the system's folders, for what holds or lies in one of them, and for what does not exist.
 */
export function engineMounts(mounts: readonly Mount[], paths: ProtectedPaths): MountSettings[] {
  return mounts.map((mount) => {
    const Target = checkTarget(mount);
    const ReadOnly = mount.writable !== true;
    if (!isAbsolute(mount.source)) return { Type: "volume", Source: volumeName(mount), Target, ReadOnly };
    return { Type: "bind", Source: resolveSource(mount, paths), Target, ReadOnly };
  });
}

function resolveSource(mount: Mount, paths: ProtectedPaths): string {
  const resolved = realpath(mount.source);
  if (resolved === undefined) throw refused(mount, "does not exist, or may not be looked at");
  const secret = protectedPaths(paths).find((path) => holds(path, resolved) || holds(resolved, path));
  if (secret !== undefined) throw refused(mount, `would give the container ${secret}`, resolved);
  if (isEngineSocket(resolved, paths)) throw refused(mount, "is the socket of a container engine", resolved);
  return resolved;
}

function protectedPaths({ socketPath, dataRoot }: ProtectedPaths): string[] {
  const all = [...SYSTEM, ...SOCKETS, dataRoot, ...(socketPath === undefined ? [] : [socketPath])];
  return [...new Set(all.flatMap((path) => [path, realpath(path) ?? path]))];
}

// Under whatever name: a link to it was resolved, a hard link was not.
function isEngineSocket(path: string, { socketPath }: ProtectedPaths): boolean {
  const found = statSync(path);
  if (!found.isSocket()) return false;
  const known = [...SOCKETS, ...(socketPath === undefined ? [] : [socketPath])];
  const same = known.some((socket) => statSync(socket, { throwIfNoEntry: false })?.ino === found.ino);
  return same || /\/(?:docker|containerd|podman|crio)\.sock$/.test(path);
}

function holds(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function checkTarget(mount: Mount): string {
  const target = posix.normalize(mount.target).replace(/(?<=.)\/$/, "");
  if (!target.startsWith("/") || target === "/") throw refused(mount, `has no absolute target: "${mount.target}"`);
  const hidden = ["/proc", "/sys", "/dev"].find((path) => holds(path, target));
  if (hidden !== undefined) throw refused(mount, `would cover ${hidden} of the container`);
  return target;
}

function volumeName(mount: Mount): string {
  if (VOLUME_NAME.test(mount.source)) return mount.source;
  throw refused(mount, "is neither an absolute path nor the name of a volume");
}

function realpath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

function refused(mount: Mount, reason: string, resolved?: string): PolyloomError {
  const shown = resolved === undefined || resolved === mount.source ? "" : `, which is ${resolved},`;
  const message = `The mount of ${mount.source}${shown} to ${mount.target} ${reason}.`;
  const details = { ...mount, ...(resolved !== undefined && { resolved }), reason };
  return new PolyloomError("bind_refused", message, { details });
}
