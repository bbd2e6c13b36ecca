import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** A service on this machine that reads dates out of texts, carelessly: it gets them right when it is told what was wrong. */
export async function startServer(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => void reply(request, response));
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

async function reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { complaint } = (await json(request)) as { complaint?: string };
  response.end(JSON.stringify({ date: answer(complaint) }));
}

function answer(complaint: string | undefined): string {
  if (complaint === undefined) return "the 29th of February";
  return complaint.includes("February") ? "2027-02-29" : "2028-02-29";
}
