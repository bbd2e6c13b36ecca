import { container } from "@polyloom/containers";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { randomNumbers } from "./random.ts";

// #region monte-carlo
export const monteCarlo = container(function monteCarlo(points: number) {
  const random = randomNumbers(42); // a local module: it comes along
  let inside = 0;
  for (let point = 0; point < points; point++) if (Math.hypot(random(), random()) <= 1) inside++;
  console.log(`Points: ${points}`);
  console.log(`Inside circle: ${inside}`);
  return (4 * inside) / points;
});
// #endregion monte-carlo

// #region constant
const multiplier = 10;

export const scale = container((x: number) => x * multiplier, { name: "scale" });
// #endregion constant

// #region server
export const api = container(async function api({ port }: { port: number }) {
  const server = createServer((_request, response) => {
    response.setHeader("Content-Type", "application/json").end(JSON.stringify({ message: "Hello from container" }));
  });
  server.listen(port, "0.0.0.0");
  await new Promise(() => {}); // until the container is stopped
});
// #endregion server

// #region copy
export const greet = container(
  async function greet(language: string, plugin: string) {
    const greeting = await readFile(`greetings/${language}.txt`, "utf8");
    const { apply } = (await import(`/app/plugins/${plugin}.ts`)) as { apply(text: string): string };
    return apply(greeting);
  },
  { copy: ["./greetings/", "./plugins/shout.ts"] },
);
// #endregion copy
