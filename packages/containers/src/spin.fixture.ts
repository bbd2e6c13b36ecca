import { container } from "@polyloom/containers";

// Its function never gives its thread back; the test kills this process.
const spin = container(
  () => {
    console.log("spinning");
    for (;;);
  },
  { name: "test-spin", onProgress: () => {} },
);
await spin.run();
