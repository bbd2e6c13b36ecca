// The floor of the warm calls: sends back every frame that comes in over a Unix socket.
import { createServer } from "node:net";
import { encodeFrame, FrameParser } from "@polyloom/wire";

const server = createServer((socket) => {
  const parser = new FrameParser();
  socket.on("data", (chunk) => {
    for (const body of parser.push(chunk)) socket.write(encodeFrame(body));
  });
});

server.listen(process.argv[2], () => process.send!("listening"));
process.on("disconnect", () => process.exit());
