import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A server on this machine that counts requests, and how many of them it had at once. */
export interface CountingServer {
  readonly url: string;
  readonly requests: number;
  readonly mostAtOnce: number;
  close(): Promise<void>;
}

/** Starts the server; it answers nobody before `crowd` requests are there at once. */
export async function startServer(crowd: number): Promise<CountingServer> {
  const counts = { requests: 0, mostAtOnce: 0, open: 0 };
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    counts.requests++;
    counts.mostAtOnce = Math.max(counts.mostAtOnce, ++counts.open);
    waiting.push(() => {
      counts.open--;
      response.end(JSON.stringify({ id: Number(request.url?.slice(1)) }));
    });
    // A turn of the event loop before each answer: whoever asks for more at once would be seen.
    if (counts.mostAtOnce >= crowd) setImmediate(() => waiting.splice(0).forEach((answer) => answer()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return counts.requests;
    },
    get mostAtOnce() {
      return counts.mostAtOnce;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
