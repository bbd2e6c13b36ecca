import { hasCode } from "@polyloom/wire";
import { readEnvironment } from "./environment.ts";
import { type ActorServer, startActor } from "./serve/actor-server.ts";

/** What the command `polyloom-actor` does: serves what the environment names until SIGTERM or SIGINT; a second ends at once. */
export async function runActor(threadFile: URL): Promise<void> {
  try {
    const server = await startActor(readEnvironment(process.env), threadFile);
    closeOnSignal(server);
    say(`ready: ${process.env["ASYA_PROCESS_MODULE"]} at ${server.socketPath}`);
    await server.closed;
  } catch (error) {
    say(hasCode(error) ? `${error.code}: ${error.message}` : String((error as Error)?.stack ?? error));
    process.exitCode = 1;
  }
}

function closeOnSignal(server: ActorServer): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void server.close());
}

function say(text: string): void {
  process.stderr.write(`polyloom-actor ${text}\n`);
}
