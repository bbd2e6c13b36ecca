import { fork } from "node:child_process";
import { once } from "node:events";

/** A server in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the server; it ends with `close()`, or with this process. */
export async function startServer(): Promise<ServerProcess> {
  const child = fork(new URL("server.ts", import.meta.url), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const gone = once(child, "exit");
  const told = once(child, "message", { signal: AbortSignal.timeout(10_000) });
  const failed = gone.then(([code]) =>
    Promise.reject(new Error(`the server ended at once, with code ${String(code)}`)),
  );
  const [{ port }] = (await Promise.race([told, failed])) as [{ port: number }];
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      child.disconnect();
      await gone;
    },
  };
}
