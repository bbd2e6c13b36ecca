import { ContainerEngine, startDeployReceiver } from "@polyloom/containers";

import { greet } from "./functions.fixture.ts";

// A receiver and who deploys to it, both in a process that the test kills when it has the URL.
const key = "a-key-of-some-length";
const engine = await ContainerEngine.connect();
const receiver = await startDeployReceiver({ engine, keys: [key] });
console.log(await greet.deploy({ port: 8080, greeting: "deployed" }, { key, url: receiver.url }));
