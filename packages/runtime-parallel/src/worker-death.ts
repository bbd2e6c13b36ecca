import { type ErrorCode, hasCode, PolyloomError } from "@polyloom/wire";

/** Why a message got no answer, from what piscina rejects with. */
export function deathOf(error: unknown, memoryLimit: number | undefined): PolyloomError {
  const { code, name, message } = error as NodeJS.ErrnoException;
  if (hasCode(error) && error instanceof PolyloomError) return error;
  if (code === "ERR_WORKER_OUT_OF_MEMORY") return overMemory(undefined, memoryLimit, error);
  if (name === "DataCloneError") return unsent(error);
  const [, exitCode] = /^worker exited with code: (-?\d+)$/.exec(message) ?? [];
  if (exitCode === undefined)
    return coded("place_unavailable", `its worker did not start, or broke down: ${message}`, error);
  const text = `its worker ended with code ${exitCode}; a node must not call process.exit, and native code must not crash`;
  return coded("place_lost", text, error, { exitCode: Number(exitCode) });
}

/** A worker that took more memory than it may; `size` in bytes, where it is known. */
export function overMemory(size: number | undefined, limit: number | undefined, cause?: unknown): PolyloomError {
  const taken = size === undefined ? "ran out of memory" : `took ${size} bytes of memory`;
  const allowed = limit === undefined ? "what Node allows" : `its limit of ${limit}`;
  return coded("memory_limit_exceeded", `its worker ${taken}, above ${allowed}`, cause, { size, limit });
}

/** A value that passed as data, and that structured clone refuses, such as a detached buffer. */
export function unsent(cause: unknown): PolyloomError {
  return coded("not_transferable", `a value cannot be sent: ${(cause as Error).message}`, cause);
}

function coded(code: ErrorCode, message: string, cause: unknown, details: object = {}): PolyloomError {
  return new PolyloomError(code, message, { details: { ...details }, ...(cause === undefined ? {} : { cause }) });
}
