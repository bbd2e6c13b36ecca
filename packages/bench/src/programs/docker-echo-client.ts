import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeFrame, FrameParser } from "@polyloom/wire";

/** A process that sends every frame back. */
export interface Echo {
  /** Sends a body, and waits until it is back. */
  call(body: Uint8Array): Promise<void>;
  close(): void;
}

/** Starts it, and connects to it over a Unix socket. */
export async function startEcho(): Promise<Echo> {
  const folder = mkdtempSync(join(tmpdir(), "bench-echo-"));
  const path = join(folder, "echo.sock");
  const child = fork(new URL("docker-echo.ts", import.meta.url), [path], { execArgv: [] });
  await once(child, "message");
  const socket = connect(path);
  const parser = new FrameParser();
  let back: (() => void) | undefined;
  socket.on("data", (chunk) => {
    if (parser.push(chunk).length > 0) back?.();
  });
  return {
    call: (body) =>
      new Promise((resolve) => {
        back = resolve;
        socket.write(encodeFrame(body));
      }),
    close: () => {
      socket.destroy();
      child.disconnect();
      rmSync(folder, { recursive: true });
    },
  };
}
