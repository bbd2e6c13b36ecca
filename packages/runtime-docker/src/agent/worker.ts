// The thread of a container in which nodes run. No module of a user is imported here: the registry does that.
import { connect } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { encode } from "@polyloom/wire";
import { FrameLine, type Line } from "../line/frame-line.ts";
import type { Hello, WorkerSettings } from "../line/message.ts";
import { Agent } from "./agent.ts";

const { socket, token, maxBytes } = workerData as WorkerSettings;
const line = socket === undefined ? relayed() : connected(socket);
const agent = new Agent(line, maxBytes);

process.on("uncaughtException", (error) => agent.uncaught(error));
line.send(encode({ token } satisfies Hello));
line.listen(
  (body) => agent.handle(body),
  () => process.exit(),
);

function connected(path: string): Line {
  const stream = connect(path);
  return new FrameLine(stream, stream, maxBytes);
}

/** Where there is one stream for the whole container, the agent passes messages on. */
function relayed(): Line {
  return {
    send: (body) => parentPort!.postMessage(body),
    listen: (onBody) => void parentPort!.on("message", onBody),
    close: () => parentPort!.close(),
  };
}
