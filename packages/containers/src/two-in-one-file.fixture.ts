import { container } from "@polyloom/containers";

// What is wrong here: the module uses a container before it makes another one.
const silent = { onProgress: () => {}, onLog: () => {} };
const first = container(() => 1, { name: "test-one-file", ...silent });
await first.run();
const second = container(() => 2, { name: "test-one-file-second", ...silent });
console.log(await second.run().catch((error: Error) => error.message));
