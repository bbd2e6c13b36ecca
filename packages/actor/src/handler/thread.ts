// The module that a handler's thread runs.
import { serveCalls } from "./serve-calls.ts";

await serveCalls();
