import { PolyloomError } from "@polyloom/wire";
import { chmod, lstat, mkdir, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { dirname, join } from "node:path";

/**
 * Makes room for a socket: its folder, and in place of one whose server is gone. Anything else stays as it is.
 * @throws PolyloomError `socket_occupied`
 */
export async function clearSocketPath(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const found = await lstat(path).catch(nothingThere);
  if (found === undefined) return;
  if (!found.isSocket()) throw occupied(path, `there is ${found.isDirectory() ? "a folder" : "a file"} at`);
  if (await isAnswered(path)) throw occupied(path, "another server answers at");
  await rm(path, { force: true });
}

/** Sets a socket's permissions; `null` leaves them alone. */
export async function setSocketMode(path: string, mode: number | null): Promise<void> {
  if (mode !== null) await chmod(path, mode);
}

/** Writes `runtime-ready` beside the socket, for probes. */
export async function writeReadyFile(path: string): Promise<void> {
  await writeFile(readyFile(path), "ready");
}

/** Removes `runtime-ready`. */
export async function removeReadyFile(path: string): Promise<void> {
  await rm(readyFile(path), { force: true });
}

function readyFile(path: string): string {
  return join(dirname(path), "runtime-ready");
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect(path, () => {
      socket.destroy();
      settle(true);
    });
    // Refused: nobody listens. Anything else, such as a missing permission, may well be somebody's.
    socket.on("error", ({ code }: NodeJS.ErrnoException) => settle(code !== "ECONNREFUSED" && code !== "ENOENT"));
  });
}

function nothingThere(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

function occupied(path: string, what: string): PolyloomError {
  return new PolyloomError("socket_occupied", `The actor cannot listen: ${what} ${path}.`, { details: { path } });
}
