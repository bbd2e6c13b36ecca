// The entry of the build in one file, which is the handler's thread as well.
import { isMainThread } from "node:worker_threads";
import { serveCalls } from "./handler/serve-calls.ts";
import { runActor } from "./run-actor.ts";

if (isMainThread) await runActor(new URL(import.meta.url));
else await serveCalls();
