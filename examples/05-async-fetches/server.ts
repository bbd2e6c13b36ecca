import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A small API on this machine that only answers when two requests are there: one at a time would wait for ever. */
export async function startServer(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    waiting.push(() => response.end(JSON.stringify({ path: request.url })));
    if (waiting.length === 2) for (const answer of waiting.splice(0)) answer();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
