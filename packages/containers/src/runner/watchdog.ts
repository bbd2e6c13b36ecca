import { readFileSync } from "node:fs";
import { Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

// Runs beside the function: ends the container with the process that started it, and sees when its port is open.

const LISTENING = "0A";
const POLL_MS = 20;
const LOOPBACK = /^(?:0100007F|00000000000000000000000001000000|0000000000000000FFFF00000100007F)$/;

const stdin = new Socket({ fd: 0, readable: true, writable: false });
stdin.on("end", endAll).on("close", endAll).on("error", endAll).resume();

const { port } = workerData as { port?: number };
if (port !== undefined) {
  const timer = setInterval(() => {
    const addresses = listeners(port);
    if (addresses.length === 0) return;
    const kind = addresses.every((address) => LOOPBACK.test(address)) ? "loopback" : "ready";
    parentPort!.postMessage(kind);
    if (kind === "ready") clearInterval(timer);
  }, POLL_MS);
}

// SIGKILL, since the function may have caught every other signal, or hold its thread for ever.
function endAll(): void {
  process.kill(process.pid, "SIGKILL");
}

/** The addresses that a port is open on, as hexadecimal text; proc(5), /proc/net/tcp. */
function listeners(port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const rows = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((path) => readLines(path));
  const fields = rows.map((row) => row.trim().split(/\s+/));
  const open = fields.filter(([, local = "", , state]) => state === LISTENING && local.endsWith(suffix));
  return open.map(([, local = ""]) => local.slice(0, -suffix.length));
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n").slice(1);
  } catch {
    return [];
  }
}
