import { createServer } from "node:net";
import { eachBody } from "./actor-frames.ts";

/** The floor: a socket that sends each body back, in a frame of its own. It parses no JSON. */
const server = createServer((socket) => {
  socket.on(
    "data",
    eachBody((body) => {
      const frame = Buffer.allocUnsafe(4 + body.length);
      frame.writeUInt32BE(body.length);
      frame.set(body, 4);
      socket.write(frame);
    }),
  );
  socket.on("error", () => socket.destroy());
});
server.listen(process.argv[2], () => console.error("ready"));
